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
};

// --timeout and --poll-interval. Errors: throws UsageError.
Pace ReadPace(const Flags& flags, std::chrono::milliseconds default_timeout);

}  // namespace tenon::sagemaker_tool
