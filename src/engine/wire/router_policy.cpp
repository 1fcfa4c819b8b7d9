// SPDX-License-Identifier: Apache-2.0
#include "engine/wire/router_policy.hpp"

#include <algorithm>

namespace tenon::engine {
namespace {

template <class Wanted>
std::optional<std::size_t> BetterOfTwo(std::span<const RouteCandidate> candidates,
                                       std::uint64_t random, const Wanted& wanted) noexcept {
  const auto count =
      static_cast<std::size_t>(std::count_if(candidates.begin(), candidates.end(), wanted));
  if (count == 0) return std::nullopt;
  const auto nth = [&](std::size_t n) {
    std::size_t i = 0;
    for (;; ++i) {
      if (wanted(candidates[i]) && n-- == 0) return i;
    }
  };
  const auto low = static_cast<std::size_t>(random & 0xFFFFFFFFU);
  const auto high = static_cast<std::size_t>(random >> 32U);
  const std::size_t first = low % count;
  if (count == 1) return nth(first);
  // Another one: never the same twice.
  const std::size_t second = (first + 1 + high % (count - 1)) % count;
  const std::size_t a = nth(first);
  const std::size_t b = nth(second);
  return candidates[b].in_flight < candidates[a].in_flight ? b : a;
}

}  // namespace

std::optional<std::size_t> ChooseReplica(std::span<const RouteCandidate> candidates,
                                         std::size_t limit, std::uint64_t random) noexcept {
  const auto near = BetterOfTwo(candidates, random, [](const RouteCandidate& candidate) {
    return candidate.is_usable && candidate.is_local;
  });
  if (near && candidates[*near].in_flight < limit) return near;
  return BetterOfTwo(candidates, random,
                     [](const RouteCandidate& candidate) { return candidate.is_usable; });
}

std::uint64_t ReconnectPauseMs(std::size_t failures) noexcept {
  constexpr std::uint64_t kFirst = 20;
  constexpr std::uint64_t kMost = 1000;
  return std::min(kMost, kFirst << std::min<std::size_t>(failures, 6));
}

}  // namespace tenon::engine
