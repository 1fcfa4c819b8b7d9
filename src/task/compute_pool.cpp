// SPDX-License-Identifier: Apache-2.0
#include "tenon/task/compute_pool.hpp"

#include <fmt/core.h>
#include <pthread.h>

#include <algorithm>
#include <cassert>
#include <csignal>
#include <optional>
#include <string>

#include "tenon/base/metrics.hpp"

namespace tenon {
namespace {

// Signals that ask the process for something belong to the thread that handles them, not to
// workers; those that report this thread's own fault must stay deliverable.
sigset_t SignalsForOthers() noexcept {
  sigset_t signals;
  sigfillset(&signals);
  for (int own : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS, SIGPROF}) {
    sigdelset(&signals, own);
  }
  return signals;
}

}  // namespace

ComputePool::ComputePool(std::size_t threads, MetricsRegistry* metrics) {
  const std::size_t count = std::max<std::size_t>(threads, 1);
  threads_.reserve(count);
  const sigset_t blocked = SignalsForOthers();
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  for (std::size_t i = 0; i < count; ++i) {
    threads_.emplace_back([this, i, metrics] { RunThread(i, metrics); });
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

ComputePool::~ComputePool() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ComputePool::Submit(ComputeJob& job) noexcept {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    assert(!job.waits_ && "a job is submitted once at a time");
    job.waits_ = true;
    job.next_ = nullptr;
    job.previous_ = last_;
    (last_ != nullptr ? last_->next_ : first_) = &job;
    last_ = &job;
    ++waiting_;
    if (sleeping_ > 0) {
      --sleeping_;
      ++woken_;
      wake = true;
    }
  }
  if (wake) wake_.notify_one();
}

bool ComputePool::Remove(ComputeJob& job) noexcept {
  const std::lock_guard lock(mutex_);
  if (!job.waits_) return false;
  Unlink(job);
  return true;
}

std::size_t ComputePool::Waiting() const noexcept {
  const std::lock_guard lock(mutex_);
  return waiting_;
}

bool ComputePool::Idle() const noexcept {
  const std::lock_guard lock(mutex_);
  return waiting_ == 0 && running_ == 0;
}

void ComputePool::Unlink(ComputeJob& job) noexcept {
  (job.previous_ != nullptr ? job.previous_->next_ : first_) = job.next_;
  (job.next_ != nullptr ? job.next_->previous_ : last_) = job.previous_;
  job.waits_ = false;
  --waiting_;
}

void ComputePool::RunThread(std::size_t index, MetricsRegistry* metrics) noexcept {
  pthread_setname_np(pthread_self(), fmt::format("tenon-pool-{}", index).substr(0, 15).c_str());
  std::optional<MetricsRegistry::ThreadSlot> slot;
  if (metrics != nullptr) slot.emplace(*metrics);

  std::unique_lock lock(mutex_);
  for (;;) {
    if (first_ != nullptr) {
      ComputeJob& job = *first_;
      Unlink(job);
      ++running_;
      lock.unlock();
      job.RunJob();
      lock.lock();
      --running_;
      continue;
    }
    if (ending_) return;
    ++sleeping_;
    wake_.wait(lock, [this] { return woken_ > 0 || ending_; });
    // A thread that ends is counted nowhere; the counts matter only to those that go on.
    if (woken_ > 0) --woken_;
  }
}

}  // namespace tenon
