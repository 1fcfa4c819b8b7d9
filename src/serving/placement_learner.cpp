// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/placement_learner.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "tenon/serving/request_context.hpp"

namespace tenon::serving {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

// The part of an id that differs from the next one's; 0 where it is shorter.
std::uintptr_t TailOf(std::string_view id) noexcept {
  std::uintptr_t tail = 0;
  if (id.size() >= sizeof tail) {
    std::memcpy(&tail, id.data() + id.size() - sizeof tail, sizeof tail);
  }
  return tail;
}

}  // namespace

ThreadUse UseOfThread() noexcept {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  const auto time = [](const timeval& part) {
    return std::chrono::seconds(part.tv_sec) + std::chrono::microseconds(part.tv_usec);
  };
  return {.cpu = time(usage.ru_utime) + time(usage.ru_stime),
          .waits = static_cast<std::uint64_t>(usage.ru_nvcsw)};
}

Duration PlacementLearner::OwnCost(Duration cost, const ThreadUse& before) const noexcept {
  const ThreadUse after = look_();
  // Who waits holds up a loop just as well.
  if (after.waits != before.waits) return cost;
  return std::min(cost, after.cpu - before.cpu);
}

std::size_t PlacementLearner::CountFanOut(const Scope& scope) noexcept {
  const auto request = reinterpret_cast<std::uintptr_t>(scope.request);
  if (request == 0) return 1;
  // Within one wake-up of the loop the same object may serve another request, of another id.
  const std::uintptr_t who =
      request ^ TailOf(scope.request->Id()) ^
      static_cast<std::uintptr_t>(scope.loop->Now().time_since_epoch().count());
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

bool PlacementLearner::Forgives(Duration cost) noexcept {
  const Duration::rep debt = debt_.load(kRelaxed) + (cost - kHandOff).count();
  if (debt > kMostDebt.count()) return false;
  debt_.store(debt, kRelaxed);
  return true;
}

void PlacementLearner::Record(Duration cost) noexcept {
  const bool is_inline = Duration(recent_max_.load(kRelaxed)) < kHandOff;
  const std::uint32_t suspicion = suspicion_.load(kRelaxed);
  if (cost >= kHandOff) {
    const bool is_rare = quiet_.exchange(0, kRelaxed) >= kRare;
    if (is_inline && suspicion == 0) {
      suspicion_.store(kSuspicious, kRelaxed);
      return;
    }
    if (is_rare && Forgives(cost)) return;
    // It holds up a loop: the next proof takes longer.
    if (Duration(recent_max_.exchange(Duration::max().count(), kRelaxed)) < kHandOff) {
      needed_.store(std::min(needed_.load(kRelaxed) * 2, kMostQuiet), kRelaxed);
    }
    suspicion_.store(0, kRelaxed);
    debt_.store(0, kRelaxed);
    window_max_.store(0, kRelaxed);
    calls_.store(0, kRelaxed);
    return;
  }
  quiet_.fetch_add(1, kRelaxed);
  if (const auto debt = debt_.load(kRelaxed); debt > 0) {
    debt_.store(std::max<Duration::rep>(0, debt - kPayment.count()), kRelaxed);
  }
  if (suspicion > 0) suspicion_.store(suspicion - 1, kRelaxed);
  if (cost.count() > window_max_.load(kRelaxed)) window_max_.store(cost.count(), kRelaxed);
  if (calls_.fetch_add(1, kRelaxed) + 1 < needed_.load(kRelaxed)) return;
  if (is_inline) needed_.store(std::max(needed_.load(kRelaxed) / 2, kQuiet), kRelaxed);
  recent_max_.store(window_max_.exchange(0, kRelaxed), kRelaxed);
  fan_out_.store(window_fan_out_.exchange(1, kRelaxed), kRelaxed);
  calls_.store(0, kRelaxed);
}

}  // namespace tenon::serving
