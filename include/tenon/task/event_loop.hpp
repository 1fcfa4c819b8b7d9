// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where coroutines run: one thread that takes work from others, fires timers and reads sockets.

#include <cstddef>

#include "tenon/base/clock.hpp"
#include "tenon/base/export.hpp"

namespace tenon {

class TimerHeap;

// Something to run once on a loop. It lives in its owner; posting allocates nothing.
class TENON_EXPORT PostedWork {
 public:
  PostedWork() = default;
  PostedWork(const PostedWork&) = delete;
  PostedWork& operator=(const PostedWork&) = delete;
  // Runs on the loop's thread. The object may be gone when it returns.
  virtual void RunPosted() noexcept = 0;

 protected:
  ~PostedWork() = default;

 private:
  friend class PostedQueue;
  PostedWork* next_ = nullptr;
};

// Something to run at a time. It lives in its owner and leaves the loop when destroyed.
class TENON_EXPORT Timer {
 public:
  Timer() = default;
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  // Runs on the loop's thread, once for each Arm.
  virtual void OnTime() noexcept = 0;

  bool IsArmed() const noexcept { return position_ != kNotArmed; }

 protected:
  ~Timer();

 private:
  friend class TimerHeap;
  static constexpr std::size_t kNotArmed = static_cast<std::size_t>(-1);
  TimerHeap* heap_ = nullptr;  // Where it is armed.
  std::size_t position_ = kNotArmed;
};

// One event loop. A coroutine is read, run and answered on one loop and resumes there after every
// await, so what belongs to a request needs no lock.
//
// Use testing::ManualLoop where a test wants to decide what runs and what time it is.
// Thread safety: `Post` from any thread; everything else on the loop's own thread.
class TENON_EXPORT EventLoop {
 public:
  EventLoop() = default;
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  virtual ~EventLoop() = default;

  // Has `work` run on the loop's thread, after the work posted before it. Never blocks and never
  // fails; a sleeping loop is woken once for all that is posted meanwhile.
  virtual void Post(PostedWork& work) noexcept = 0;

  // The time of the last wake-up: good enough for deadlines, and free.
  virtual TimePoint Now() const noexcept = 0;

  // Arms the timer, or moves it when it is armed. REQUIRES: the timer is armed on no other loop.
  virtual void Arm(Timer& timer, TimePoint time) = 0;
  // Does nothing to a timer that is not armed.
  virtual void Disarm(Timer& timer) noexcept = 0;

  // What holds the loop now, for the watchdog: a string that lives as long as the loop, or null.
  virtual void SetActivity(const char* name) noexcept = 0;
};

}  // namespace tenon
