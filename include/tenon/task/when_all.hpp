// SPDX-License-Identifier: Apache-2.0
#pragma once

// Several operations at the same time, all of them wanted.

#include <cstddef>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "tenon/base/result.hpp"
#include "tenon/task/child_group.hpp"
#include "tenon/task/operation.hpp"
#include "tenon/task/unit.hpp"

namespace tenon {

// See WhenAll.
template <class... Child>
class [[nodiscard]] WhenAllOperation {
 public:
  using ValueType = std::tuple<UnitOr<typename Child::ValueType>...>;

  explicit WhenAllOperation(Child&&... children) : children_(std::move(children)...) {}
  // REQUIRES: `other` has not started.
  WhenAllOperation(WhenAllOperation&& other) noexcept : children_(std::move(other.children_)) {}

  bool Start(const Scope& scope, Completion& completion) {
    if (!group_.Open(scope)) return true;
    StartChildren(std::index_sequence_for<Child...>());
    return group_.Close(scope, completion);
  }
  Result<ValueType> TakeResult() {
    if (group_.Failed()) return group_.TakeFailure();
    return std::apply([](auto&... slot) { return ValueType(slot.TakeValue()...); }, slots_);
  }

 private:
  template <class, class>
  friend class detail::ChildSlot;

  template <std::size_t... I>
  void StartChildren(std::index_sequence<I...>) {
    ((group_.Settled() ||
      (std::get<I>(slots_).Start(*this, std::get<I>(children_), group_), false)),
     ...);
  }
  void OnChildFailure(Error error) noexcept {
    group_.Keep(std::move(error));
    group_.Settle();
  }
  template <class Slot>
  void OnChildSuccess(Slot&) noexcept {}

  std::tuple<Child...> children_;
  std::tuple<detail::ChildSlot<WhenAllOperation, Child>...> slots_;
  detail::ChildGroup group_;
};

// See WhenAll.
template <Operation Child>
class [[nodiscard]] WhenAllOfOperation {
 public:
  using ValueType = std::vector<UnitOr<typename Child::ValueType>>;

  explicit WhenAllOfOperation(std::vector<Child> children) : children_(std::move(children)) {}
  // REQUIRES: `other` has not started.
  WhenAllOfOperation(WhenAllOfOperation&& other) noexcept : children_(std::move(other.children_)) {}

  bool Start(const Scope& scope, Completion& completion) {
    if (!group_.Open(scope)) return true;
    slots_ = std::make_unique<Slot[]>(children_.size());
    for (std::size_t i = 0; i < children_.size() && !group_.Settled(); ++i) {
      slots_[i].Start(*this, children_[i], group_);
    }
    return group_.Close(scope, completion);
  }
  Result<ValueType> TakeResult() {
    if (group_.Failed()) return group_.TakeFailure();
    ValueType values;
    values.reserve(children_.size());
    for (std::size_t i = 0; i < children_.size(); ++i) values.push_back(slots_[i].TakeValue());
    return values;
  }

 private:
  template <class, class>
  friend class detail::ChildSlot;
  using Slot = detail::ChildSlot<WhenAllOfOperation, Child>;

  void OnChildFailure(Error error) noexcept {
    group_.Keep(std::move(error));
    group_.Settle();
  }
  void OnChildSuccess(Slot&) noexcept {}

  std::vector<Child> children_;
  std::unique_ptr<Slot[]> slots_;
  detail::ChildGroup group_;
};

// Runs the operations at the same time on the caller's loop; gives a tuple of their values, in
// their order, with Unit where one has none.
//
//   auto [label, fields] = co_await tenon::WhenAll(classifier_(text), extractor_(text));
//
// They are started one after the other. When all of them end at once, nobody is suspended and
// nothing is allocated. It ends when all of them have ended, so references to the caller's locals
// are safe. Operations are moved in before they start; a named one needs std::move.
//
// Errors: the first failure; the others are asked to stop, those not yet started never start. To
// get each result instead, give `AsResult(operation)`: it never fails.
// Cancellation: a stop request reaches every child. In a scope that is stopped already no child is
// started: kCancelled, or kDeadlineExceeded when the deadline has passed.
template <Operation... Child>
  requires(sizeof...(Child) > 0 && (!std::is_reference_v<Child> && ...))
WhenAllOperation<Child...> WhenAll(Child&&... children) {
  return WhenAllOperation<Child...>(std::move(children)...);
}

// The same for a number of operations that is known only at run time; gives a vector in their
// order. Allocates once.
template <Operation Child>
WhenAllOfOperation<Child> WhenAll(std::vector<Child> children) {
  return WhenAllOfOperation<Child>(std::move(children));
}

}  // namespace tenon
