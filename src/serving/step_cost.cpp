// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/step_cost.hpp"

#include <algorithm>
#include <chrono>

namespace tenon::serving {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

}  // namespace

void StepCost::Record(Duration took) noexcept {
  const Duration::rep cost = std::max<Duration::rep>(took.count(), 1);
  const Duration::rep typical = typical_.load(kRelaxed);
  given_up_.store(0, kRelaxed);
  const bool is_new_low = typical == 0 || cost < typical;
  typical_.store(is_new_low ? cost : typical + (cost - typical) / 16, kRelaxed);
}

bool StepCost::IsHopeless(Deadline deadline, TimePoint now) noexcept {
  // Below that a deadline cannot tell a fast call from a slow one.
  constexpr Duration kWorthALook = std::chrono::milliseconds(1);
  constexpr std::uint32_t kTryEvery = 32;
  if (deadline.IsNever()) return false;
  const Duration typical = Typical();
  if (typical < kWorthALook || deadline.Remaining(now) >= typical) return false;
  return (given_up_.fetch_add(1, kRelaxed) + 1) % kTryEvery != 0;
}

Duration StepCost::Typical() const noexcept { return Duration(typical_.load(kRelaxed)); }

}  // namespace tenon::serving
