// SPDX-License-Identifier: Apache-2.0
#pragma once

// The deadlines of suspended requests, all on one timer.

#include <vector>

#include "http/exchange.hpp"
#include "tenon/task/event_loop.hpp"

namespace tenon::http {

// Fires at the earliest deadline it has heard of, rounded up to 5 ms, and looks at all of them:
// with deadlines of seconds and requests of milliseconds that is next to never, and adding and
// removing one touches no heap. The owner of an exchange that is late is told.
//
// Thread safety: confined to its loop.
class DeadlineSweep final : private Timer {
 public:
  explicit DeadlineSweep(EventLoop& loop) noexcept : loop_(loop) {}
  ~DeadlineSweep() = default;

  // An exchange without a deadline is not kept.
  void Add(Exchange& exchange);
  // Does nothing to one that is not swept.
  void Remove(Exchange& exchange) noexcept;

 private:
  void OnTime() noexcept override;
  void ArmFor(TimePoint time);

  EventLoop& loop_;
  std::vector<Exchange*> exchanges_;
  TimePoint armed_for_ = TimePoint::max();
};

}  // namespace tenon::http
