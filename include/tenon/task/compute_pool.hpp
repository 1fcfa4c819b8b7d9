// SPDX-License-Identifier: Apache-2.0
#pragma once

// The threads that compute, so that event loops do not.

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <vector>

#include "tenon/base/export.hpp"

namespace tenon {

class MetricsRegistry;

// A piece of work for a ComputePool. It lives in its owner; submitting it allocates nothing.
//
// Lifetime: from `Submit` until it ran or was removed. Thread safety: confined to the pool then.
class TENON_EXPORT ComputeJob {
 public:
  ComputeJob() = default;
  ComputeJob(const ComputeJob&) = delete;
  ComputeJob& operator=(const ComputeJob&) = delete;
  // Runs on one of the pool's threads. The object may be gone when it returns.
  virtual void RunJob() noexcept = 0;

 protected:
  ~ComputeJob() = default;

 private:
  friend class ComputePool;
  ComputeJob* next_ = nullptr;
  ComputeJob* previous_ = nullptr;
  bool waits_ = false;
};

// A fixed number of threads that take jobs in the order of submission.
//
// User code does not touch it: `Compute`, `Parallel`, `ParallelMap` and the signature of `Infer`
// send work here. Framework code submits a job and answers an event loop with `EventLoop::Post`.
//
// Not for work that waits for something: a job holds its thread until it returns.
// Lifetime: the destructor runs what still waits, then joins the threads.
// Thread safety: thread-safe.
class TENON_EXPORT ComputePool {
 public:
  // At least one thread. With `metrics`, which outlives the pool, each thread has its own cells.
  explicit ComputePool(std::size_t threads, MetricsRegistry* metrics = nullptr);
  ~ComputePool();
  ComputePool(const ComputePool&) = delete;
  ComputePool& operator=(const ComputePool&) = delete;

  // REQUIRES: the job does not wait here already.
  void Submit(ComputeJob& job) noexcept;
  // Takes back a job. True: it had not started and never will; false: it runs, ran, or was never
  // submitted.
  bool Remove(ComputeJob& job) noexcept;

  std::size_t ThreadCount() const noexcept { return threads_.size(); }
  // Jobs that have not started.
  std::size_t Waiting() const noexcept;
  // Nothing waits and nothing runs.
  bool Idle() const noexcept;

 private:
  void RunThread(std::size_t index, MetricsRegistry* metrics) noexcept;
  void Unlink(ComputeJob& job) noexcept;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  ComputeJob* first_ = nullptr;
  ComputeJob* last_ = nullptr;
  std::size_t waiting_ = 0;
  std::size_t running_ = 0;
  std::size_t sleeping_ = 0;  // Threads that wait and that nobody has woken yet.
  std::size_t woken_ = 0;     // Threads that were woken and have not noticed yet.
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace tenon
