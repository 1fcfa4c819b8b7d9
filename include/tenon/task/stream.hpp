// SPDX-License-Identifier: Apache-2.0
#pragma once

// A sequence that is made while it is read, written as an ordinary loop.

#include <cassert>
#include <coroutine>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

#include "tenon/base/result.hpp"
#include "tenon/task/frame.hpp"
#include "tenon/task/operation.hpp"

namespace tenon {

template <class T>
class Stream;

namespace detail {

enum class StreamState : std::uint8_t { kBefore, kRunning, kAtYield, kEnded };

template <class T>
class StreamPromise final : public PromiseBase<StreamPromise<T>>, public RecycledFrame {
 public:
  // Hands control to whoever asked for the next item.
  struct HandOver {
    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(
        std::coroutine_handle<StreamPromise> self) const noexcept {
      Completion* completion = std::exchange(self.promise().completion_, nullptr);
      // No completion yet: it came inside Start, whose caller looks at the state.
      return completion == nullptr ? std::noop_coroutine() : completion->Complete();
    }
    void await_resume() const noexcept {}
  };

  Stream<T> get_return_object() noexcept;
  std::suspend_always initial_suspend() const noexcept { return {}; }
  HandOver final_suspend() noexcept {
    state_ = StreamState::kEnded;
    return {};
  }
  template <class U = T>
    requires std::is_convertible_v<U&&, T>
  HandOver yield_value(U&& item) {
    item_.emplace(std::forward<U>(item));
    state_ = StreamState::kAtYield;
    return {};
  }
  void return_void() noexcept {}
  void unhandled_exception() noexcept { failure_.emplace(ErrorFromCurrentException()); }

 private:
  friend class Stream<T>;
  std::optional<T> item_;
  std::optional<Error> failure_;
  StreamState state_ = StreamState::kBefore;
};

}  // namespace detail

// A coroutine that yields any number of T, one for each `Next`. It runs only while an item is asked
// for, never ahead; inside it may await like a Task.
//
//   Stream<int> Count(int n) { for (int i = 0; i < n; ++i) co_yield i; }
//   ...
//   Stream<int> numbers = Count(3);
//   while (std::optional<int> number = co_await numbers.Next()) Use(*number);
//
// Errors: what the body throws is the failure of the `Next` that met it; after the end and after a
// failure `Next` gives nothing.
// Lifetime: owns the frame. It may be destroyed at any time when no `Next` is under way: before the
// first, at a `co_yield` (the body's locals are destroyed), after the end. What the body learned of
// the scope holds until its next `co_yield`: each `Next` brings its own.
// Thread safety: confined to one loop.
template <class T>
class [[nodiscard]] Stream {
 public:
  using promise_type = detail::StreamPromise<T>;

  class [[nodiscard]] NextOperation {
   public:
    using ValueType = std::optional<T>;

    bool Start(const Scope& scope, Completion& completion) {
      promise_type& promise = handle_.promise();
      assert(promise.state_ != detail::StreamState::kRunning && "one Next at a time");
      if (promise.state_ == detail::StreamState::kEnded) return true;
      promise.scope_ = &scope;
      promise.state_ = detail::StreamState::kRunning;
      handle_.resume();
      if (promise.state_ != detail::StreamState::kRunning) return true;
      promise.completion_ = &completion;
      return false;
    }
    Result<ValueType> TakeResult() {
      promise_type& promise = handle_.promise();
      if (promise.failure_) return *std::exchange(promise.failure_, std::nullopt);
      return std::exchange(promise.item_, std::nullopt);
    }

   private:
    friend class Stream;
    explicit NextOperation(std::coroutine_handle<promise_type> handle) noexcept : handle_(handle) {}
    std::coroutine_handle<promise_type> handle_;
  };

  Stream(Stream&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Stream& operator=(Stream&& other) noexcept {
    if (this != &other) {
      Destroy();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  ~Stream() { Destroy(); }

  // The next item, or nothing at the end. REQUIRES: the Next before it has ended; the stream is
  // neither moved from nor destroyed until this one has.
  NextOperation Next() noexcept { return NextOperation(handle_); }

 private:
  friend promise_type;
  explicit Stream(std::coroutine_handle<promise_type> handle) noexcept : handle_(handle) {}
  void Destroy() noexcept {
    if (handle_ == nullptr) return;
    assert(handle_.promise().state_ != detail::StreamState::kRunning &&
           "a Stream is not destroyed while a Next is under way");
    handle_.destroy();
  }

  std::coroutine_handle<promise_type> handle_;
};

namespace detail {

template <class T>
Stream<T> StreamPromise<T>::get_return_object() noexcept {
  return Stream<T>(std::coroutine_handle<StreamPromise>::from_promise(*this));
}

}  // namespace detail
}  // namespace tenon
