// SPDX-License-Identifier: Apache-2.0
#pragma once

// Time as an argument: whoever needs to know what time it is, is given a Clock.

#include <chrono>

#include "tenon/base/export.hpp"

namespace tenon {

using TimePoint = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

// Where "now" comes from. Production uses SystemClock; tests use testing::ManualClock, so no test
// waits. Thread safety: thread-safe.
class TENON_EXPORT Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;
  virtual TimePoint Now() const noexcept = 0;
};

// The machine's monotonic clock.
class TENON_EXPORT SystemClock final : public Clock {
 public:
  TimePoint Now() const noexcept override;
};

// The moment after which nobody wants the answer any more. A deadline is set once at the front and
// only ever shrinks on its way down. Thread safety: a value.
class Deadline {
 public:
  static constexpr Deadline Never() noexcept { return Deadline(TimePoint::max()); }
  static constexpr Deadline At(TimePoint time) noexcept { return Deadline(time); }
  // `budget` from `now` on; a budget too long to count means never.
  static constexpr Deadline After(TimePoint now, Duration budget) noexcept {
    return budget >= TimePoint::max() - now ? Never() : Deadline(now + budget);
  }

  constexpr bool IsNever() const noexcept { return time_ == TimePoint::max(); }
  constexpr TimePoint Time() const noexcept { return time_; }
  constexpr bool Passed(TimePoint now) const noexcept { return now >= time_; }
  // Time left, never negative; Duration::max() when there is no deadline.
  constexpr Duration Remaining(TimePoint now) const noexcept {
    if (IsNever()) return Duration::max();
    return now >= time_ ? Duration::zero() : time_ - now;
  }

  friend constexpr Deadline Earlier(Deadline a, Deadline b) noexcept {
    return a.time_ < b.time_ ? a : b;
  }
  friend constexpr auto operator<=>(Deadline, Deadline) = default;

 private:
  explicit constexpr Deadline(TimePoint time) noexcept : time_(time) {}
  TimePoint time_;
};

}  // namespace tenon
