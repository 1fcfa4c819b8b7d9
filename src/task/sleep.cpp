// SPDX-License-Identifier: Apache-2.0
#include "tenon/task/sleep.hpp"

#include "tenon/task/stopped.hpp"

namespace tenon {

bool SleepOperation::Start(const Scope& scope, Completion& completion) {
  if (IsStopped(scope)) {
    failure_.emplace(StoppedError(scope));
    return true;
  }
  if (duration_ <= Duration::zero()) return true;
  const Deadline end = Deadline::After(scope.loop->Now(), duration_);
  past_deadline_ = scope.deadline < end;
  scope_ = &scope;
  completion_ = &completion;
  scope.loop->Arm(*this, Earlier(end, scope.deadline).Time());
  on_stop_.emplace(scope.stop, WakeEarly{this});
  return false;
}

Result<void> SleepOperation::TakeResult() {
  if (failure_) return *std::move(failure_);
  return {};
}

void SleepOperation::WakeEarly::operator()() const noexcept {
  sleep->woken_early_ = true;
  sleep->scope_->loop->Post(*sleep);
}

void SleepOperation::OnTime() noexcept {
  on_stop_.reset();
  if (woken_early_) return;  // RunPosted is under way and ends it.
  if (past_deadline_) failure_.emplace(StoppedError(*scope_));
  End();
}

void SleepOperation::RunPosted() noexcept {
  on_stop_.reset();
  scope_->loop->Disarm(*this);
  failure_.emplace(StoppedError(*scope_));
  End();
}

void SleepOperation::End() noexcept {
  scope_->loop->SetActivity(scope_->activity);
  completion_->Complete().resume();
}

}  // namespace tenon
