// SPDX-License-Identifier: Apache-2.0
#pragma once

// The event loop of a serving process: epoll for sockets, an eventfd for wake-ups, a timerfd for
// time.

#include <sys/epoll.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "task/posted_queue.hpp"
#include "task/timer_heap.hpp"
#include "tenon/base/clock.hpp"
#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/task/event_loop.hpp"

namespace tenon {

// Told of what happened to a file descriptor.
class FdHandler {
 public:
  // Runs on the loop's thread with the EPOLL* bits. The handler may be gone when it returns.
  virtual void OnEvents(std::uint32_t events) noexcept = 0;

 protected:
  ~FdHandler() = default;
};

// How long a loop has been at work without looking at its sockets.
struct LoopHold {
  Duration time{};                 // Zero while it sleeps.
  const char* activity = nullptr;  // What it said last that it does; may be null.
  std::uint64_t step = 0;          // Grows with each callback: the same twice means one callback.
};

// Each turn serves what the descriptors have, then the work posted up to then, then the timers that
// are due; what these bring up waits for the next turn, so none of the three starves another.
//
// Thread safety: `Post`, `RequestExit` and `Held` from any thread; the rest from the thread inside
// `Run`, or before it.
class TENON_EXPORT EpollLoop final : public EventLoop {
 public:
  // kUnavailable when the process is out of descriptors. The clock outlives the loop.
  static Result<std::unique_ptr<EpollLoop>> Create(const Clock& clock);
  ~EpollLoop() override;

  // Serves on this thread until RequestExit; what was posted before that has run. Afterwards it may
  // be called again.
  void Run();
  // Also from a signal handler.
  void RequestExit() noexcept;

  // Registers a descriptor; `events` are EPOLL* bits, EPOLLET among them. A failure is the kernel's
  // limit. REQUIRES: not watched here already.
  Result<void> Watch(int fd, std::uint32_t events, FdHandler& handler);
  // Changes the events of a watched descriptor; one that is ready reports again.
  void Rewatch(int fd, std::uint32_t events) noexcept;
  // From here on the handler is not called for `fd`, not even with what this turn has gathered
  // already. REQUIRES: watched, and not yet closed.
  void Unwatch(int fd) noexcept;

  void Post(PostedWork& work) noexcept override;
  TimePoint Now() const noexcept override { return now_; }
  void Arm(Timer& timer, TimePoint time) override { timers_.Set(timer, time); }
  void Disarm(Timer& timer) noexcept override { timers_.Remove(timer); }
  void SetActivity(const char* name) noexcept override {
    // Whoever reads the pointer reads the text as well.
    activity_.store(name, std::memory_order_release);
  }

  LoopHold Held(TimePoint now) const noexcept;

 private:
  // A descriptor's number is given again as soon as it is closed; the generation tells an event of
  // the old one from those of the new one.
  struct Slot {
    FdHandler* handler = nullptr;
    std::uint32_t generation = 0;
  };

  EpollLoop(const Clock& clock, int epoll, int wake, int timer) noexcept;
  Result<void> WatchOwn(int fd) noexcept;
  void Wake() const noexcept;
  // How epoll_wait shall wait: 0 or for ever. Arms the timerfd where that is needed.
  int PrepareToWait() noexcept;
  void Dispatch(const epoll_event& event) noexcept;
  void FireTimers() noexcept;
  void BeginStep() noexcept;

  const Clock& clock_;
  const int epoll_fd_;
  const int wake_fd_;
  const int timer_fd_;
  TimePoint now_;
  TimePoint timer_fd_time_ = TimePoint::max();  // When the timerfd will wake us; max: never.
  TimerHeap timers_;
  std::vector<Slot> slots_;
  std::atomic<bool> exit_{false};

  // Written by the loop alone, read by the watchdog.
  std::atomic<std::int64_t> busy_since_{0};  // Nanoseconds of the clock; 0: asleep.
  std::atomic<std::uint64_t> step_{0};
  std::atomic<const char*> activity_{nullptr};

  alignas(64) PostedQueue posted_;  // Others write here: on a line of its own.
};

}  // namespace tenon
