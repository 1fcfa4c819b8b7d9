// SPDX-License-Identifier: Apache-2.0
#include "tenon/task/child_group.hpp"

#include "tenon/task/stopped.hpp"

namespace tenon::detail {

bool ChildGroup::Open(const Scope& parent) {
  if (IsStopped(parent)) {
    failure_.emplace(StoppedError(parent));
    settled_ = true;
    return false;
  }
  scope_ = parent;
  scope_.stop = source_;
  return true;
}

bool ChildGroup::Close(const Scope& parent, Completion& completion) {
  if (running_ == 0) return true;
  completion_ = &completion;
  closed_ = true;
  // Only now, so that children which end at once cost no registration. A request that came
  // meanwhile is forwarded here and now.
  parent_stop_.emplace(parent.stop, Forward{&source_});
  return false;
}

void ChildGroup::Keep(Error error) noexcept {
  if (!failure_) failure_.emplace(std::move(error));
}

void ChildGroup::Settle() noexcept {
  if (settled_) return;
  settled_ = true;
  source_.RequestStop();
}

std::coroutine_handle<> ChildGroup::EndedLater() noexcept {
  --running_;
  if (running_ > 0 || !closed_) return std::noop_coroutine();
  // Waits for a request that the parent's stop forwards on another thread at this moment.
  parent_stop_.reset();
  return completion_->Complete();
}

}  // namespace tenon::detail
