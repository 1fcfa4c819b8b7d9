// SPDX-License-Identifier: Apache-2.0
#include "tenon/task/compute_pool.hpp"

#include <fmt/core.h>
#include <pthread.h>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "base/blocked_signals.hpp"
#include "tenon/base/metrics.hpp"

namespace tenon {
ComputePool::ComputePool(std::size_t threads, MetricsRegistry* metrics, const Clock* clock)
    : clock_(clock != nullptr ? *clock : system_clock_) {
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

ComputeShare& ComputePool::MakeShare(double weight) {
  assert(weight > 0);
  const std::lock_guard lock(mutex_);
  return *shares_.emplace_back(std::make_unique<ComputeShare>(weight));
}

void ComputePool::Submit(ComputeJob& job, ComputeShare* share) noexcept {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    assert(!job.waits_ && "a job is submitted once at a time");
    ComputeShare& line = share != nullptr ? *share : common_;
    if (line.first_ == nullptr) Activate(line);
    job.waits_ = true;
    job.share_ = &line;
    job.next_ = nullptr;
    job.previous_ = line.last_;
    (line.last_ != nullptr ? line.last_->next_ : line.first_) = &job;
    line.last_ = &job;
    ++waiting_;
    if (sleeping_ > 0) {
      --sleeping_;
      ++woken_;
      wake = true;
    }
  }
  if (wake) wake_.notify_one();
}

void ComputePool::Activate(ComputeShare& share) noexcept {
  // Time that it did not want is not owed to it.
  share.used_ = std::max(share.used_, least_used_);
  share.next_ = std::exchange(active_, &share);
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
  ComputeShare& share = *job.share_;
  (job.previous_ != nullptr ? job.previous_->next_ : share.first_) = job.next_;
  (job.next_ != nullptr ? job.next_->previous_ : share.last_) = job.previous_;
  job.waits_ = false;
  --waiting_;
  if (share.first_ != nullptr) return;
  ComputeShare** link = &active_;
  while (*link != &share) link = &(*link)->next_;
  *link = share.next_;
}

ComputeJob& ComputePool::TakeNext() noexcept {
  ComputeShare* next = active_;
  for (ComputeShare* share = active_->next_; share != nullptr; share = share->next_) {
    if (share->used_ < next->used_) next = share;
  }
  least_used_ = next->used_;
  // Paid in advance, or several threads would serve one share before the first job has ended.
  next->used_ += next->typical_ / next->weight_;
  ComputeJob& job = *next->first_;
  Unlink(job);
  return job;
}

void ComputePool::RunThread(std::size_t index, MetricsRegistry* metrics) noexcept {
  pthread_setname_np(pthread_self(), fmt::format("tenon-pool-{}", index).substr(0, 15).c_str());
  std::optional<MetricsRegistry::ThreadSlot> slot;
  if (metrics != nullptr) slot.emplace(*metrics);

  std::unique_lock lock(mutex_);
  for (;;) {
    if (active_ != nullptr) {
      ComputeJob& job = TakeNext();
      ComputeShare& share = *job.share_;
      const double paid = share.typical_;
      ++running_;
      lock.unlock();
      const TimePoint begin = clock_.Now();
      job.RunJob();
      const double took = std::chrono::duration<double, std::nano>(clock_.Now() - begin).count();
      lock.lock();
      --running_;
      share.used_ += (took - paid) / share.weight_;
      share.typical_ += (took - share.typical_) / 8;
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
