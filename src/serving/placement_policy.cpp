// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/placement_policy.hpp"

namespace tenon::serving {

Placement Decide(const PlacementSnapshot& snapshot) noexcept {
  return snapshot.has_pool ? snapshot.pinned : Placement::kInline;
}

}  // namespace tenon::serving
