// SPDX-License-Identifier: Apache-2.0
#include "http/deadline_sweep.hpp"

#include <chrono>

namespace tenon::http {
namespace {

constexpr Duration kGrid = std::chrono::milliseconds(5);

}  // namespace

void DeadlineSweep::Add(Exchange& exchange) {
  const Deadline deadline = exchange.DeadlineOfRequest();
  if (deadline.IsNever()) return;
  exchange.sweep_position = exchanges_.size();
  exchanges_.push_back(&exchange);
  ArmFor(deadline.Time());
}

void DeadlineSweep::Remove(Exchange& exchange) noexcept {
  if (exchange.sweep_position == Exchange::kNotSwept) return;
  exchanges_.back()->sweep_position = exchange.sweep_position;
  exchanges_[exchange.sweep_position] = exchanges_.back();
  exchanges_.pop_back();
  exchange.sweep_position = Exchange::kNotSwept;
}

void DeadlineSweep::ArmFor(TimePoint time) {
  if (armed_for_ <= time) return;
  const Duration past_grid = time.time_since_epoch() % kGrid;
  armed_for_ = past_grid == Duration::zero() ? time : time + (kGrid - past_grid);
  loop_.Arm(*this, armed_for_);
}

void DeadlineSweep::OnTime() noexcept {
  armed_for_ = TimePoint::max();
  const TimePoint now = loop_.Now();
  // An owner may add and remove any of them, so nothing is remembered across its call. What
  // is moved before the place where we are is found in the second pass, and due at once.
  for (std::size_t i = 0; i < exchanges_.size();) {
    Exchange& exchange = *exchanges_[i];
    if (exchange.DeadlineOfRequest().Time() > now) {
      ++i;
      continue;
    }
    Remove(exchange);
    exchange.Owner().OnDeadline(exchange);
  }
  for (const Exchange* exchange : exchanges_) ArmFor(exchange->DeadlineOfRequest().Time());
}

}  // namespace tenon::http
