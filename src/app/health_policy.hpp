// SPDX-License-Identifier: Apache-2.0
#pragma once

// When failing health checks make a server unready: a pure decision.

#include <cstddef>
#include <cstdint>

#include "tenon/base/export.hpp"

namespace tenon::app {

enum class CheckOutcome : std::uint8_t {
  kHealthy,
  kFailed,   // Said so, or threw.
  kRunning,  // Has not come back since the round before.
};

enum class HealthChange : std::uint8_t { kNone, kUnready, kReady };

// One failed check may be bad luck; three in a row are not. One that succeeds makes ready again.
class TENON_EXPORT HealthPolicy {
 public:
  static constexpr std::size_t kFailuresInARow = 3;

  HealthChange Observe(CheckOutcome outcome) noexcept;

 private:
  std::size_t failures_ = 0;
};

}  // namespace tenon::app
