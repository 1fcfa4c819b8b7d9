// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/batch_queue.hpp"

#include <cassert>
#include <utility>

#include "tenon/task/stopped.hpp"

namespace tenon::serving {

bool BatchItem::Enqueue(BatchQueue& queue, const Scope& scope, Completion& completion) {
  if (IsStopped(scope)) {
    stopped_.emplace(StoppedError(scope));
    return true;
  }
  queue_ = &queue;
  scope_ = &scope;
  completion_ = &completion;
  enqueued_ = scope.loop->Now();
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

void BatchItem::OnTime() noexcept { queue_->Evaluate(); }

// One batch on its way through the pool; kept for the next one when it ends.
class BatchQueue::Run final : public ComputeJob {
 public:
  explicit Run(BatchQueue& queue) : queue_(queue) {}
  void RunJob() noexcept override {
    queue_.function_.RunBatch(items_);
    queue_.OnRunEnded(*this);
  }

 private:
  friend class BatchQueue;
  BatchQueue& queue_;
  std::vector<BatchItem*> items_;
};

BatchQueue::BatchQueue(BatchFunction& function, BatchOptions options)
    : function_(function), options_(options) {
  for (std::size_t i = 0; i < options_.max_concurrent_batches; ++i) {
    idle_runs_.push_back(std::make_unique<Run>(*this));
  }
}

BatchQueue::~BatchQueue() {
  // The thread whose run ended last may still be leaving the mutex.
  const std::lock_guard lock(mutex_);
  assert(counts_.waiting == 0 && counts_.running == 0 && "items must end before their queue");
}

void BatchQueue::Attach(ComputePool& pool, const Clock& clock) {
  pool_ = &pool;
  clock_ = &clock;
}

BatchCounts BatchQueue::Read() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void BatchQueue::Add(BatchItem& item) {
  const std::lock_guard lock(mutex_);
  item.previous_ = tail_;
  (tail_ != nullptr ? tail_->next_ : head_) = &item;
  tail_ = &item;
  item.waiting_ = true;
  ++counts_.waiting;
  // Each item arms its own timer on its own loop, so whichever is the oldest has one.
  if (StartDueRuns(item.enqueued_) && item.waiting_) {
    item.scope_->loop->Arm(item, item.enqueued_ + options_.batch_wait_timeout);
  }
}

bool BatchQueue::Leave(BatchItem& item) noexcept {
  const std::lock_guard lock(mutex_);
  if (!item.waiting_) return false;
  (item.previous_ != nullptr ? item.previous_->next_ : head_) = item.next_;
  (item.next_ != nullptr ? item.next_->previous_ : tail_) = item.previous_;
  item.waiting_ = false;
  --counts_.waiting;
  ++counts_.stopped;
  return true;
}

void BatchQueue::Evaluate() noexcept {
  const std::lock_guard lock(mutex_);
  StartDueRuns(clock_->Now());
}

BatchSnapshot BatchQueue::Snapshot(TimePoint now) const noexcept {
  return {.waiting = counts_.waiting,
          .running = counts_.running,
          .oldest_enqueued = head_ != nullptr ? head_->enqueued_ : TimePoint(),
          .now = now};
}

std::optional<TimePoint> BatchQueue::StartDueRuns(TimePoint now) noexcept {
  for (;;) {
    const BatchDecision decision = Decide(options_, Snapshot(now));
    if (decision.action == BatchAction::kWaitUntil) return decision.time;
    if (decision.action == BatchAction::kWait) {
      // A busy model: the wait that was asked for still counts from the item's arrival.
      if (counts_.waiting > 0 && options_.batch_wait_timeout.count() > 0) return now;
      return std::nullopt;
    }
    Run& run = *idle_runs_.back();
    TakeItems(run, decision.count, now);
    if (run.items_.empty()) continue;
    // Its own until it has ended.
    static_cast<void>(idle_runs_.back().release());
    idle_runs_.pop_back();
    counts_.items += run.items_.size();
    ++counts_.running;
    ++counts_.runs;
    ++counts_.causes[static_cast<std::size_t>(decision.cause)];
    pool_->Submit(run);
  }
}

void BatchQueue::TakeItems(Run& run, std::size_t count, TimePoint now) noexcept {
  run.items_.reserve(count);
  while (head_ != nullptr && run.items_.size() < count) {
    BatchItem& item = *head_;
    head_ = item.next_;
    (head_ != nullptr ? head_->previous_ : tail_) = nullptr;
    item.waiting_ = false;
    --counts_.waiting;
    if (!item.scope_->deadline.Passed(now)) {
      run.items_.push_back(&item);
      continue;
    }
    ++counts_.stopped;
    item.left_ = true;
    item.expired_ = true;
    item.scope_->loop->Post(item);
  }
}

void BatchQueue::OnRunEnded(Run& run) noexcept {
  const std::vector<BatchItem*> items = std::exchange(run.items_, {});
  {
    const std::lock_guard lock(mutex_);
    idle_runs_.emplace_back(&run);
    --counts_.running;
    StartDueRuns(clock_->Now());
  }
  // Last, and without touching the queue: once its items have ended, it may be destroyed.
  for (BatchItem* item : items) item->scope_->loop->Post(*item);
}

}  // namespace tenon::serving
