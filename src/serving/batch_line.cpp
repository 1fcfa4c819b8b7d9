// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/batch_line.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

namespace tenon::serving {
namespace {

// After so many hopeless items in a row one runs all the same: a model that was slow for a while,
// and that nothing reaches any more, could never show that it is fast again.
constexpr std::size_t kTryEvery = 32;

}  // namespace

void TimeHistogram::Record(Duration duration) noexcept {
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
  const auto sixteenths = static_cast<std::uint64_t>(std::max<std::int64_t>(microseconds, 0)) / 16;
  const auto bucket = static_cast<std::size_t>(std::bit_width(sixteenths) + 1) / 2;
  ++counts[std::min(bucket, kBuckets - 1)];
  sum += duration;
}

BatchLine::BatchLine(BatchOptions options, BatchKind kind)
    : options_(std::move(options)),
      kind_(kind),
      tuner_(options_.max_batch_size.value_or(kind.unit == BatchUnit::kItems ? kLargestLearnedBatch
                                                                             : kLargestLearnedSize),
             kind.unit) {
  counts_.limit = options_.max_batch_size.value_or(tuner_.Limit());
  lanes_.push_back(std::make_unique<Lane>());
}

BatchLine::~BatchLine() = default;

BatchLine::Lane& BatchLine::LaneOf(std::uint64_t key) {
  Lane* empty = nullptr;
  for (const std::unique_ptr<Lane>& lane : lanes_) {
    if (lane->key == key) return *lane;
    if (lane->heap.empty()) empty = lane.get();
  }
  if (empty == nullptr) empty = lanes_.emplace_back(std::make_unique<Lane>()).get();
  empty->key = key;
  return *empty;
}

BatchLine::Lane* BatchLine::FirstLane() noexcept {
  Lane* first = nullptr;
  for (const std::unique_ptr<Lane>& lane : lanes_) {
    if (lane->heap.empty()) continue;
    if (first == nullptr || lane->heap.front().Before(first->heap.front())) first = lane.get();
  }
  return first;
}

void BatchLine::ObserveBudget(Duration budget) noexcept {
  budget_ = budget_ == Duration::max() ? budget : budget_ + (budget - budget_) / 16;
}

void BatchLine::Add(Item& item, TimePoint now, Deadline deadline, int priority, ItemShape shape) {
  assert(!item.Waits());
  Lane& lane = LaneOf(shape.key);
  const TimePoint wanted = std::min(deadline.Time(), now + kNominalBudget);
  const Place place{.key = (wanted + priority * kAgingStep).time_since_epoch().count(),
                    .number = arrivals_++,
                    .item = &item};
  lane.heap.push_back(place);
  item.enqueued_ = now;
  item.deadline_ = deadline;
  item.shape_ = {.size = std::max<std::size_t>(shape.size, 1), .key = shape.key};
  item.lane_ = &lane;
  item.older_ = lane.newest;
  item.newer_ = nullptr;
  (lane.newest != nullptr ? lane.newest->newer_ : lane.oldest) = &item;
  lane.newest = &item;
  lane.Rise(lane.heap.size() - 1, place);
  lane.size += item.Size();
  ++counts_.waiting;
  if (!deadline.IsNever()) ObserveBudget(deadline.Remaining(now));
}

bool BatchLine::Remove(Item& item) noexcept {
  if (!item.Waits()) return false;
  Lane& lane = *item.lane_;
  (item.older_ != nullptr ? item.older_->newer_ : lane.oldest) = item.newer_;
  (item.newer_ != nullptr ? item.newer_->older_ : lane.newest) = item.older_;
  const std::size_t position = item.position_;
  item.position_ = Item::kNowhere;
  const Place last = lane.heap.back();
  lane.heap.pop_back();
  if (last.item != &item) {
    if (position > 0 && last.Before(lane.heap[(position - 1) / 2])) {
      lane.Rise(position, last);
    } else {
      lane.Sink(position, last);
    }
  }
  lane.size -= item.Size();
  --counts_.waiting;
  ++counts_.stopped;
  return true;
}

std::size_t BatchLine::Limit(const Lane& lane) noexcept {
  std::size_t limit = options_.max_batch_size.value_or(0);
  const Duration target =
      options_.target_latency ? std::min<Duration>(budget_, *options_.target_latency) : budget_;
  if (limit == 0) {
    // An item may come when a run has just begun: then it waits for that one and for its own.
    limit = tuner_.Choose(lane.size, target == Duration::max() ? target : target / 2);
    // All that waits: then it is not full before it reaches what was learned.
    if (limit == lane.size) limit = std::max(limit, tuner_.Limit());
  }
  if (options_.target_latency) {
    limit = std::min(limit, std::max<std::size_t>(tuner_.Fits(*options_.target_latency / 2), 1));
  }
  return options_.preferred_sizes.empty() ? limit
                                          : std::min(limit, options_.preferred_sizes.back());
}

BatchSnapshot BatchLine::Snapshot(const Lane& lane, TimePoint now) noexcept {
  BatchSnapshot snapshot{.waiting = lane.size,
                         .running = counts_.running,
                         .oldest_enqueued = lane.oldest->enqueued_,
                         .now = now,
                         .limit = Limit(lane),
                         .pads = kind_.pads};
  Deadline wanted = lane.heap.front().item->deadline_;
  if (options_.target_latency) {
    const Deadline target = Deadline::At(lane.oldest->enqueued_ + *options_.target_latency);
    // A target that is missed already is no reason to run small batches.
    if (tuner_.Fits(target.Remaining(now)) > 0) wanted = Earlier(wanted, target);
  }
  if (wanted.IsNever()) return snapshot;
  snapshot.fits = tuner_.Fits(wanted.Remaining(now));
  snapshot.latest_start =
      wanted.Time() - tuner_.Expected(std::min(snapshot.waiting, snapshot.limit));
  return snapshot;
}

BatchDecision BatchLine::Next(TimePoint now) noexcept {
  if (counts_.waiting == 0 || counts_.running >= options_.max_concurrent_batches) return {};
  if (lanes_.size() > 1 && options_.batch_wait_timeout) return EarliestOfAll(now);
  chosen_ = FirstLane();
  return Decide(options_, Snapshot(*chosen_, now));
}

BatchDecision BatchLine::EarliestOfAll(TimePoint now) noexcept {
  chosen_ = nullptr;
  BatchDecision earliest;
  for (const std::unique_ptr<Lane>& lane : lanes_) {
    if (lane->heap.empty()) continue;
    const BatchDecision decision = Decide(options_, Snapshot(*lane, now));
    if (decision.action == BatchAction::kRun) {
      const bool is_first = chosen_ == nullptr || lane->heap.front().Before(chosen_->heap.front());
      if (!is_first) continue;
      chosen_ = lane.get();
      earliest = decision;
    } else if (earliest.action == BatchAction::kWait ||
               (earliest.action == BatchAction::kWaitUntil && decision.time < earliest.time)) {
      earliest = decision;
    }
  }
  return earliest;
}

bool BatchLine::IsHopeless(const Item& item, TimePoint now, std::size_t run) noexcept {
  if (item.deadline_.IsNever()) return false;
  const Duration expected = tuner_.Expected(run);
  // An eighth on top: half of all runs take longer than their median.
  if (item.deadline_.Remaining(now) >= expected + expected / 8) return false;
  return ++given_up_ % kTryEvery != 0;
}

void BatchLine::Take(const BatchDecision& decision, TimePoint now, std::vector<Item*>& run,
                     std::vector<Item*>& late) noexcept {
  Lane& lane = *chosen_;
  const bool has_waited = options_.batch_wait_timeout && (decision.cause == BatchCause::kTimeout ||
                                                          decision.cause == BatchCause::kDeadline);
  if (has_waited) wasted_wait_ += now - std::max(lane.newest->enqueued_, free_since_);
  // With more than one run's worth of items, a tight one must not shorten the run for the others.
  const bool is_crowded = lane.size > decision.count && decision.cause == BatchCause::kFull;
  run.reserve(std::min(decision.count, lane.heap.size()));
  std::size_t size = 0;
  while (!lane.heap.empty() && size < decision.count) {
    Item& item = *lane.heap.front().item;
    if (size != 0 && size + item.Size() > decision.count) break;
    Remove(item);
    if (item.deadline_.Passed(now)) {
      late.push_back(&item);
    } else if (IsHopeless(item, now, is_crowded ? decision.count : item.Size())) {
      ++counts_.hopeless;
      late.push_back(&item);
    } else {
      --counts_.stopped;
      waits_.Record(now - item.enqueued_);
      run.push_back(&item);
      size += item.Size();
      given_up_ = 0;
    }
  }
  if (run.empty()) return;
  counts_.items += run.size();
  counts_.sizes += size;
  ++counts_.running;
  ++counts_.runs;
  ++counts_.causes[static_cast<std::size_t>(decision.cause)];
}

void BatchLine::EndRun(std::size_t size, Duration run_time, TimePoint now) noexcept {
  assert(counts_.running > 0);
  --counts_.running;
  free_since_ = now;
  runs_.Record(run_time);
  tuner_.Observe(size, run_time);
  if (options_.max_batch_size) return;
  counts_.limit = tuner_.Limit();
  counts_.decisions = tuner_.Changes();
}

BatchReport BatchLine::Report() const {
  return {.counts = counts_,
          .waits = waits_,
          .runs = runs_,
          .wasted_wait = wasted_wait_,
          .curve = tuner_.Curve()};
}

void BatchLine::Restore(std::span<const BatchCostPoint> curve) noexcept {
  tuner_.Restore(curve);
  if (!options_.max_batch_size) counts_.limit = tuner_.Limit();
}

void BatchLine::Lane::Put(std::size_t position, const Place& place) noexcept {
  heap[position] = place;
  place.item->position_ = position;
}

void BatchLine::Lane::Rise(std::size_t position, const Place& place) noexcept {
  while (position > 0) {
    const std::size_t parent = (position - 1) / 2;
    if (!place.Before(heap[parent])) break;
    Put(position, heap[parent]);
    position = parent;
  }
  Put(position, place);
}

void BatchLine::Lane::Sink(std::size_t position, const Place& place) noexcept {
  for (;;) {
    std::size_t child = 2 * position + 1;
    if (child >= heap.size()) break;
    if (child + 1 < heap.size() && heap[child + 1].Before(heap[child])) ++child;
    if (!heap[child].Before(place)) break;
    Put(position, heap[child]);
    position = child;
  }
  Put(position, place);
}

}  // namespace tenon::serving
