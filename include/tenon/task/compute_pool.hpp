// SPDX-License-Identifier: Apache-2.0
#pragma once

// The threads that compute, so that event loops do not.

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "tenon/base/clock.hpp"
#include "tenon/base/export.hpp"

namespace tenon {

class ComputeJob;
class MetricsRegistry;

// One consumer of a pool: its jobs wait in a line of their own, and while several consumers have
// jobs waiting, each gets of the pool's time what its weight is of theirs. What nobody else wants,
// it gets as well.
//
// Lifetime: the pool's. Thread safety: confined to the pool.
class TENON_EXPORT ComputeShare {
 public:
  explicit ComputeShare(double weight) noexcept : weight_(weight) {}
  ComputeShare(const ComputeShare&) = delete;
  ComputeShare& operator=(const ComputeShare&) = delete;

 private:
  friend class ComputePool;
  const double weight_;
  ComputeJob* first_ = nullptr;
  ComputeJob* last_ = nullptr;
  ComputeShare* next_ = nullptr;  // Of those with waiting jobs.
  double used_ = 0;     // Nanoseconds of pool time by weight, or where it began to want any.
  double typical_ = 0;  // What its jobs take, in nanoseconds.
};

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
  ComputeShare* share_ = nullptr;
  bool waits_ = false;
};

// A fixed number of threads that take jobs: of the share that has had least for its weight, in the
// order of submission.
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
  // `clock` measures what jobs take; without one, the system's.
  explicit ComputePool(std::size_t threads, MetricsRegistry* metrics = nullptr,
                       const Clock* clock = nullptr);
  ~ComputePool();
  ComputePool(const ComputePool&) = delete;
  ComputePool& operator=(const ComputePool&) = delete;

  // A share for one more consumer; it lives as long as the pool. REQUIRES: weight > 0.
  ComputeShare& MakeShare(double weight);

  // Null: the job counts for a share that all such jobs have together, with weight 1.
  // REQUIRES: the job does not wait here already; the share is this pool's.
  void Submit(ComputeJob& job, ComputeShare* share = nullptr) noexcept;
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
  void Activate(ComputeShare& share) noexcept;
  ComputeJob& TakeNext() noexcept;

  const SystemClock system_clock_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  ComputeShare common_{1};
  std::vector<std::unique_ptr<ComputeShare>> shares_;
  ComputeShare* active_ = nullptr;  // Those with waiting jobs.
  double least_used_ = 0;           // Of the share that was served last.
  std::size_t waiting_ = 0;
  std::size_t running_ = 0;
  std::size_t sleeping_ = 0;  // Threads that wait and that nobody has woken yet.
  std::size_t woken_ = 0;     // Threads that were woken and have not noticed yet.
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace tenon
