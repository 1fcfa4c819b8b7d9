// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/placement_learner.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace tenon::serving {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

}  // namespace

std::uint64_t ThreadPreemptions() noexcept {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return static_cast<std::uint64_t>(usage.ru_nivcsw);
}

std::size_t PlacementLearner::CountFanOut(const Scope& scope) noexcept {
  const auto request = reinterpret_cast<std::uintptr_t>(scope.request);
  if (request == 0) return 1;
  // The same object serves a connection's next request, but not within one wake-up of the loop.
  const std::uintptr_t who =
      request ^ static_cast<std::uintptr_t>(scope.loop->Now().time_since_epoch().count());
  Streak& streak = streaks_[request / 64 % streaks_.size()];
  const std::size_t calls = streak.who.load(kRelaxed) == who ? streak.calls.load(kRelaxed) + 1 : 1;
  streak.who.store(who, kRelaxed);
  streak.calls.store(calls, kRelaxed);
  if (calls > window_fan_out_.load(kRelaxed)) window_fan_out_.store(calls, kRelaxed);
  return std::max({calls, fan_out_.load(kRelaxed), window_fan_out_.load(kRelaxed)});
}

Placement PlacementLearner::Choose(const Scope& scope) noexcept {
  if (!Learns() || scope.pool == nullptr) {
    return Decide({.pinned = pinned_, .has_pool = scope.pool != nullptr});
  }
  return Decide({.pinned = pinned_,
                 .has_pool = true,
                 .recent_max = Duration(recent_max_.load(kRelaxed)),
                 .fan_out = CountFanOut(scope)});
}

void PlacementLearner::Record(Duration cost, Preempted preempted) noexcept {
  cost_.Record(cost);
  const bool is_inline = Duration(recent_max_.load(kRelaxed)) < kHandOff;
  const std::uint32_t suspicion = suspicion_.load(kRelaxed);
  if (cost >= kHandOff) {
    // It says nothing of the work, unless hardly any call in between was quiet.
    const bool is_rare = quiet_.exchange(0, kRelaxed) >= kRare;
    if (preempted == Preempted::kYes && is_rare) return;
    if (is_inline && suspicion == 0) {
      suspicion_.store(kSuspicious, kRelaxed);
      return;
    }
    // It holds up a loop: the next proof takes longer.
    if (Duration(recent_max_.exchange(Duration::max().count(), kRelaxed)) < kHandOff) {
      needed_.store(std::min(needed_.load(kRelaxed) * 2, kMostQuiet), kRelaxed);
    }
    suspicion_.store(0, kRelaxed);
    window_max_.store(0, kRelaxed);
    calls_.store(0, kRelaxed);
    return;
  }
  quiet_.fetch_add(1, kRelaxed);
  if (suspicion > 0) suspicion_.store(suspicion - 1, kRelaxed);
  if (cost.count() > window_max_.load(kRelaxed)) window_max_.store(cost.count(), kRelaxed);
  if (calls_.fetch_add(1, kRelaxed) + 1 < needed_.load(kRelaxed)) return;
  if (is_inline) needed_.store(std::max(needed_.load(kRelaxed) / 2, kQuiet), kRelaxed);
  recent_max_.store(window_max_.exchange(0, kRelaxed), kRelaxed);
  fan_out_.store(window_fan_out_.exchange(1, kRelaxed), kRelaxed);
  calls_.store(0, kRelaxed);
}

}  // namespace tenon::serving
