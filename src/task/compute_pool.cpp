// SPDX-License-Identifier: Apache-2.0
#include "tenon/task/compute_pool.hpp"

#include <fmt/core.h>
#include <pthread.h>

#include <algorithm>
#include <cassert>
#include <optional>
#include <string>

#include "base/blocked_signals.hpp"
#include "tenon/base/metrics.hpp"

namespace tenon {
ComputePool::ComputePool(std::size_t threads, MetricsRegistry* metrics) {
  const std::size_t count = std::max<std::size_t>(threads, 1);
  threads_.reserve(count);
  const BlockedSignals blocked;
  for (std::size_t i = 0; i < count; ++i) {
    threads_.emplace_back([this, i, metrics] { RunThread(i, metrics); });
  }
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
