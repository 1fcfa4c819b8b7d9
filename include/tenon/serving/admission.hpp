// SPDX-License-Identifier: Apache-2.0
#pragma once

// The gate in front of a deployment: permits, a bounded queue, refusals.

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tenon/base/clock.hpp"
#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/base/stop.hpp"
#include "tenon/serving/admission_policy.hpp"
#include "tenon/task/operation.hpp"

namespace tenon::serving {

class Admission;

// The right to run one call; gives itself back when destroyed. `Slot` tells which replica it is
// for, where replicas run one call at a time.
class TENON_EXPORT Permit {
 public:
  Permit(Permit&& other) noexcept
      : admission_(std::exchange(other.admission_, nullptr)),
        slot_(other.slot_),
        begun_(other.begun_) {}
  Permit& operator=(Permit&&) = delete;
  ~Permit();

  std::size_t Slot() const noexcept { return slot_; }

 private:
  friend class Admission;
  friend class AcquirePermit;
  Permit(Admission& admission, std::size_t slot, TimePoint begun) noexcept
      : admission_(&admission), slot_(slot), begun_(begun) {}
  Admission* admission_;
  std::size_t slot_;
  TimePoint begun_;  // Zero: this one is not measured.
};

// `co_await admission.Acquire()`: an Operation with a Permit as its value. A caller whose request
// was stopped leaves the queue at once and never runs.
// Errors: kOverloaded (queue full, or too long for the time that is left; with the pause after
// which it makes sense to come again), kCancelled, kDeadlineExceeded.
class TENON_EXPORT AcquirePermit final : private PostedWork {
 public:
  using ValueType = Permit;

  explicit AcquirePermit(Admission& admission) noexcept : admission_(admission) {}
  AcquirePermit(AcquirePermit&& other) noexcept : admission_(other.admission_) {}
  ~AcquirePermit() = default;

  bool Start(const Scope& scope, Completion& completion);
  Result<Permit> TakeResult() { return std::move(*result_); }

 private:
  friend class Admission;
  struct LeaveQueue {
    AcquirePermit* self;
    void operator()() const noexcept { self->OnStop(); }
  };
  void OnStop() noexcept;
  void RunPosted() noexcept override;

  Admission& admission_;
  const Scope* scope_ = nullptr;
  Completion* completion_ = nullptr;
  std::optional<Result<Permit>> result_;
  std::optional<StopCallback<LeaveQueue>> on_stop_;
  // Guarded by the admission's mutex.
  AcquirePermit* previous_ = nullptr;
  AcquirePermit* next_ = nullptr;
  bool waiting_ = false;
};

// Lifetime: outlives its permits and waiters. Thread safety: thread-safe; a waiter is resumed on
// the loop on which it began to wait, in the order of arrival.
class TENON_EXPORT Admission {
 public:
  struct Counts {
    std::size_t ongoing = 0;
    std::size_t queued = 0;
    std::size_t refused = 0;      // Since the start.
    std::size_t concurrency = 0;  // Calls that may run at once now: set, or learned.
  };

  // `slots`: replicas that run one call at a time, each with its own slot; 0 when calls share one.
  // Without a clock nothing is measured, and limits stay what they are.
  Admission(std::string name, AdmissionLimits limits, std::size_t slots,
            const Clock* clock = nullptr);
  ~Admission();
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  AcquirePermit Acquire() noexcept { return AcquirePermit(*this); }
  Counts Read() const;
  const AdmissionLimits& Limits() const noexcept { return limits_; }

 private:
  friend class AcquirePermit;
  friend class Permit;
  std::size_t TakeSlot() noexcept;
  void Release(std::size_t slot, TimePoint begun) noexcept;
  // Takes those out of the queue that may run now, with their permits; a list by `next_`.
  AcquirePermit* GrantWaiting(TimePoint now) noexcept;
  void Unlink(AcquirePermit& waiter) noexcept;
  Error Refusal() const;
  AdmissionSnapshot Snapshot(const Scope& scope) const noexcept;
  // Counts a call that begins. True: it is measured, as every eighth is while others are under way.
  bool IsMeasured() noexcept;
  // Looks at what every eighth of those has left that arrive while others are under way.
  void ObserveArrival(const Scope& scope) noexcept;
  void ObserveHold(TimePoint begun, TimePoint now) noexcept;
  void BeginWindow(TimePoint now) noexcept;
  void ObserveDrain(TimePoint now) noexcept;

  // Const after construction.
  const std::string name_;
  const AdmissionLimits limits_;
  const bool has_slots_;
  const Clock* const clock_;
  // Guarded by mutex_.
  mutable std::mutex mutex_;
  Counts counts_;
  std::vector<std::size_t> free_slots_;
  AcquirePermit* head_ = nullptr;
  AcquirePermit* tail_ = nullptr;
  // What is measured.
  std::size_t begun_ = 0;
  ConcurrencyWindow window_;
  TimePoint window_begun_{};
  Duration seen_{};  // By measured calls that began and ended in this window.
  std::size_t seen_calls_ = 0;
  std::size_t arrived_ = 0;
  Duration typical_hold_{};
  TimePoint drain_begun_{};  // Zero: nobody waited then.
  std::size_t drained_ = 0;  // Since then.
  Duration drain_interval_{};
};

}  // namespace tenon::serving
