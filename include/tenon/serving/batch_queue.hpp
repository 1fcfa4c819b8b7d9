// SPDX-License-Identifier: Apache-2.0
#pragma once

// The part of batching that does not depend on types: who waits, who runs, who is told.

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tenon/base/clock.hpp"
#include "tenon/base/error.hpp"
#include "tenon/base/export.hpp"
#include "tenon/base/log.hpp"
#include "tenon/base/stop.hpp"
#include "tenon/serving/batch_line.hpp"
#include "tenon/serving/batch_policy.hpp"
#include "tenon/task/compute_pool.hpp"
#include "tenon/task/operation.hpp"

namespace tenon::serving {

class BatchQueue;

// One waiting item; the typed operation derives from it and lives in the caller's frame.
class TENON_EXPORT BatchItem : private BatchLine::Item, private PostedWork, private Timer {
 protected:
  BatchItem() = default;
  ~BatchItem() = default;

  // Begins to wait; the completion is told once the item has run or was stopped. True: it was
  // stopped before it began, or is larger than a batch may be, and nothing more happens.
  bool Enqueue(BatchQueue& queue, const Scope& scope, Completion& completion, ItemShape shape);
  using BatchLine::Item::Size;
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
  ItemShape shape_;
  bool left_ = false;  // Without a run; written before the post that ends it.
  bool expired_ = false;
  std::optional<Error> stopped_;
  std::optional<StopCallback<LeaveQueue>> on_stop_;
};

// Takes the items of one batch through the user's function. It must not throw.
class TENON_EXPORT BatchFunction {
 public:
  virtual void RunBatch(std::span<BatchItem* const> items) noexcept = 0;

 protected:
  ~BatchFunction() = default;
};

// Collects items from all loops and runs them on the compute pool, one permit for each run.
//
// Items run by deadline and priority, in the order of arrival where these are equal; see BatchLine.
// An item whose request was stopped leaves at once and never runs, nor does one whose deadline has
// passed when its turn comes, or would pass before the run ends; one that is running is joined.
// Lifetime: outlives its items. Thread safety: thread-safe.
class TENON_EXPORT BatchQueue {
 public:
  // REQUIRES: Validate(options) succeeded.
  BatchQueue(BatchFunction& function, BatchOptions options, BatchKind kind = {});
  ~BatchQueue();
  BatchQueue(const BatchQueue&) = delete;
  BatchQueue& operator=(const BatchQueue&) = delete;

  // Gives it the means to run; until then, callers run their own item by themselves. Runs count for
  // `share`, or for the pool's own.
  void Attach(ComputePool& pool, const Clock& clock, ComputeShare* share = nullptr);
  bool IsAttached() const noexcept { return pool_ != nullptr; }
  // Has changes of the learned size logged, under the deployment's name. Before the first item.
  void LogTo(Logger& log, std::string deployment);

  BatchCounts Read() const;
  BatchReport Report() const;
  // Takes over a curve that was learned before. Before the first item.
  void Restore(std::span<const BatchCostPoint> curve) noexcept;
  const BatchOptions& Options() const noexcept { return line_.Options(); }

 private:
  friend class BatchItem;
  class Run;
  class DueRuns;

  void Add(BatchItem& item);
  bool Leave(BatchItem& item) noexcept;
  // The timer of `item` has fired.
  void Evaluate(BatchItem& item) noexcept;
  void OnRunEnded(Run& run, Duration run_time) noexcept;
  // Takes every run that is due. Returns the time to look again, if any.
  std::optional<TimePoint> TakeDueRuns(TimePoint now, DueRuns& due_runs) noexcept;
  void LogChange(std::size_t limit) noexcept;

  // Const after Attach and LogTo.
  BatchFunction& function_;
  ComputePool* pool_ = nullptr;
  ComputeShare* share_ = nullptr;
  const Clock* clock_ = nullptr;
  Logger* log_ = nullptr;
  std::string deployment_;
  // Guarded by mutex_.
  mutable std::mutex mutex_;
  BatchLine line_;  // Its options are const.
  std::vector<BatchLine::Item*> late_;
  std::vector<std::unique_ptr<Run>> idle_runs_;
  std::size_t logged_limit_ = 1;
};

}  // namespace tenon::serving
