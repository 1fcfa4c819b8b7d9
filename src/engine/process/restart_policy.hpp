// SPDX-License-Identifier: Apache-2.0
#pragma once

// When a replica that has ended is started again: a pure decision.

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "tenon/base/clock.hpp"

namespace tenon::engine {

// What lived for so long was no failure of the start.
inline constexpr std::chrono::seconds kStableAfter{10};
// From so many failures in a row on, calls no longer wait for the replica.
inline constexpr std::size_t kHopelessAfter = 3;

// Failures in a row, after one more that lived for `lived`.
constexpr std::size_t CountFailure(std::size_t before, Duration lived) noexcept {
  return lived >= kStableAfter ? 1 : before + 1;
}

// 50 ms, doubling, at most ten seconds.
constexpr Duration RestartPause(std::size_t failures) noexcept {
  constexpr std::chrono::milliseconds kFirst{50};
  constexpr std::chrono::milliseconds kMost{10'000};
  if (failures <= 1) return kFirst;
  return failures > 8 ? kMost : std::min<Duration>(kMost, kFirst * (1LL << (failures - 1)));
}

}  // namespace tenon::engine
