// SPDX-License-Identifier: Apache-2.0
#include "app/health_policy.hpp"

namespace tenon::app {

HealthChange HealthPolicy::Observe(CheckOutcome outcome) noexcept {
  if (outcome == CheckOutcome::kHealthy) {
    const bool was_unready = failures_ >= kFailuresInARow;
    failures_ = 0;
    return was_unready ? HealthChange::kReady : HealthChange::kNone;
  }
  ++failures_;
  return failures_ == kFailuresInARow ? HealthChange::kUnready : HealthChange::kNone;
}

}  // namespace tenon::app
