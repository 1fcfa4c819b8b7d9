// SPDX-License-Identifier: Apache-2.0
#pragma once

// Asking work to stop, without an allocation: a source owned by whoever may lose interest, tokens
// that look at it, callbacks that live where the waiting work lives.

#include <atomic>
#include <thread>
#include <type_traits>
#include <utility>

#include "tenon/base/export.hpp"

namespace tenon {

class StopToken;

namespace detail {

// A node in the source's list. Linked from construction until it ran or was removed.
class TENON_EXPORT StopCallbackNode {
 public:
  StopCallbackNode(const StopCallbackNode&) = delete;
  StopCallbackNode& operator=(const StopCallbackNode&) = delete;

 protected:
  using Function = void (*)(StopCallbackNode&) noexcept;
  explicit StopCallbackNode(Function function) noexcept : function_(function) {}
  ~StopCallbackNode() = default;

 private:
  friend class ::tenon::StopToken;
  friend class StopState;
  Function function_;
  StopCallbackNode* next_ = nullptr;
  StopCallbackNode** link_ = nullptr;  // What points at this node; null when not in a list.
  bool* removed_while_running_ = nullptr;
  std::atomic<bool> finished_{false};
};

class TENON_EXPORT StopState {
 public:
  bool Requested() const noexcept {
    return (state_.load(std::memory_order_acquire) & kRequested) != 0;
  }
  bool Request() noexcept;
  // Links the node, or runs it at once when stop was requested before.
  void Add(StopCallbackNode& node) noexcept;
  void Remove(StopCallbackNode& node) noexcept;

 private:
  static constexpr unsigned kRequested = 1;
  static constexpr unsigned kLocked = 2;
  unsigned Lock() noexcept;
  void Unlock(unsigned state) noexcept { state_.store(state, std::memory_order_release); }

  std::atomic<unsigned> state_{0};
  StopCallbackNode* head_ = nullptr;
  std::thread::id requester_;
};

}  // namespace detail

// Owned by whoever may lose interest: the request's exchange, a WhenAll, a server that drains.
//
// Lifetime: outlives every token and callback made from it. Thread safety: thread-safe.
class StopSource {
 public:
  StopSource() = default;
  StopSource(const StopSource&) = delete;
  StopSource& operator=(const StopSource&) = delete;

  // Runs every callback on this thread, then returns true; false when stop was requested before.
  bool RequestStop() noexcept { return state_.Request(); }
  bool StopRequested() const noexcept { return state_.Requested(); }

 private:
  friend class StopToken;
  detail::StopState state_;
};

// A look at a StopSource; a default-constructed one is never stopped. Thread safety: a value that
// may be used from any thread while its source lives.
class StopToken {
 public:
  StopToken() = default;
  StopToken(StopSource& source) noexcept : state_(&source.state_) {}  // NOLINT(*-explicit-*)

  bool StopRequested() const noexcept { return state_ != nullptr && state_->Requested(); }
  bool StopPossible() const noexcept { return state_ != nullptr; }

 private:
  template <class F>
  friend class StopCallback;
  detail::StopState* state_ = nullptr;
};

// Runs `function` once when stop is requested, on the requesting thread; at once, on this thread,
// when it was requested before. The destructor waits for a run on another thread to end, so the
// function may use whatever lives as long as this object. The function must not throw or block.
template <class F>
class StopCallback final : private detail::StopCallbackNode {
 public:
  StopCallback(StopToken token, F function) noexcept(std::is_nothrow_move_constructible_v<F>)
      : StopCallbackNode(&Run), state_(token.state_), function_(std::move(function)) {
    if (state_ != nullptr) state_->Add(*this);
  }
  ~StopCallback() {
    if (state_ != nullptr) state_->Remove(*this);
  }
  StopCallback(const StopCallback&) = delete;
  StopCallback& operator=(const StopCallback&) = delete;

 private:
  static void Run(StopCallbackNode& node) noexcept { static_cast<StopCallback&>(node).function_(); }
  detail::StopState* state_;
  F function_;
};

}  // namespace tenon
