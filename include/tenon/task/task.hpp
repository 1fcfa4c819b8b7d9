// SPDX-License-Identifier: Apache-2.0
#pragma once

// A piece of work that may wait, written as an ordinary function.

#include <cassert>
#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "tenon/base/result.hpp"
#include "tenon/task/frame.hpp"
#include "tenon/task/operation.hpp"

namespace tenon {

template <class T>
class Task;

namespace detail {

template <class T>
class TaskPromise;

template <class T>
class TaskPromiseBase : public PromiseBase<TaskPromise<T>>, public RecycledFrame {
 public:
  std::suspend_always initial_suspend() const noexcept { return {}; }

  struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(
        std::coroutine_handle<TaskPromise<T>> self) const noexcept {
      Completion* completion = self.promise().completion_;
      // No completion yet: it ended inside Start, whose caller looks at `done`.
      return completion == nullptr ? std::noop_coroutine() : completion->Complete();
    }
    void await_resume() const noexcept {}
  };
  FinalAwaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { result_.emplace(ErrorFromCurrentException()); }

 protected:
  friend class Task<T>;
  std::optional<Result<T>> result_;
};

template <class T>
class TaskPromise final : public TaskPromiseBase<T> {
 public:
  Task<T> get_return_object() noexcept;
  template <class U = T>
    requires std::is_convertible_v<U&&, T>
  void return_value(U&& value) {
    this->result_.emplace(T(std::forward<U>(value)));
  }
  template <class U>
    requires std::is_same_v<std::remove_cvref_t<U>, Error> ||
             std::is_same_v<std::remove_cvref_t<U>, Result<T>>
  void return_value(U&& outcome) {
    this->result_.emplace(std::forward<U>(outcome));
  }
};

template <>
class TaskPromise<void> final : public TaskPromiseBase<void> {
 public:
  Task<void> get_return_object() noexcept;
  void return_void() noexcept { result_.emplace(); }
};

}  // namespace detail

// A coroutine that yields one T. It starts when it is awaited and not before; it runs on the event
// loop of whoever awaits it and resumes there after each of its own awaits. When everything below
// it is ready, awaiting it suspends nobody.
//
// Not for work that computes for long: that belongs in `Compute` or `Parallel`, since a loop serves
// other requests too.
//
//   Task<int> Twice(int x) { co_return 2 * x; }
//   Task<int> Sum()        { co_return co_await Twice(1) + co_await Twice(2); }
//
// Errors: what the body throws becomes a Result with an Error; `co_await` throws it once in the
// awaiting coroutine, `co_await std::move(task).AsResult()` does not throw. `co_return Error{...}`
// is the cheap way to fail.
// Lifetime: owns the frame. A task that has started must end before it is destroyed.
// Thread safety: confined to the loop that runs it.
template <class T = void>
class [[nodiscard]] Task {
 public:
  using ValueType = T;
  using promise_type = detail::TaskPromise<T>;

  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      Destroy();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  ~Task() { Destroy(); }

  // The same work, awaited without an exception: gives Result<T>.
  AsResultOperation<Task> AsResult() && { return {std::move(*this)}; }

  // For the framework and for tests; see Operation.
  bool Start(const Scope& scope, Completion& completion) {
    promise_type& promise = handle_.promise();
    promise.scope_ = &scope;
    handle_.resume();
    if (handle_.done()) return true;
    promise.completion_ = &completion;
    return false;
  }
  Result<T> TakeResult() { return std::move(*handle_.promise().result_); }

 private:
  friend promise_type;
  explicit Task(std::coroutine_handle<promise_type> handle) noexcept : handle_(handle) {}
  void Destroy() noexcept {
    if (handle_ == nullptr) return;
    assert((handle_.promise().scope_ == nullptr || handle_.done()) &&
           "a Task that has started must end before it is destroyed");
    handle_.destroy();
  }

  std::coroutine_handle<promise_type> handle_;
};

namespace detail {

template <class T>
Task<T> TaskPromise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}
inline Task<void> TaskPromise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

}  // namespace detail
}  // namespace tenon
