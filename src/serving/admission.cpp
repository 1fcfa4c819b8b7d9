// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/admission.hpp"

#include <algorithm>
#include <cassert>

#include "tenon/task/stopped.hpp"

namespace tenon::serving {
namespace {

AdmissionLimits WithSlots(AdmissionLimits limits, std::size_t slots) {
  if (slots > 0) limits.adapts_ongoing = false;
  limits.max_ongoing_requests =
      slots == 0 ? std::max<std::size_t>(limits.max_ongoing_requests, 1) : slots;
  return limits;
}

}  // namespace

Permit::~Permit() {
  if (admission_ != nullptr) admission_->Release(slot_, begun_);
}

bool AcquirePermit::Start(const Scope& scope, Completion& completion) {
  if (IsStopped(scope)) {
    result_.emplace(StoppedError(scope));
    return true;
  }
  {
    const std::lock_guard lock(admission_.mutex_);
    switch (Decide(admission_.limits_, admission_.Snapshot(scope))) {
      case AdmissionDecision::kAdmit:
        ++admission_.counts_.ongoing;
        result_.emplace(Permit(admission_, admission_.TakeSlot(), admission_.Begin(scope)));
        return true;
      case AdmissionDecision::kRefuse:
        ++admission_.counts_.refused;
        result_.emplace(admission_.Refusal());
        return true;
      case AdmissionDecision::kQueue:
        scope_ = &scope;
        completion_ = &completion;
        previous_ = admission_.tail_;
        (previous_ != nullptr ? previous_->next_ : admission_.head_) = this;
        admission_.tail_ = this;
        waiting_ = true;
        ++admission_.counts_.queued;
    }
  }
  // Outside the lock: it runs at once when the stop came in between.
  on_stop_.emplace(scope.stop, LeaveQueue{this});
  return false;
}

void AcquirePermit::OnStop() noexcept {
  {
    const std::lock_guard lock(admission_.mutex_);
    if (!waiting_) return;  // It has its permit and is about to be resumed.
    admission_.Unlink(*this);
  }
  scope_->loop->Post(*this);
}

void AcquirePermit::RunPosted() noexcept {
  on_stop_.reset();
  // A permit that came too late goes straight on to the next one.
  if (IsStopped(*scope_)) result_.emplace(StoppedError(*scope_));
  completion_->Complete().resume();
}

Admission::Admission(std::string name, AdmissionLimits limits, std::size_t slots,
                     const Clock* clock)
    : name_(std::move(name)),
      limits_(WithSlots(limits, slots)),
      has_slots_(slots > 0),
      clock_(clock) {
  for (std::size_t slot = slots; slot > 0; --slot) free_slots_.push_back(slot - 1);
  window_.limit = limits_.max_ongoing_requests;
  window_.least_hold = window_.base_hold = Duration::max();
}

Admission::~Admission() {
  assert(counts_.ongoing == 0 && counts_.queued == 0 && "calls must end before their deployment");
}

Admission::Counts Admission::Read() const {
  const std::lock_guard lock(mutex_);
  Counts counts = counts_;
  counts.concurrency = window_.limit;
  return counts;
}

std::size_t Admission::TakeSlot() noexcept {
  if (!has_slots_) return 0;
  const std::size_t slot = free_slots_.back();
  free_slots_.pop_back();
  return slot;
}

AdmissionSnapshot Admission::Snapshot(const Scope& scope) const noexcept {
  AdmissionSnapshot snapshot{
      .ongoing = counts_.ongoing, .queued = counts_.queued, .concurrency = window_.limit};
  if (drain_interval_ > Duration::zero() && limits_.adapts_queued) {
    snapshot.expected_wait = drain_interval_ * static_cast<Duration::rep>(counts_.queued + 1);
    snapshot.remaining = scope.deadline.Remaining(scope.loop->Now());
  }
  return snapshot;
}

TimePoint Admission::Begin(const Scope& scope) noexcept {
  constexpr std::size_t kMeasureEvery = 8;
  if (!limits_.adapts_ongoing || counts_.ongoing < 2) return {};
  window_.most_ongoing = std::max(window_.most_ongoing, counts_.ongoing);
  if (++begun_ % kMeasureEvery != 0 || clock_ == nullptr) return {};
  const TimePoint now = scope.loop->Now();
  if (!scope.deadline.IsNever()) {
    const Duration budget = scope.deadline.Remaining(now);
    window_.budget = window_.budget == Duration::max()
                         ? budget
                         : window_.budget + (budget - window_.budget) / 16;
  }
  return now;
}

void Admission::ObserveHold(TimePoint begun, TimePoint now) noexcept {
  constexpr Duration kWindow = std::chrono::milliseconds(100);
  constexpr std::size_t kEnough = 4;
  const Duration hold = now - begun;
  window_.least_hold = std::min(window_.least_hold, hold);
  window_.base_hold = std::min(window_.base_hold, hold);
  ++measured_;
  if (window_begun_ == TimePoint()) {
    window_begun_ = now;
    window_.completed = 0;
  }
  window_.length = now - window_begun_;
  if (window_.length < kWindow || measured_ < kEnough) return;
  window_.limit = NextConcurrency(limits_.max_ongoing_requests, window_);
  window_.completed = window_.most_ongoing = measured_ = 0;
  window_.least_hold = Duration::max();
  // What was fastest may not be possible any more: it is forgotten, a hundredth at a time.
  window_.base_hold += window_.base_hold / 100;
  window_begun_ = now;
}

void Admission::ObserveDrain(TimePoint now) noexcept {
  if (last_drain_ != TimePoint()) {
    const Duration interval = now - last_drain_;
    drain_interval_ = drain_interval_ == Duration::zero()
                          ? interval
                          : drain_interval_ + (interval - drain_interval_) / 16;
  }
  last_drain_ = now;
}

void Admission::Release(std::size_t slot, TimePoint begun) noexcept {
  AcquirePermit* next = nullptr;
  {
    const std::lock_guard lock(mutex_);
    ++window_.completed;
    if (begun != TimePoint()) ObserveHold(begun, clock_->Now());
    next = head_;
    // A limit that was lowered takes effect as calls end.
    if (next == nullptr || (limits_.adapts_ongoing && counts_.ongoing > window_.limit)) {
      --counts_.ongoing;
      if (next == nullptr) last_drain_ = TimePoint();
      if (has_slots_) free_slots_.push_back(slot);
      return;
    }
    if (clock_ != nullptr) ObserveDrain(clock_->Now());
    Unlink(*next);
    next->result_.emplace(Permit(*this, slot, Begin(*next->scope_)));
  }
  next->scope_->loop->Post(*next);
}

void Admission::Unlink(AcquirePermit& waiter) noexcept {
  (waiter.previous_ != nullptr ? waiter.previous_->next_ : head_) = waiter.next_;
  (waiter.next_ != nullptr ? waiter.next_->previous_ : tail_) = waiter.previous_;
  waiter.waiting_ = false;
  --counts_.queued;
}

Error Admission::Refusal() const {
  return Error(ErrorCode::kOverloaded,
               "The deployment '" + name_ + "' runs " + std::to_string(counts_.ongoing) +
                   " requests and " + std::to_string(counts_.queued) +
                   " wait already, as many as can be answered in time; try again shortly.")
      .WithRetryAfter(RetryPause(counts_.queued, drain_interval_));
}

}  // namespace tenon::serving
