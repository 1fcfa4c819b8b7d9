// SPDX-License-Identifier: Apache-2.0
#include "http/drain_policy.hpp"

#include <algorithm>

namespace tenon::http {

DrainPhase Decide(const DrainSnapshot& snapshot, const DrainTimes& times) noexcept {
  if (!snapshot.is_requested) return DrainPhase::kServing;
  if (snapshot.is_hurried) return DrainPhase::kEnded;
  const bool has_delay = snapshot.mode == DrainMode::kWithDelay;
  // Idle or not: the balancer before us learns of it only by a health check.
  if (has_delay && snapshot.since_request < times.delay) return DrainPhase::kDelaying;
  const bool hands_over = snapshot.mode == DrainMode::kHandOver;
  if (hands_over && snapshot.busy != 0 && snapshot.since_request < times.hand_over) {
    return DrainPhase::kDelaying;
  }
  if (snapshot.busy == 0) return DrainPhase::kEnded;
  if (snapshot.since_request < times.timeout) return DrainPhase::kClosing;
  const auto end = times.timeout + times.join;
  if (snapshot.since_request < end - std::min(times.answer, times.join / 2)) {
    return DrainPhase::kCancelling;
  }
  if (snapshot.since_request < end) return DrainPhase::kAnswering;
  return DrainPhase::kEnded;
}

}  // namespace tenon::http
