// SPDX-License-Identifier: Apache-2.0
#pragma once

// Time that passes when a test says so.

#include <atomic>
#include <chrono>

#include "tenon/base/clock.hpp"

namespace tenon::testing {

// Starts at one hour, so that a test can also look back. Thread safety: thread-safe.
class ManualClock final : public Clock {
 public:
  TimePoint Now() const noexcept override {
    return TimePoint(Duration(now_.load(std::memory_order_relaxed)));
  }
  void Advance(Duration by) noexcept { now_.fetch_add(by.count(), std::memory_order_relaxed); }
  // Never backwards: an earlier time changes nothing.
  void AdvanceTo(TimePoint time) noexcept {
    if (time > Now()) now_.store(time.time_since_epoch().count(), std::memory_order_relaxed);
  }

 private:
  std::atomic<Duration::rep> now_{Duration(std::chrono::hours(1)).count()};
};

}  // namespace tenon::testing
