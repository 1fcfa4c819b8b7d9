// SPDX-License-Identifier: Apache-2.0
#include "tenon/base/clock.hpp"

namespace tenon {

TimePoint SystemClock::Now() const noexcept { return std::chrono::steady_clock::now(); }

}  // namespace tenon
