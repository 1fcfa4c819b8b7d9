// SPDX-License-Identifier: Apache-2.0
#pragma once

// The part of batching that does not depend on types: who waits, who runs, who is told.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "tenon/base/clock.hpp"
#include "tenon/base/error.hpp"
#include "tenon/base/export.hpp"
#include "tenon/base/stop.hpp"
#include "tenon/serving/batch_policy.hpp"
#include "tenon/task/compute_pool.hpp"
#include "tenon/task/operation.hpp"

namespace tenon::serving {

class BatchQueue;

// One waiting item; the typed operation derives from it and lives in the caller's frame.
class TENON_EXPORT BatchItem : private PostedWork, private Timer {
 protected:
  BatchItem() = default;
  ~BatchItem() = default;

  // Begins to wait; the completion is told once the item has run or was stopped. True: it was
  // stopped before it began, and nothing more happens.
  bool Enqueue(BatchQueue& queue, const Scope& scope, Completion& completion);
  // Why the item did not run, where it did not.
  const std::optional<Error>& Stopped() const noexcept { return stopped_; }

 private:
  friend class BatchQueue;
  struct LeaveQueue {
    BatchItem* self;
    void operator()() const noexcept { self->OnStop(); }
  };
  void OnStop() noexcept;
  void RunPosted() noexcept override;
  void OnTime() noexcept override;

  BatchQueue* queue_ = nullptr;
  const Scope* scope_ = nullptr;
  Completion* completion_ = nullptr;
  TimePoint enqueued_{};
  bool left_ = false;  // Without a run; written before the post that ends it.
  bool expired_ = false;
  std::optional<Error> stopped_;
  std::optional<StopCallback<LeaveQueue>> on_stop_;
  // Guarded by the queue's mutex.
  BatchItem* previous_ = nullptr;
  BatchItem* next_ = nullptr;
  bool waiting_ = false;
};

// Takes the items of one batch through the user's function. It must not throw.
class TENON_EXPORT BatchFunction {
 public:
  virtual void RunBatch(std::span<BatchItem* const> items) noexcept = 0;

 protected:
  ~BatchFunction() = default;
};

// What batching did since the start, and how much waits now.
struct BatchCounts {
  std::size_t waiting = 0;
  std::size_t running = 0;
  std::size_t runs = 0;
  std::size_t items = 0;
  std::size_t stopped = 0;            // Items that left before their run.
  std::array<std::size_t, 4> causes{};  // By BatchCause.
};

// Collects items from all loops and runs them on the compute pool, one permit for each run.
//
// Order is kept: items run in the order in which they came. An item whose request was stopped
// leaves at once and never runs, nor does one whose deadline has passed when its turn comes; one
// that is running is joined.
// Lifetime: outlives its items. Thread safety: thread-safe.
class TENON_EXPORT BatchQueue {
 public:
  // REQUIRES: Validate(options) succeeded.
  BatchQueue(BatchFunction& function, BatchOptions options);
  ~BatchQueue();
  BatchQueue(const BatchQueue&) = delete;
  BatchQueue& operator=(const BatchQueue&) = delete;

  // Gives it the means to run; until then, callers run their own item by themselves.
  void Attach(ComputePool& pool, const Clock& clock);
  bool IsAttached() const noexcept { return pool_ != nullptr; }

  BatchCounts Read() const;
  const BatchOptions& Options() const noexcept { return options_; }

 private:
  friend class BatchItem;
  class Run;

  void Add(BatchItem& item);
  bool Leave(BatchItem& item) noexcept;
  void Evaluate() noexcept;
  void OnRunEnded(Run& run) noexcept;
  BatchSnapshot Snapshot(TimePoint now) const noexcept;
  // Starts every run that is due. Returns the time to look again, if any.
  std::optional<TimePoint> StartDueRuns(TimePoint now) noexcept;
  // Moves the first `count` items that are still wanted from the queue into the run.
  void TakeItems(Run& run, std::size_t count, TimePoint now) noexcept;

  // Const after Attach.
  BatchFunction& function_;
  const BatchOptions options_;
  ComputePool* pool_ = nullptr;
  const Clock* clock_ = nullptr;
  // Guarded by mutex_.
  mutable std::mutex mutex_;
  BatchItem* head_ = nullptr;
  BatchItem* tail_ = nullptr;
  BatchCounts counts_;
  std::vector<std::unique_ptr<Run>> idle_runs_;
};

}  // namespace tenon::serving
