// SPDX-License-Identifier: Apache-2.0
#pragma once

// How long and how often something is waited for.

#include <chrono>

#include "flags/flags.hpp"
#include "tenon/base/clock.hpp"

namespace tenon::sagemaker_tool {

struct Pace {
  std::chrono::milliseconds timeout{};
  std::chrono::milliseconds interval{};

  Deadline DeadlineFromNow() const {
    return Deadline::After(std::chrono::steady_clock::now(), timeout);
  }
  // For the calls of a loop that keeps the time itself: a look at its very end may still be
  // answered, so that the loop says what it saw.
  Deadline LastLookFromNow() const {
    return Deadline::After(std::chrono::steady_clock::now(), timeout + std::chrono::minutes(1));
  }
};

// --timeout and --poll-interval. Errors: throws UsageError.
Pace ReadPace(const Flags& flags, std::chrono::milliseconds default_timeout);

}  // namespace tenon::sagemaker_tool
