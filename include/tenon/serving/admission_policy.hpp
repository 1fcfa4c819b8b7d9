// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whether a call runs now, waits, or is refused: a pure decision.

#include <cstddef>
#include <cstdint>

#include "tenon/base/export.hpp"

namespace tenon::serving {

struct AdmissionLimits {
  std::size_t max_ongoing_requests = 1000;  // Calls that run at once; at least 1.
  std::size_t max_queued_requests = 1000;   // Calls that wait; 0 refuses what cannot run at once.
};

struct AdmissionSnapshot {
  std::size_t ongoing = 0;
  std::size_t queued = 0;
};

enum class AdmissionDecision : std::uint8_t { kAdmit, kQueue, kRefuse };

// Who waits is served first: nobody is admitted past a queue.
TENON_EXPORT AdmissionDecision Decide(const AdmissionLimits& limits,
                                      const AdmissionSnapshot& snapshot) noexcept;

}  // namespace tenon::serving
