// SPDX-License-Identifier: Apache-2.0
#include "tenon/base/stop.hpp"

namespace tenon::detail {

unsigned StopState::Lock() noexcept {
  for (;;) {
    unsigned state = state_.load(std::memory_order_relaxed);
    if ((state & kLocked) == 0 &&
        state_.compare_exchange_weak(state, state | kLocked, std::memory_order_acquire)) {
      return state;
    }
    // Held for a few instructions only; a holder that lost its core gets it back here.
    std::this_thread::yield();
  }
}

bool StopState::Request() noexcept {
  const unsigned before = Lock();
  if ((before & kRequested) != 0) {
    Unlock(before);
    return false;
  }
  requester_ = std::this_thread::get_id();
  while (head_ != nullptr) {
    StopCallbackNode& node = *head_;
    head_ = node.next_;
    if (head_ != nullptr) head_->link_ = &head_;
    node.link_ = nullptr;
    bool removed = false;
    node.removed_while_running_ = &removed;
    Unlock(kRequested);
    node.function_(node);
    // A callback may have destroyed its own node; then nothing of it may be touched.
    if (!removed) {
      node.removed_while_running_ = nullptr;
      node.finished_.store(true, std::memory_order_release);
    }
    Lock();
  }
  Unlock(kRequested);
  return true;
}

void StopState::Add(StopCallbackNode& node) noexcept {
  const unsigned before = Lock();
  if ((before & kRequested) != 0) {
    Unlock(before);
    node.finished_.store(true, std::memory_order_relaxed);
    node.function_(node);
    return;
  }
  node.next_ = head_;
  node.link_ = &head_;
  if (head_ != nullptr) head_->link_ = &node.next_;
  head_ = &node;
  Unlock(before);
}

void StopState::Remove(StopCallbackNode& node) noexcept {
  const unsigned before = Lock();
  if (node.link_ != nullptr) {
    *node.link_ = node.next_;
    if (node.next_ != nullptr) node.next_->link_ = node.link_;
    Unlock(before);
    return;
  }
  const bool own_thread = requester_ == std::this_thread::get_id();
  Unlock(before);
  if (node.finished_.load(std::memory_order_acquire)) return;
  if (own_thread) {
    // Removed from inside its own run, further up this very stack.
    if (node.removed_while_running_ != nullptr) *node.removed_while_running_ = true;
    return;
  }
  while (!node.finished_.load(std::memory_order_acquire)) std::this_thread::yield();
}

}  // namespace tenon::detail
