// SPDX-License-Identifier: Apache-2.0
#pragma once

// A thread for user code that may never come back.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace tenon::app {

// Runs one function at a time on its own thread, while others wait for it only as long as they
// like.
//
// Lifetime: the destructor joins; whoever cannot wait for that asks `WaitIdle` first and ends the
// process instead. Thread safety: `Start` from one thread, the rest from any.
class Worker {
 public:
  Worker();
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // REQUIRES: idle. The function must not throw.
  void Start(std::function<void()> function);
  bool Idle() const;
  // True when it is idle; false when the time is over, or `Interrupt` was called.
  bool WaitInterruptibly(std::chrono::milliseconds timeout);
  // The same, and `Interrupt` does not end it.
  bool WaitIdle(std::chrono::milliseconds timeout);
  // Ends every wait, now and later, that `WaitInterruptibly` and `Pause` do; what runs goes on.
  void Interrupt();
  bool Interrupted() const;
  // Waits through a pause; false when interrupted.
  bool Pause(std::chrono::milliseconds time);

 private:
  void Loop();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> function_;
  bool busy_ = false;
  bool ending_ = false;
  bool interrupted_ = false;
  std::thread thread_;
};

}  // namespace tenon::app
