// SPDX-License-Identifier: Apache-2.0
#include "app/worker.hpp"

#include <pthread.h>

#include <cassert>
#include <utility>

#include "base/blocked_signals.hpp"

namespace tenon::app {

Worker::Worker() {
  const BlockedSignals blocked;
  thread_ = std::thread([this] { Loop(); });
}

Worker::~Worker() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Worker::Start(std::function<void()> function) {
  {
    const std::lock_guard lock(mutex_);
    assert(!busy_ && "one function at a time");
    function_ = std::move(function);
    busy_ = true;
  }
  changed_.notify_all();
}

bool Worker::Idle() const {
  const std::lock_guard lock(mutex_);
  return !busy_;
}

bool Worker::WaitInterruptibly(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, timeout, [this] { return !busy_ || interrupted_; });
  return !busy_;
}

bool Worker::WaitIdle(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [this] { return !busy_; });
}

bool Worker::Pause(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, time, [this] { return interrupted_; });
}

void Worker::Interrupt() {
  {
    const std::lock_guard lock(mutex_);
    interrupted_ = true;
  }
  changed_.notify_all();
}

bool Worker::Interrupted() const {
  const std::lock_guard lock(mutex_);
  return interrupted_;
}

void Worker::Loop() {
  pthread_setname_np(pthread_self(), "tenon-user");
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return busy_ || ending_; });
    if (!busy_) return;
    const std::function<void()> function = std::exchange(function_, nullptr);
    lock.unlock();
    function();
    lock.lock();
    busy_ = false;
    changed_.notify_all();
  }
}

}  // namespace tenon::app
