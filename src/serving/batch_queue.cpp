// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/batch_queue.hpp"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

#include "tenon/serving/request_context.hpp"
#include "tenon/task/stopped.hpp"

namespace tenon::serving {

bool BatchItem::Enqueue(BatchQueue& queue, const Scope& scope, Completion& completion,
                        ItemShape shape) {
  if (IsStopped(scope)) {
    stopped_.emplace(StoppedError(scope));
    return true;
  }
  if (shape.size > queue.Options().max_batch_size.value_or(shape.size)) {
    stopped_.emplace(ErrorCode::kInvalid, "The size of one item is " + std::to_string(shape.size) +
                                              ", but a whole batch holds " +
                                              std::to_string(*queue.Options().max_batch_size) +
                                              " at most.");
    return true;
  }
  shape_ = shape;
  queue_ = &queue;
  scope_ = &scope;
  completion_ = &completion;
  queue.Add(*this);
  on_stop_.emplace(scope.stop, LeaveQueue{this});
  return false;
}

void BatchItem::OnStop() noexcept {
  if (!queue_->Leave(*this)) return;  // It runs, or has run: it is joined.
  left_ = true;
  scope_->loop->Post(*this);
}

void BatchItem::RunPosted() noexcept {
  on_stop_.reset();
  if (left_) stopped_.emplace(expired_ ? DeadlineError() : StoppedError(*scope_));
  scope_->loop->Disarm(*this);
  scope_->loop->SetActivity(scope_->activity);
  completion_->Complete().resume();
}

void BatchItem::OnTime() noexcept { queue_->Evaluate(*this); }

// One batch on its way through the pool; kept for the next one when it ends.
class BatchQueue::Run final : public ComputeJob {
 public:
  explicit Run(BatchQueue& queue) : queue_(queue) {}
  void RunJob() noexcept override {
    items_.clear();
    for (BatchLine::Item* item : taken_) items_.push_back(static_cast<BatchItem*>(item));
    const TimePoint begin = queue_.clock_->Now();
    queue_.function_.RunBatch(items_);
    queue_.OnRunEnded(*this, queue_.clock_->Now() - begin);
  }

 private:
  friend class BatchQueue;
  BatchQueue& queue_;
  std::vector<BatchLine::Item*> taken_;
  std::vector<BatchItem*> items_;
  Run* next_ = nullptr;  // In DueRuns.
};

// Runs that are handed to the pool when this ends: after the mutex, or the thread that is woken
// for one, perhaps in this one's place, finds it locked when the run has ended.
class BatchQueue::DueRuns {
 public:
  explicit DueRuns(BatchQueue& queue) : queue_(queue) {}
  DueRuns(const DueRuns&) = delete;
  DueRuns& operator=(const DueRuns&) = delete;
  ~DueRuns() {
    while (first_ != nullptr) {
      Run& run = *std::exchange(first_, first_->next_);
      queue_.pool_->Submit(run, queue_.share_);
    }
  }
  void Add(Run& run) noexcept {
    run.next_ = nullptr;
    *last_ = &run;
    last_ = &run.next_;
  }

 private:
  BatchQueue& queue_;
  Run* first_ = nullptr;
  Run** last_ = &first_;
};

BatchQueue::BatchQueue(BatchFunction& function, BatchOptions options, BatchKind kind)
    : function_(function), line_(std::move(options), kind) {
  for (std::size_t i = 0; i < Options().max_concurrent_batches; ++i) {
    idle_runs_.push_back(std::make_unique<Run>(*this));
  }
}

BatchQueue::~BatchQueue() {
  // The thread whose run ended last may still be leaving the mutex.
  const std::lock_guard lock(mutex_);
  assert(line_.Counts().waiting == 0 && line_.Counts().running == 0 &&
         "items must end before their queue");
}

void BatchQueue::Attach(ComputePool& pool, const Clock& clock, ComputeShare* share) {
  pool_ = &pool;
  share_ = share;
  clock_ = &clock;
}

void BatchQueue::LogTo(Logger& log, std::string deployment) {
  log_ = &log;
  deployment_ = std::move(deployment);
}

BatchCounts BatchQueue::Read() const {
  const std::lock_guard lock(mutex_);
  return line_.Counts();
}

BatchReport BatchQueue::Report() const {
  const std::lock_guard lock(mutex_);
  return line_.Report();
}

void BatchQueue::Restore(std::span<const BatchCostPoint> curve) noexcept {
  const std::lock_guard lock(mutex_);
  line_.Restore(curve);
  logged_limit_ = line_.Counts().limit;
}

void BatchQueue::Add(BatchItem& item) {
  const Scope& scope = *item.scope_;
  const TimePoint now = scope.loop->Now();
  const int priority =
      scope.request != nullptr ? scope.request->Priority() : RequestContext::kDefaultPriority;
  DueRuns due_runs(*this);
  const std::lock_guard lock(mutex_);
  line_.Add(item, now, scope.deadline, priority, item.shape_);
  // Each item arms its own timer on its own loop, so whichever is the oldest has one.
  const std::optional<TimePoint> again = TakeDueRuns(now, due_runs);
  if (!again || !item.Waits()) return;
  TimePoint due = *again;
  if (!scope.deadline.IsNever()) {
    due = std::min(due, std::max(now, scope.deadline.Time() - line_.ExpectedRun()));
  }
  scope.loop->Arm(item, due);
}

bool BatchQueue::Leave(BatchItem& item) noexcept {
  const std::lock_guard lock(mutex_);
  return line_.Remove(item);
}

void BatchQueue::Evaluate(BatchItem& item) noexcept {
  DueRuns due_runs(*this);
  const std::lock_guard lock(mutex_);
  const std::optional<TimePoint> again = TakeDueRuns(clock_->Now(), due_runs);
  // It was early: what the item's deadline allows was not known well when the timer was armed.
  if (again && item.Waits()) item.scope_->loop->Arm(item, *again);
}

std::optional<TimePoint> BatchQueue::TakeDueRuns(TimePoint now, DueRuns& due_runs) noexcept {
  for (;;) {
    const BatchDecision decision = line_.Next(now);
    if (decision.action == BatchAction::kWaitUntil) return decision.time;
    if (decision.action == BatchAction::kWait) {
      // A busy model: the wait that was asked for still counts from the item's arrival.
      const auto wait = line_.Options().batch_wait_timeout;
      if (line_.Counts().waiting > 0 && wait && wait->count() > 0) return now + *wait;
      return std::nullopt;
    }
    Run& run = *idle_runs_.back();
    line_.Take(decision, now, run.taken_, late_);
    for (BatchLine::Item* late : std::exchange(late_, {})) {
      auto& item = static_cast<BatchItem&>(*late);
      item.left_ = true;
      item.expired_ = true;
      item.scope_->loop->Post(item);
    }
    if (run.taken_.empty()) continue;
    // Its own until it has ended.
    Run* const own = idle_runs_.back().release();
    idle_runs_.pop_back();
    due_runs.Add(*own);
  }
}

void BatchQueue::OnRunEnded(Run& run, Duration run_time) noexcept {
  const std::vector<BatchItem*> items = std::exchange(run.items_, {});
  std::size_t size = 0;
  for (const BatchItem* item : items) size += item->Size();
  std::size_t changed = 0;
  {
    DueRuns due_runs(*this);
    const std::lock_guard lock(mutex_);
    run.taken_.clear();
    idle_runs_.emplace_back(&run);
    const TimePoint now = clock_->Now();
    line_.EndRun(size, run_time, now);
    TakeDueRuns(now, due_runs);
    const std::size_t limit = line_.Counts().limit;
    // Neighbours of a size that is good are about as good: said is what makes a difference.
    if (log_ != nullptr && !Options().max_batch_size &&
        (limit >= 2 * logged_limit_ || 2 * limit <= logged_limit_)) {
      logged_limit_ = changed = limit;
    }
  }
  if (changed != 0) LogChange(changed);
  // Last, and without touching the queue: once its items have ended, it may be destroyed.
  for (BatchItem* item : items) item->scope_->loop->Post(*item);
}

void BatchQueue::LogChange(std::size_t limit) noexcept {
  log_->Log(LogLevel::kInfo, "learned another batch size",
            {{"deployment", std::string_view(deployment_)}, {"max_batch_size", limit}});
}

}  // namespace tenon::serving
