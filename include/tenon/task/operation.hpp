// SPDX-License-Identifier: Apache-2.0
#pragma once

// The shape of everything that can be awaited, and the awaiter that all of them share.

#include <concepts>
#include <coroutine>
#include <type_traits>
#include <utility>

#include "tenon/base/result.hpp"
#include "tenon/task/scope.hpp"

namespace tenon {

// Told once that an operation which was started and did not end at once has ended.
class TENON_EXPORT Completion {
 public:
  // Runs on the loop on which the operation was started. Returns what is to be resumed next, so
  // that a chain of endings needs no stack; std::noop_coroutine() when there is nothing.
  virtual std::coroutine_handle<> Complete() noexcept = 0;

 protected:
  ~Completion() = default;
};

// Something that starts once, ends once and then has a result.
//
//   bool Start(const Scope&, Completion&)   true: it has ended already, and the completion is not
//                                           told. false: the completion is told later, on the same
//                                           loop.
//   Result<ValueType> TakeResult()          once, after the end.
//
// Between start and end an operation must be neither moved nor destroyed. A stop request may reach
// it on another thread, or inside the start of a sibling: it then ends by way of `EventLoop::Post`,
// never inside the request.
template <class T>
concept Operation = requires(T operation, const Scope& scope, Completion& completion) {
  typename T::ValueType;
  { operation.Start(scope, completion) } -> std::same_as<bool>;
  { operation.TakeResult() } -> std::same_as<Result<typename T::ValueType>>;
};

// The same operation, which never fails: its value is the Result. Awaiting it does not throw:
// `Result<T> r = co_await AsResult(handle(request));` Inside WhenAll it lets the others go on.
template <class T>
struct AsResultOperation {
  using ValueType = Result<typename T::ValueType>;

  bool Start(const Scope& scope, Completion& completion) {
    return operation.Start(scope, completion);
  }
  Result<ValueType> TakeResult() { return operation.TakeResult(); }

  T operation;
};
template <Operation T>
  requires(!std::is_reference_v<T>)
AsResultOperation<T> AsResult(T&& operation) {
  return {std::move(operation)};  // NOLINT(bugprone-move-forwarding-reference): no lvalue fits.
}

namespace detail {

// Awaits an operation from a coroutine whose promise has a scope. Parent and child share one
// thread, so "did it end inside Start" needs no atomics.
template <class T>
class OperationAwaiterBase : public Completion {
 public:
  explicit OperationAwaiterBase(T& operation) noexcept : operation_(operation) {}
  OperationAwaiterBase(const OperationAwaiterBase&) = delete;
  OperationAwaiterBase& operator=(const OperationAwaiterBase&) = delete;

  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> parent) {
    parent_ = parent;
    return !operation_.Start(parent.promise().GetScope(), *this);
  }
  std::coroutine_handle<> Complete() noexcept override { return parent_; }

 protected:
  ~OperationAwaiterBase() = default;
  T& operation_;

 private:
  std::coroutine_handle<> parent_;
};

template <class T>
class ValueAwaiter final : public OperationAwaiterBase<T> {
 public:
  using OperationAwaiterBase<T>::OperationAwaiterBase;
  typename T::ValueType await_resume() { return this->operation_.TakeResult().Value(); }
};

template <class T>
class ResultAwaiter final : public OperationAwaiterBase<T> {
 public:
  using OperationAwaiterBase<T>::OperationAwaiterBase;
  Result<typename T::ValueType> await_resume() { return this->operation_.TakeResult(); }
};

struct CurrentScopeTag {};

template <class Promise>
struct ScopeAwaiter {
  const Promise& promise;
  bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  const Scope& await_resume() const noexcept { return promise.GetScope(); }
};

// What the promises of Task and Stream have in common.
template <class Promise>
class PromiseBase {
 public:
  const Scope& GetScope() const noexcept { return *scope_; }

  // A temporary operand lives in the frame until the full expression ends: no move is needed.
  template <Operation T>
  ValueAwaiter<T> await_transform(T&& operation) noexcept
    requires(!std::is_reference_v<T>)
  {
    return ValueAwaiter<T>(operation);
  }
  template <Operation T>
  ValueAwaiter<T> await_transform(T& operation) noexcept {
    return ValueAwaiter<T>(operation);
  }
  template <class T>
  ResultAwaiter<T> await_transform(AsResultOperation<T>&& wrapped) noexcept {
    return ResultAwaiter<T>(wrapped.operation);
  }
  ScopeAwaiter<Promise> await_transform(CurrentScopeTag) noexcept {
    return {static_cast<const Promise&>(*this)};
  }

 protected:
  const Scope* scope_ = nullptr;
  Completion* completion_ = nullptr;
};

}  // namespace detail

// `const Scope& scope = co_await tenon::CurrentScope();` Never suspends.
inline detail::CurrentScopeTag CurrentScope() noexcept { return {}; }

}  // namespace tenon
