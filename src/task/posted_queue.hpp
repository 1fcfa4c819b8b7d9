// SPDX-License-Identifier: Apache-2.0
#pragma once

// Work that many threads post and one loop runs.

#include <atomic>
#include <utility>

#include "tenon/task/event_loop.hpp"

namespace tenon {

// A stack without locks that is taken as a whole and turned round, so that work runs in the order
// in which it was posted. It knows whether its reader sleeps: exactly one of those who post to a
// sleeping reader is told to wake it.
//
// Thread safety: `Push` from any thread; the rest from the reader's.
class PostedQueue {
 public:
  // True: the reader sleeps, and this caller must wake it.
  bool Push(PostedWork& work) noexcept {
    PostedWork* head = head_.load(std::memory_order_relaxed);
    do {
      work.next_ = head == Asleep() ? nullptr : head;
    } while (!head_.compare_exchange_weak(head, &work, std::memory_order_release,
                                          std::memory_order_relaxed));
    return head == Asleep();
  }

  // False: there is work, so the reader must not sleep.
  bool FallAsleep() noexcept {
    PostedWork* expected = nullptr;
    return head_.compare_exchange_strong(expected, Asleep(), std::memory_order_relaxed);
  }
  // From here on nobody is told to wake the reader.
  void WakeUp() noexcept {
    PostedWork* expected = Asleep();
    head_.compare_exchange_strong(expected, nullptr, std::memory_order_relaxed);
  }

  // Runs what is there now, oldest first, and calls `before_each` before each; what is posted
  // meanwhile waits for the next call. True when there was any. REQUIRES: awake.
  template <class F>
  bool RunAll(F before_each) {
    PostedWork* newest = head_.exchange(nullptr, std::memory_order_acquire);
    PostedWork* oldest = nullptr;
    while (newest != nullptr) {
      PostedWork* work = std::exchange(newest, newest->next_);
      work->next_ = std::exchange(oldest, work);
    }
    const bool any = oldest != nullptr;
    while (oldest != nullptr) {
      // Read first: the work may be gone, or posted again, when it has run.
      PostedWork* work = std::exchange(oldest, oldest->next_);
      before_each();
      work->RunPosted();
    }
    return any;
  }

 private:
  // An address that no work can have.
  PostedWork* Asleep() noexcept { return reinterpret_cast<PostedWork*>(this); }

  std::atomic<PostedWork*> head_{nullptr};
};

}  // namespace tenon
