// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where a synchronous `Infer` runs: a pure decision.

#include <cstdint>

#include "tenon/base/export.hpp"

namespace tenon {

// Where a synchronous `Infer` runs. It says nothing about coroutines: they run on loops.
enum class Placement : std::uint8_t {
  kPool,    // On the compute pool: right for anything that computes for more than ~20 µs.
  kInline,  // On the event loop: right for work that is cheaper than a hand-off, and never waits.
};

namespace serving {

struct PlacementSnapshot {
  Placement pinned = Placement::kPool;  // What the deployment's options say.
  bool has_pool = true;                 // A unit test of a deployment alone has none.
};

TENON_EXPORT Placement Decide(const PlacementSnapshot& snapshot) noexcept;

}  // namespace serving
}  // namespace tenon
