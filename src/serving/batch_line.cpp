// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/batch_line.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace tenon::serving {
namespace {

// One in so many hopeless items runs all the same: a model that was slow for a while, and that
// nothing reaches any more, could never show that it is fast again.
constexpr std::size_t kTryEvery = 32;

}  // namespace

void TimeHistogram::Record(Duration duration) noexcept {
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
  const auto sixteenths = static_cast<std::uint64_t>(std::max<std::int64_t>(microseconds, 0)) / 16;
  const auto bucket = static_cast<std::size_t>(std::bit_width(sixteenths) + 1) / 2;
  ++counts[std::min(bucket, kBuckets - 1)];
  sum += duration;
}

BatchLine::BatchLine(BatchOptions options)
    : options_(options), tuner_(options.max_batch_size.value_or(kLargestLearnedBatch)) {
  counts_.limit = options_.max_batch_size.value_or(tuner_.Limit());
}

void BatchLine::Add(Item& item, TimePoint now, Deadline deadline, int priority) {
  assert(!item.Waits());
  const TimePoint wanted = std::min(deadline.Time(), now + kNominalBudget);
  const Place place{.key = (wanted + priority * kAgingStep).time_since_epoch().count(),
                    .number = arrivals_++,
                    .item = &item};
  heap_.push_back(place);
  item.enqueued_ = now;
  item.deadline_ = deadline;
  item.older_ = newest_;
  item.newer_ = nullptr;
  (newest_ != nullptr ? newest_->newer_ : oldest_) = &item;
  newest_ = &item;
  Rise(heap_.size() - 1, place);
  ++counts_.waiting;
}

bool BatchLine::Remove(Item& item) noexcept {
  if (!item.Waits()) return false;
  (item.older_ != nullptr ? item.older_->newer_ : oldest_) = item.newer_;
  (item.newer_ != nullptr ? item.newer_->older_ : newest_) = item.older_;
  const std::size_t position = item.position_;
  item.position_ = Item::kNowhere;
  const Place last = heap_.back();
  heap_.pop_back();
  if (last.item != &item) {
    if (position > 0 && last.Before(heap_[(position - 1) / 2])) {
      Rise(position, last);
    } else {
      Sink(position, last);
    }
  }
  --counts_.waiting;
  ++counts_.stopped;
  return true;
}

std::size_t BatchLine::Limit() noexcept {
  std::size_t limit = options_.max_batch_size.value_or(0);
  if (limit == 0) {
    limit = tuner_.Choose(counts_.waiting);
    // All that waits: then it is not full before it reaches what was learned.
    if (limit == counts_.waiting) limit = std::max(limit, tuner_.Limit());
  }
  if (options_.target_latency) {
    limit = std::min(limit, std::max<std::size_t>(tuner_.Fits(*options_.target_latency / 2), 1));
  }
  return limit;
}

BatchSnapshot BatchLine::Snapshot(TimePoint now) noexcept {
  BatchSnapshot snapshot{.waiting = counts_.waiting, .running = counts_.running, .now = now};
  if (heap_.empty() || counts_.running >= options_.max_concurrent_batches) return snapshot;
  snapshot.oldest_enqueued = oldest_->enqueued_;
  snapshot.limit = Limit();
  Deadline wanted = heap_.front().item->deadline_;
  if (options_.target_latency) {
    const Deadline target = Deadline::At(oldest_->enqueued_ + *options_.target_latency);
    // A target that is missed already is no reason to run small batches.
    if (tuner_.Fits(target.Remaining(now)) > 0) wanted = Earlier(wanted, target);
  }
  if (wanted.IsNever()) return snapshot;
  snapshot.fits = tuner_.Fits(wanted.Remaining(now));
  snapshot.latest_start =
      wanted.Time() - tuner_.Expected(std::min(snapshot.waiting, snapshot.limit));
  return snapshot;
}

BatchDecision BatchLine::Next(TimePoint now) noexcept { return Decide(options_, Snapshot(now)); }

bool BatchLine::IsHopeless(const Item& item, TimePoint now, Duration needed) noexcept {
  if (item.deadline_.Remaining(now) >= needed) return false;
  return ++given_up_ % kTryEvery != 0;
}

void BatchLine::Take(const BatchDecision& decision, TimePoint now, std::vector<Item*>& run,
                     std::vector<Item*>& late) noexcept {
  // With more than one run's worth of items, a tight one must not shorten the run for the others.
  const bool is_crowded = counts_.waiting > decision.count && decision.cause == BatchCause::kFull;
  const Duration expected = tuner_.Expected(is_crowded ? decision.count : 1);
  // An eighth on top: half of all runs take longer than their median.
  const Duration needed = expected + expected / 8;
  run.reserve(decision.count);
  while (!heap_.empty() && run.size() < decision.count) {
    Item& item = *heap_.front().item;
    Remove(item);
    if (item.deadline_.Passed(now)) {
      late.push_back(&item);
    } else if (IsHopeless(item, now, needed)) {
      ++counts_.hopeless;
      late.push_back(&item);
    } else {
      --counts_.stopped;
      waits_.Record(now - item.enqueued_);
      run.push_back(&item);
    }
  }
  if (run.empty()) return;
  counts_.items += run.size();
  ++counts_.running;
  ++counts_.runs;
  ++counts_.causes[static_cast<std::size_t>(decision.cause)];
}

void BatchLine::EndRun(std::size_t count, Duration run_time) noexcept {
  assert(counts_.running > 0);
  --counts_.running;
  runs_.Record(run_time);
  tuner_.Observe(count, run_time);
  if (options_.max_batch_size) return;
  counts_.limit = tuner_.Limit();
  counts_.decisions = tuner_.Changes();
}

BatchReport BatchLine::Report() const {
  return {.counts = counts_, .waits = waits_, .runs = runs_, .curve = tuner_.Curve()};
}

void BatchLine::Restore(std::span<const BatchCostPoint> curve) noexcept {
  tuner_.Restore(curve);
  if (!options_.max_batch_size) counts_.limit = tuner_.Limit();
}

void BatchLine::Put(std::size_t position, const Place& place) noexcept {
  heap_[position] = place;
  place.item->position_ = position;
}

void BatchLine::Rise(std::size_t position, const Place& place) noexcept {
  while (position > 0) {
    const std::size_t parent = (position - 1) / 2;
    if (!place.Before(heap_[parent])) break;
    Put(position, heap_[parent]);
    position = parent;
  }
  Put(position, place);
}

void BatchLine::Sink(std::size_t position, const Place& place) noexcept {
  for (;;) {
    std::size_t child = 2 * position + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1].Before(heap_[child])) ++child;
    if (!heap_[child].Before(place)) break;
    Put(position, heap_[child]);
    position = child;
  }
  Put(position, place);
}

}  // namespace tenon::serving
