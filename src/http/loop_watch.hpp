// SPDX-License-Identifier: Apache-2.0
#pragma once

// Notices that one callback holds a loop, from samples.

#include <chrono>
#include <cstdint>
#include <optional>

#include "task/epoll_loop.hpp"
#include "tenon/base/clock.hpp"

namespace tenon::http {

inline constexpr std::chrono::milliseconds kHoldLimit{5};

// One per loop, fed by the control thread. Pure but for what it remembers of the samples before.
class LoopWatch {
 public:
  // How long one callback has been running for certain, once that is `kHoldLimit` or more.
  std::optional<Duration> Observe(const LoopHold& hold, TimePoint now) noexcept {
    if (hold.time <= Duration::zero()) {
      seen_.reset();
      return std::nullopt;
    }
    if (!seen_ || seen_->step != hold.step) {
      seen_ = Seen{.step = hold.step, .first = now};
      return std::nullopt;
    }
    const Duration held = now - seen_->first;
    if (held < kHoldLimit) return std::nullopt;
    return held;
  }

  // It was at work when it was looked at last.
  bool Busy() const noexcept { return seen_.has_value(); }
  // One callback has held it for at least the limit.
  bool Stuck(TimePoint now) const noexcept { return seen_ && now - seen_->first >= kHoldLimit; }

 private:
  struct Seen {
    std::uint64_t step;
    TimePoint first;
  };
  std::optional<Seen> seen_;
};

}  // namespace tenon::http
