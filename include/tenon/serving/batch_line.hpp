// SPDX-License-Identifier: Apache-2.0
#pragma once

// Who waits for a batch, in which order they run, and what the runs have taught: batching without
// threads. A BatchQueue carries out what it decides; a simulator can as well.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "tenon/base/clock.hpp"
#include "tenon/base/export.hpp"
#include "tenon/serving/batch_policy.hpp"
#include "tenon/serving/batch_tuner.hpp"

namespace tenon::serving {

// How long something took, by powers of four from 16 µs on.
struct TimeHistogram {
  static constexpr std::size_t kBuckets = 11;

  // The last bucket has no bound.
  static constexpr Duration UpperBound(std::size_t bucket) noexcept {
    return std::chrono::microseconds(std::int64_t{16} << (2 * bucket));
  }
  TENON_EXPORT void Record(Duration duration) noexcept;

  std::array<std::uint64_t, kBuckets> counts{};
  Duration sum{};
};

// What batching did since the start, and how much waits now.
struct BatchCounts {
  std::size_t waiting = 0;
  std::size_t running = 0;
  std::size_t runs = 0;
  std::size_t items = 0;
  std::size_t sizes = 0;      // What the items' sizes add up to; `items` where they have none.
  std::size_t stopped = 0;    // Items that left before their run: stopped, late or hopeless.
  std::size_t hopeless = 0;   // Of those: the run would have ended after their deadline.
  std::size_t limit = 1;      // Most items in the next run: set, or learned.
  std::size_t decisions = 0;  // How often the learned size has changed.
  std::array<std::size_t, kBatchCauses> causes{};  // Runs by BatchCause.
};

// Everything that explains itself.
struct BatchReport {
  BatchCounts counts;
  TimeHistogram waits;  // Of items, from arrival to the run.
  TimeHistogram runs;
  Duration wasted_wait{};  // Of batches that waited for company, after their last item had come.
  std::vector<BatchCostPoint> curve;
};

// What batching knows of a single item.
struct ItemShape {
  std::size_t size = 1;   // What it counts; at least 1.
  std::uint64_t key = 0;  // Items of different keys never run together.
};

// What a batch function's items are like.
struct BatchKind {
  BatchUnit unit = BatchUnit::kItems;
  bool pads = false;  // Runs are filled up to a preferred size.
};

// The waiting items of one batch function.
//
// Items of one key wait in a lane of their own; the lane whose first item comes first runs. One
// curve is learned for all of them.
// Order: by deadline, where no item counts as if it had more than `kNominalBudget` left when it
// came, and each step of priority as `kAgingStep`; in order of arrival where that is equal. As the
// key of an item never changes and time goes on, none waits for ever.
// Thread safety: thread-compatible.
class TENON_EXPORT BatchLine {
  struct Lane;

 public:
  static constexpr Duration kNominalBudget = std::chrono::seconds(1);
  static constexpr Duration kAgingStep = std::chrono::seconds(1);

  // One item; it lives in its owner. REQUIRES: does not wait when destroyed.
  class Item {
   public:
    TimePoint Enqueued() const noexcept { return enqueued_; }
    std::size_t Size() const noexcept { return shape_.size; }
    std::uint64_t Key() const noexcept { return shape_.key; }
    tenon::Deadline Deadline() const noexcept { return deadline_; }
    bool Waits() const noexcept { return position_ != kNowhere; }

   protected:
    Item() = default;
    ~Item() = default;

   private:
    friend class BatchLine;
    static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
    TimePoint enqueued_{};
    tenon::Deadline deadline_ = tenon::Deadline::Never();
    ItemShape shape_;
    Lane* lane_ = nullptr;
    std::size_t position_ = kNowhere;  // In the lane's heap.
    Item* older_ = nullptr;            // In the order of arrival.
    Item* newer_ = nullptr;
  };

  // REQUIRES: Validate(options) succeeded.
  explicit BatchLine(BatchOptions options, BatchKind kind = {});
  ~BatchLine();
  BatchLine(const BatchLine&) = delete;
  BatchLine& operator=(const BatchLine&) = delete;

  // `priority`: smaller runs first; see RequestContext::Priority.
  void Add(Item& item, TimePoint now, Deadline deadline, int priority, ItemShape shape = {});
  // False: it does not wait here any more.
  bool Remove(Item& item) noexcept;

  // What to do now. Not const: the learner counts what it tries.
  BatchDecision Next(TimePoint now) noexcept;
  // Moves the first items that Next has decided on to `run`, which then is under way; those that
  // are late, or would be when the run ends, go to `late` instead. An item that is larger than a
  // run runs alone. REQUIRES: Next gave `decision` just now.
  void Take(const BatchDecision& decision, TimePoint now, std::vector<Item*>& run,
            std::vector<Item*>& late) noexcept;
  // A run whose items' sizes add up to `size` has ended just now.
  void EndRun(std::size_t size, Duration run_time, TimePoint now) noexcept;

  const BatchOptions& Options() const noexcept { return options_; }
  const BatchCounts& Counts() const noexcept { return counts_; }
  // Of as many items as one takes; zero where that is not known.
  Duration ExpectedRun() const noexcept { return tuner_.Expected(counts_.limit); }
  BatchReport Report() const;
  // Takes over a curve that was learned before.
  void Restore(std::span<const BatchCostPoint> curve) noexcept;

 private:
  struct Place {
    std::int64_t key = 0;
    std::uint64_t number = 0;  // Of arrival.
    Item* item = nullptr;

    bool Before(const Place& other) const noexcept {
      return key != other.key ? key < other.key : number < other.number;
    }
  };

  // Waiting items of one key.
  struct Lane {
    std::uint64_t key = 0;
    std::size_t size = 0;     // Of all of them.
    std::vector<Place> heap;  // By place.
    Item* oldest = nullptr;
    Item* newest = nullptr;

    void Put(std::size_t position, const Place& place) noexcept;
    void Rise(std::size_t position, const Place& place) noexcept;
    void Sink(std::size_t position, const Place& place) noexcept;
  };

  Lane& LaneOf(std::uint64_t key);
  Lane* FirstLane() noexcept;
  std::size_t Limit(const Lane& lane) noexcept;
  BatchSnapshot Snapshot(const Lane& lane, TimePoint now) noexcept;
  BatchDecision EarliestOfAll(TimePoint now) noexcept;
  // `run`: the size of the run that the item would be in.
  bool IsHopeless(const Item& item, TimePoint now, std::size_t run) noexcept;
  void ObserveBudget(Duration budget) noexcept;

  const BatchOptions options_;
  const BatchKind kind_;
  BatchTuner tuner_;
  BatchCounts counts_;
  TimeHistogram waits_;
  TimeHistogram runs_;
  Duration wasted_wait_{};
  std::vector<std::unique_ptr<Lane>> lanes_;  // Empty ones are used again.
  Lane* chosen_ = nullptr;                    // By Next.
  TimePoint free_since_{};                    // When a run ended last.
  Duration budget_ = Duration::max();         // What items typically have when they come.
  std::uint64_t arrivals_ = 0;
  std::size_t given_up_ = 0;  // Hopeless items since the last run.
};

}  // namespace tenon::serving
