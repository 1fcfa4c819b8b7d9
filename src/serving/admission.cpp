// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/admission.hpp"

#include <algorithm>
#include <cassert>

#include "tenon/task/stopped.hpp"

namespace tenon::serving {
namespace {

AdmissionLimits WithSlots(AdmissionLimits limits, std::size_t slots) {
  limits.max_ongoing_requests =
      slots == 0 ? std::max<std::size_t>(limits.max_ongoing_requests, 1) : slots;
  return limits;
}

}  // namespace

Permit::~Permit() {
  if (admission_ != nullptr) admission_->Release(slot_);
}

bool AcquirePermit::Start(const Scope& scope, Completion& completion) {
  if (IsStopped(scope)) {
    result_.emplace(StoppedError(scope));
    return true;
  }
  {
    const std::lock_guard lock(admission_.mutex_);
    switch (Decide(admission_.limits_,
                   {.ongoing = admission_.counts_.ongoing, .queued = admission_.counts_.queued})) {
      case AdmissionDecision::kAdmit:
        ++admission_.counts_.ongoing;
        result_.emplace(Permit(admission_, admission_.TakeSlot()));
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

Admission::Admission(std::string name, AdmissionLimits limits, std::size_t slots)
    : name_(std::move(name)), limits_(WithSlots(limits, slots)), has_slots_(slots > 0) {
  for (std::size_t slot = slots; slot > 0; --slot) free_slots_.push_back(slot - 1);
}

Admission::~Admission() {
  assert(counts_.ongoing == 0 && counts_.queued == 0 && "calls must end before their deployment");
}

Admission::Counts Admission::Read() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

std::size_t Admission::TakeSlot() noexcept {
  if (!has_slots_) return 0;
  const std::size_t slot = free_slots_.back();
  free_slots_.pop_back();
  return slot;
}

void Admission::Release(std::size_t slot) noexcept {
  AcquirePermit* next = nullptr;
  {
    const std::lock_guard lock(mutex_);
    next = head_;
    if (next == nullptr) {
      --counts_.ongoing;
      if (has_slots_) free_slots_.push_back(slot);
      return;
    }
    Unlink(*next);
    next->result_.emplace(Permit(*this, slot));
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
  return Error(ErrorCode::kOverloaded, "The deployment '" + name_ + "' runs " +
                                           std::to_string(limits_.max_ongoing_requests) +
                                           " requests and " +
                                           std::to_string(limits_.max_queued_requests) +
                                           " wait already; try again shortly.")
      .WithRetryAfter(std::chrono::seconds(1));
}

}  // namespace tenon::serving
