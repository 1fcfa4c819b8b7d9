// SPDX-License-Identifier: Apache-2.0
#include "http/dealing_policy.hpp"

namespace tenon::http {

std::optional<std::size_t> ChooseLoop(std::span<const LoopLoad> loops, std::size_t last) noexcept {
  std::optional<std::size_t> best;
  for (std::size_t i = 1; i <= loops.size(); ++i) {
    const std::size_t candidate = (last + i) % loops.size();
    if (loops[candidate].is_stuck) continue;
    if (!best || loops[candidate].connections < loops[*best].connections) best = candidate;
  }
  return best;
}

}  // namespace tenon::http
