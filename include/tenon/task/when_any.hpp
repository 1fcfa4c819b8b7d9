// SPDX-License-Identifier: Apache-2.0
#pragma once

// Several operations at the same time, one of them wanted.

#include <cstddef>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "tenon/base/result.hpp"
#include "tenon/task/child_group.hpp"
#include "tenon/task/operation.hpp"
#include "tenon/task/unit.hpp"

namespace tenon {

// See WhenAny.
template <class... Child>
class [[nodiscard]] WhenAnyOperation {
 public:
  using ValueType = std::variant<UnitOr<typename Child::ValueType>...>;

  explicit WhenAnyOperation(Child&&... children) : children_(std::move(children)...) {}
  // REQUIRES: `other` has not started.
  WhenAnyOperation(WhenAnyOperation&& other) : children_(std::move(other.children_)) {}

  bool Start(const Scope& scope, Completion& completion) {
    if (!group_.Open(scope)) return true;
    StartChildren(std::index_sequence_for<Child...>());
    return group_.Close(scope, completion);
  }
  Result<ValueType> TakeResult() {
    if (winner_ == nullptr) return group_.TakeFailure();
    std::optional<ValueType> value;
    TakeWinner(value, std::index_sequence_for<Child...>());
    return *std::move(value);
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
  template <std::size_t... I>
  void TakeWinner(std::optional<ValueType>& value, std::index_sequence<I...>) {
    ((winner_ == &std::get<I>(slots_)
          ? (void)value.emplace(std::in_place_index<I>, std::get<I>(slots_).TakeValue())
          : (void)0),
     ...);
  }
  void OnChildFailure(Error error) noexcept { group_.Keep(std::move(error)); }
  void OnChildSuccess(const Completion& slot) noexcept {
    if (winner_ != nullptr) return;
    winner_ = &slot;
    group_.Settle();
  }

  std::tuple<Child...> children_;
  std::tuple<detail::ChildSlot<WhenAnyOperation, Child>...> slots_;
  const Completion* winner_ = nullptr;
  detail::ChildGroup group_;
};

// Runs the operations at the same time on the caller's loop; gives the value of the first that
// succeeds, as a variant whose index says which it was.
//
//   auto answer = co_await tenon::WhenAny(near_(text), far_(text));
//
// The others are asked to stop and waited for, so references to the caller's locals are safe; what
// they still give is dropped. They are started one after the other: when one succeeds at once,
// those after it never start.
//
// Errors: when all fail, the failure that came first. Cancellation: as WhenAll.
template <Operation... Child>
  requires(sizeof...(Child) > 0 && (!std::is_reference_v<Child> && ...))
WhenAnyOperation<Child...> WhenAny(Child&&... children) {
  return WhenAnyOperation<Child...>(std::move(children)...);
}

}  // namespace tenon
