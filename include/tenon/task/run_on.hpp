// SPDX-License-Identifier: Apache-2.0
#pragma once

// Runs an operation on another loop and brings its end back.

#include <utility>

#include "tenon/task/operation.hpp"

namespace tenon {

// An Operation that starts `operation` on `loop` and completes on the loop that awaits it. For
// state that belongs to one loop, such as a replica whose `Infer` is not const. Costs two wake-ups
// of a sleeping thread (about 45 µs each between cores) unless it is the same loop.
// Cancellation and deadline: as of the operation; the parent's stop reaches it on the other loop.
template <Operation T>
class RunOn final : private PostedWork, private Completion {
 public:
  using ValueType = typename T::ValueType;

  RunOn(EventLoop& loop, T operation) : loop_(loop), operation_(std::move(operation)) {}
  RunOn(RunOn&& other) noexcept : loop_(other.loop_), operation_(std::move(other.operation_)) {}
  ~RunOn() = default;

  bool Start(const Scope& parent, Completion& completion) {
    if (parent.loop == &loop_) return operation_.Start(parent, completion);
    home_ = parent.loop;
    activity_ = parent.activity;
    completion_ = &completion;
    scope_ = parent;
    scope_.loop = &loop_;
    loop_.Post(*this);
    return false;
  }
  Result<ValueType> TakeResult() { return operation_.TakeResult(); }

 private:
  void RunPosted() noexcept override {
    if (ended_) {
      home_->SetActivity(activity_);
      completion_->Complete().resume();
      return;
    }
    loop_.SetActivity(activity_);
    if (operation_.Start(scope_, *this)) GoHome();
  }
  std::coroutine_handle<> Complete() noexcept override {
    GoHome();
    return std::noop_coroutine();
  }
  // From here on this object belongs to the other thread.
  void GoHome() noexcept {
    ended_ = true;
    home_->Post(*this);
  }

  EventLoop& loop_;
  T operation_;
  EventLoop* home_ = nullptr;
  const char* activity_ = nullptr;
  Completion* completion_ = nullptr;
  Scope scope_;
  bool ended_ = false;
};

}  // namespace tenon
