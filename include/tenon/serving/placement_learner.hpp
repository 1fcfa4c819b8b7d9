// SPDX-License-Identifier: Apache-2.0
#pragma once

// Watches what calls of a synchronous `Infer` cost and says where the next one runs.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "tenon/base/clock.hpp"
#include "tenon/base/export.hpp"
#include "tenon/serving/placement_policy.hpp"
#include "tenon/serving/step_cost.hpp"
#include "tenon/task/scope.hpp"

namespace tenon::serving {

// What the thread has done so far.
struct ThreadUse {
  Duration cpu{};           // Its time on a core.
  std::uint64_t waits = 0;  // How often it gave its core away by itself.
};
TENON_EXPORT ThreadUse UseOfThread() noexcept;

// Begins on the pool and moves to the loop after `kQuiet` calls in a row that were all cheaper than
// a hand-off, times the calls that one request makes at once. One that is not arouses suspicion: on
// a busy machine it may only have lost its core. Another one among the next `kSuspicious`, which
// did not, sends the work back; each time the proof takes twice as many calls, so that a model that
// is slow now and then holds up a loop ever more rarely. Interrupts and neighbours make a cheap
// call look dear without taking its core: rare ones are forgiven, here and there, while what they
// take beyond a hand-off is little beside the hand-offs that the cheap ones save.
//
// Thread safety: thread-safe. Counts may lose a call to a race: they steer, nothing depends on
// them.
class TENON_EXPORT PlacementLearner {
 public:
  static constexpr std::uint32_t kQuiet = 128;
  static constexpr std::uint32_t kMostQuiet = 1U << 16;
  static constexpr std::uint32_t kSuspicious = 256;
  // So many cheap calls between two dear ones make the dear ones rare.
  static constexpr std::uint32_t kRare = 8;
  // What rare dear calls may take beyond a hand-off, and how much of it a cheap call makes good.
  static constexpr Duration kMostDebt = std::chrono::microseconds(200);
  static constexpr Duration kPayment = kHandOff / 8;

  using Look = ThreadUse (*)() noexcept;
  PlacementLearner(Placement pinned, const Clock& clock, Look look = &UseOfThread) noexcept
      : pinned_(pinned), clock_(clock), look_(look) {}
  PlacementLearner(const PlacementLearner&) = delete;
  PlacementLearner& operator=(const PlacementLearner&) = delete;

  // Where a call that begins now in that scope runs.
  Placement Choose(const Scope& scope) noexcept;
  // True: what such a call takes is more than its deadline leaves, so it should not start.
  bool IsHopeless(const Scope& scope) noexcept {
    return cost_.IsHopeless(scope.deadline, scope.loop->Now());
  }

  // Measures a call from construction to destruction.
  class TENON_EXPORT Stopwatch {
   public:
    explicit Stopwatch(PlacementLearner& learner) noexcept
        : learner_(learner),
          looks_closely_(learner.LooksClosely()),
          use_(looks_closely_ ? learner.look_() : ThreadUse()),
          begin_(learner.clock_.Now()) {}
    ~Stopwatch() {
      const Duration cost = learner_.clock_.Now() - begin_;
      learner_.cost_.Record(cost);
      // Looking costs more than a cheap call: it waits for a reason.
      const bool looks = looks_closely_ && cost >= kHandOff;
      learner_.Record(looks ? learner_.OwnCost(cost, use_) : cost);
    }
    Stopwatch(const Stopwatch&) = delete;
    Stopwatch& operator=(const Stopwatch&) = delete;

   private:
    PlacementLearner& learner_;
    const bool looks_closely_;
    const ThreadUse use_;
    const TimePoint begin_;
  };
  bool Learns() const noexcept { return pinned_ == Placement::kLearned; }
  // What is pinned to the pool is measured for the sake of deadlines.
  bool Measures() const noexcept { return pinned_ != Placement::kInline; }

 private:
  // On the pool, where it costs little beside the hand-off, and while there is suspicion.
  bool LooksClosely() const noexcept {
    return Learns() && (suspicion_.load(std::memory_order_relaxed) > 0 ||
                        Duration(recent_max_.load(std::memory_order_relaxed)) >= kHandOff);
  }
  // Of a call that took `cost`, without the time in which others had its core.
  Duration OwnCost(Duration cost, const ThreadUse& before) const noexcept;
  void Record(Duration cost) noexcept;
  // Whether a dear call is let pass.
  bool Forgives(Duration cost) noexcept;
  // The calls that one request has made since its loop woke up.
  struct Streak {
    std::atomic<std::uintptr_t> who{0};
    std::atomic<std::size_t> calls{0};
  };
  std::size_t CountFanOut(const Scope& scope) noexcept;

  const Placement pinned_;
  const Clock& clock_;
  const Look look_;
  std::array<Streak, 8> streaks_;
  std::atomic<std::size_t> fan_out_{1};  // The largest of this window and the one before.
  std::atomic<std::size_t> window_fan_out_{1};
  std::atomic<Duration::rep> recent_max_{Duration::max().count()};
  std::atomic<Duration::rep> window_max_{0};
  std::atomic<std::uint32_t> calls_{0};
  std::atomic<std::uint32_t> needed_{kQuiet};
  std::atomic<std::uint32_t> suspicion_{0};  // Calls that are still looked at closely.
  std::atomic<std::uint32_t> quiet_{0};      // Cheap calls since the last dear one.
  std::atomic<Duration::rep> debt_{0};
  StepCost cost_;
};

}  // namespace tenon::serving
