// SPDX-License-Identifier: Apache-2.0
#pragma once

// Operations that run under one parent: the ground of WhenAll and WhenAny.

#include <coroutine>
#include <cstddef>
#include <optional>
#include <utility>

#include "tenon/base/error.hpp"
#include "tenon/base/export.hpp"
#include "tenon/base/stop.hpp"
#include "tenon/task/operation.hpp"
#include "tenon/task/scope.hpp"
#include "tenon/task/unit.hpp"

namespace tenon::detail {

// The children's scope with a stop of its own, the count of those that run, and the first failure.
// All children end on the parent's loop, so plain fields do.
//
// Use: Open; for each child Begin, then its Start (EndedInStart if that is true); Close.
// Thread safety: confined to the loop.
class TENON_EXPORT ChildGroup {
 public:
  ChildGroup() = default;

  // False when the parent's scope is stopped already: no child is to be started.
  bool Open(const Scope& parent);
  const Scope& ChildScope() const noexcept { return scope_; }
  // The outcome is settled: children that have not started need not start.
  bool Settled() const noexcept { return settled_; }

  void Begin() noexcept { ++running_; }
  void EndedInStart() noexcept { --running_; }
  // As the value of Operation::Start: true when no child runs any more.
  bool Close(const Scope& parent, Completion& completion);

  // Keeps the first failure.
  void Keep(Error error) noexcept;
  // Asks the others to stop.
  void Settle() noexcept;
  // For the children's Completion::Complete, after their result was taken.
  std::coroutine_handle<> EndedLater() noexcept;

  Error TakeFailure() noexcept { return *std::move(failure_); }
  bool Failed() const noexcept { return failure_.has_value(); }

 private:
  struct Forward {
    StopSource* source;
    void operator()() const noexcept { source->RequestStop(); }
  };

  Scope scope_;
  StopSource source_;
  std::size_t running_ = 0;
  bool settled_ = false;
  bool closed_ = false;
  Completion* completion_ = nullptr;
  std::optional<Error> failure_;
  std::optional<StopCallback<Forward>> parent_stop_;
};

// One child in the place where its result goes. `Owner::OnChildResult(index, child)` judges it.
template <class Owner, class Child>
class ChildSlot final : public Completion {
 public:
  // Starts the child; true when it has ended already.
  void Start(Owner& owner, Child& child, ChildGroup& group) {
    owner_ = &owner;
    child_ = &child;
    group_ = &group;
    group.Begin();
    if (!child.Start(group.ChildScope(), *this)) return;
    Judge();
    group.EndedInStart();
  }
  std::coroutine_handle<> Complete() noexcept override {
    Judge();
    return group_->EndedLater();
  }
  UnitOr<typename Child::ValueType>&& TakeValue() noexcept { return *std::move(value_); }

 private:
  void Judge() noexcept {
    Result<typename Child::ValueType> result = child_->TakeResult();
    if (!result) {
      owner_->OnChildFailure(std::move(result).Error());
      return;
    }
    if constexpr (std::is_void_v<typename Child::ValueType>) {
      value_.emplace();
    } else {
      value_.emplace(*std::move(result));
    }
    owner_->OnChildSuccess(*this);
  }

  Owner* owner_ = nullptr;
  Child* child_ = nullptr;
  ChildGroup* group_ = nullptr;
  std::optional<UnitOr<typename Child::ValueType>> value_;
};

}  // namespace tenon::detail
