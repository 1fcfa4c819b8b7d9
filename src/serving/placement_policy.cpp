// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/placement_policy.hpp"

#include <algorithm>

namespace tenon::serving {

Placement Decide(const PlacementSnapshot& snapshot) noexcept {
  if (!snapshot.has_pool) return Placement::kInline;
  if (snapshot.pinned != Placement::kLearned) return snapshot.pinned;
  const auto calls = static_cast<Duration::rep>(std::max<std::size_t>(snapshot.fan_out, 1));
  return snapshot.recent_max < kHandOff / calls ? Placement::kInline : Placement::kPool;
}

}  // namespace tenon::serving
