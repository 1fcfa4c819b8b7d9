// SPDX-License-Identifier: Apache-2.0
#include "tenon/task/job_group.hpp"

#include <utility>

#include "tenon/task/stopped.hpp"

namespace tenon::detail {

void GroupJob::RunJob() noexcept {
  // The group may be gone as soon as the last job has ended.
  JobGroup& group = *group_;
  group.RunOne(*this);
  group.End(1);
}

void JobGroup::Add(GroupJob& job) noexcept {
  job.group_ = this;
  job.sibling_ = first_;
  first_ = &job;
  ++count_;
}

bool JobGroup::Start(const Scope& scope, Completion& completion) {
  scope_ = &scope;
  if (IsStopped(scope)) {
    failure_.emplace(StoppedError(scope));
    return true;
  }
  // `Add` stacks the jobs; they run in the order in which they were added.
  GroupJob* ordered = nullptr;
  while (first_ != nullptr) {
    GroupJob* job = std::exchange(first_, first_->sibling_);
    job->sibling_ = std::exchange(ordered, job);
  }
  first_ = ordered;

  if (scope.pool == nullptr || first_ == nullptr) {
    for (GroupJob* job = first_; job != nullptr; job = job->sibling_) RunOne(*job);
    Conclude();
    return true;
  }
  completion_ = &completion;
  // Before the first submission: a job may end, or fail and stop the rest, while others follow.
  pending_.store(count_, std::memory_order_relaxed);
  for (GroupJob* job = first_; job != nullptr; job = job->sibling_) {
    scope.pool->Submit(*job, scope.share);
  }
  // Registered last: a request that came earlier runs it now, when all jobs can be taken back.
  on_stop_.emplace(scope.stop, StopRest{this});
  return false;
}

void JobGroup::RunOne(GroupJob& job) noexcept {
  if (Stopping()) {
    Skip();
    return;
  }
  try {
    job.Work();
  } catch (...) {
    if (!failed_.exchange(true, std::memory_order_relaxed)) {
      failure_.emplace(ErrorFromCurrentException());
    }
    TakeBackWaiting();
  }
}

void JobGroup::TakeBackWaiting() noexcept {
  stopping_.store(true, std::memory_order_relaxed);
  if (completion_ == nullptr) return;  // Inline: nothing waits anywhere.
  std::size_t removed = 0;
  for (GroupJob* job = first_; job != nullptr; job = job->sibling_) {
    if (scope_->pool->Remove(*job)) ++removed;
  }
  if (removed == 0) return;
  Skip();
  End(removed);
}

void JobGroup::End(std::size_t jobs) noexcept {
  if (pending_.fetch_sub(jobs, std::memory_order_acq_rel) == jobs) scope_->loop->Post(*this);
}

void JobGroup::Conclude() noexcept {
  if (!failure_ && skipped_.load(std::memory_order_relaxed))
    failure_.emplace(StoppedError(*scope_));
}

void JobGroup::RunPosted() noexcept {
  on_stop_.reset();  // Waits for a stop request that is still at work on another thread.
  Conclude();
  scope_->loop->SetActivity(scope_->activity);
  completion_->Complete().resume();
}

}  // namespace tenon::detail
