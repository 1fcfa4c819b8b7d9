// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whether and when to call again, as pure decisions.

#include <chrono>
#include <cstdint>
#include <string_view>

namespace tenon::aws {

inline constexpr int kMaxRetries = 5;

// What came of an attempt.
struct AttemptOutcome {
  int status = 0;                 // 0: no answer.
  std::string_view code = {};     // The service's name of the error.
  std::string_view message = {};  // Its text.
};

enum class Remedy : std::uint8_t {
  kNone,              // The same call would fail again.
  kWait,              // Throttled, a fault of the service, or no answer.
  kRenewCredentials,  // They have expired under way.
};

Remedy RemedyFor(const AttemptOutcome& outcome);
bool IsThrottling(const AttemptOutcome& outcome);

// How long to wait before retry number `retry` (0 is the first): exponential with full jitter.
// `chance` is uniform in [0, 1).
std::chrono::milliseconds BackOff(int retry, double chance);

}  // namespace tenon::aws
