// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/admission.hpp"

#include <algorithm>
#include <cassert>

#include "tenon/task/stopped.hpp"

namespace tenon::serving {
namespace {

constexpr std::size_t kMeasureEvery = 8;

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
    admission_.ObserveArrival(scope);
    switch (Decide(admission_.limits_, admission_.Snapshot(scope))) {
      case AdmissionDecision::kAdmit:
        ++admission_.counts_.ongoing;
        result_.emplace(Permit(admission_, admission_.TakeSlot(),
                               admission_.IsMeasured() ? scope.loop->Now() : TimePoint()));
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
  window_.base_hold = Duration::max();
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
    snapshot.expected_hold = typical_hold_;
    snapshot.remaining = scope.deadline.Remaining(scope.loop->Now());
  }
  return snapshot;
}

bool Admission::IsMeasured() noexcept {
  if (!limits_.adapts_ongoing || counts_.ongoing < 2) return false;
  window_.most_ongoing = std::max(window_.most_ongoing, counts_.ongoing);
  return ++begun_ % kMeasureEvery == 0 && clock_ != nullptr;
}

void Admission::ObserveArrival(const Scope& scope) noexcept {
  if (!limits_.adapts_ongoing || counts_.ongoing < 2) return;
  if (++arrived_ % kMeasureEvery != 0 || scope.deadline.IsNever()) return;
  const Duration budget = scope.deadline.Remaining(scope.loop->Now());
  const bool is_first = window_.budget == Duration::max();
  window_.budget = is_first ? budget : window_.budget + (budget - window_.budget) / 16;
}

void Admission::ObserveHold(TimePoint begun, TimePoint now) noexcept {
  constexpr Duration kWindow = std::chrono::milliseconds(100);
  constexpr std::size_t kEnough = 16;
  const Duration hold = now - begun;
  window_.base_hold = std::min(window_.base_hold, hold);
  // A window begins when what it is about is true: no more calls are under way than it allows.
  if (window_begun_ == TimePoint() || counts_.ongoing > window_.limit) {
    BeginWindow(now);
    return;
  }
  if (begun >= window_begun_) {
    seen_ += hold;
    ++seen_calls_;
  }
  window_.length = now - window_begun_;
  // Calls that began together end together: a rate is one of several such waves.
  const Duration waves =
      std::min<Duration>(2 * std::min<Duration>(hold, std::chrono::hours(1)), window_.budget);
  if (window_.length < std::max(kWindow, waves) || window_.completed < kEnough) return;
  // What a call takes that begins now, as fast as calls end: what was seen of those that have ended
  // comes too late where a queue grows.
  window_.mean_hold = window_.length / static_cast<Duration::rep>(window_.completed) *
                      static_cast<Duration::rep>(counts_.ongoing);
  window_.seen_hold = seen_ / static_cast<Duration::rep>(std::max<std::size_t>(seen_calls_, 1));
  const std::size_t limit = NextConcurrency(limits_.max_ongoing_requests, window_);
  const Duration before = seen_calls_ > 0 ? window_.seen_hold : window_.mean_hold;
  window_.own_hold = NextOwnHold(window_);
  // Less than a third makes too little of a difference to tell.
  const bool tells = limit <= window_.limit - window_.limit / 3;
  window_.hold_before = tells ? before : Duration::zero();
  // What was fastest may not be possible any more.
  window_.base_hold += window_.base_hold / 1000;
  window_.limit = limit;
  typical_hold_ = window_.mean_hold;
  BeginWindow(now);
}

void Admission::BeginWindow(TimePoint now) noexcept {
  window_begun_ = now;
  window_.completed = window_.most_ongoing = seen_calls_ = 0;
  seen_ = Duration::zero();
}

void Admission::ObserveDrain(TimePoint now) noexcept {
  constexpr Duration kWindow = std::chrono::milliseconds(100);
  if (drain_begun_ == TimePoint()) {
    drain_begun_ = now;
    drained_ = 0;
    return;
  }
  ++drained_;
  const Duration length = now - drain_begun_;
  // Where batches end, calls end in bursts: there is a rate only over several of them.
  const bool is_first = drain_interval_ == Duration::zero();
  if (length < kWindow && !is_first) return;
  const Duration interval = length / static_cast<Duration::rep>(drained_);
  drain_interval_ = is_first ? interval : (drain_interval_ + interval) / 2;
  if (length < kWindow) return;
  drain_begun_ = now;
  drained_ = 0;
}

void Admission::Release(std::size_t slot, TimePoint begun) noexcept {
  AcquirePermit* granted = nullptr;
  {
    const std::lock_guard lock(mutex_);
    ++window_.completed;
    // Not the time of a waiter's loop: that one is confined to its thread.
    const bool needs_time = clock_ != nullptr && (begun != TimePoint() || head_ != nullptr);
    const TimePoint now = needs_time ? clock_->Now() : TimePoint();
    if (begun != TimePoint()) ObserveHold(begun, now);
    --counts_.ongoing;
    if (has_slots_) free_slots_.push_back(slot);
    if (head_ == nullptr) {
      drain_begun_ = TimePoint();
      return;
    }
    granted = GrantWaiting(now);
  }
  while (granted != nullptr) {
    // Once it is posted it may be gone.
    AcquirePermit& next = *granted;
    granted = std::exchange(next.next_, nullptr);
    next.scope_->loop->Post(next);
  }
}

AcquirePermit* Admission::GrantWaiting(TimePoint now) noexcept {
  AcquirePermit* first = nullptr;
  AcquirePermit** link = &first;
  // A limit that was lowered takes effect as calls end; one that was raised lets in several.
  const std::size_t most = limits_.adapts_ongoing
                               ? std::min(limits_.max_ongoing_requests, window_.limit)
                               : limits_.max_ongoing_requests;
  while (head_ != nullptr && counts_.ongoing < most) {
    AcquirePermit& next = *head_;
    if (clock_ != nullptr) ObserveDrain(now);
    Unlink(next);
    next.next_ = nullptr;
    ++counts_.ongoing;
    next.result_.emplace(Permit(*this, TakeSlot(), IsMeasured() ? now : TimePoint()));
    *link = &next;
    link = &next.next_;
  }
  return first;
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
