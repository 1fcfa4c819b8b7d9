// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where a synchronous `Infer` runs: a pure decision.

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "tenon/base/clock.hpp"
#include "tenon/base/export.hpp"

namespace tenon {

// Where a synchronous `Infer` runs. It says nothing about coroutines: they run on loops.
enum class Placement : std::uint8_t {
  kLearned,  // On the pool, until calls have shown that they cost less than a hand-off.
  kPool,     // On the compute pool: right for anything that computes for more than ~30 µs.
  kInline,   // On the event loop: right for work that is cheaper than a hand-off, and never waits.
};

namespace serving {

// What it costs to have the pool run something and to be woken by it: 17 us of CPU where all cores
// are busy, 90 us of waiting where the thread sleeps (docs/design/0042).
inline constexpr Duration kHandOff = std::chrono::microseconds(30);

struct PlacementSnapshot {
  Placement pinned = Placement::kLearned;  // What the deployment's options say.
  bool has_pool = true;                    // A unit test of a deployment alone has none.
  Duration recent_max = Duration::max();   // Of the latest calls; not below max() if too few.
  std::size_t fan_out = 1;                 // Calls that one request makes at once.
};

TENON_EXPORT Placement Decide(const PlacementSnapshot& snapshot) noexcept;

}  // namespace serving
}  // namespace tenon
