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

// Begins on the pool and moves to the loop after `kQuiet` calls in a row that were all cheaper than
// a hand-off, times the calls that one request makes at once. The first one that is not sends the
// work back; each time the proof takes twice as many calls, so that a model that is slow now and
// then holds up a loop ever more rarely.
//
// Thread safety: thread-safe. Counts may lose a call to a race: they steer, nothing depends on
// them.
class TENON_EXPORT PlacementLearner {
 public:
  static constexpr std::uint32_t kQuiet = 128;
  static constexpr std::uint32_t kMostQuiet = 1U << 16;

  PlacementLearner(Placement pinned, const Clock& clock) noexcept
      : pinned_(pinned), clock_(clock) {}
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
        : learner_(learner), begin_(learner.clock_.Now()) {}
    ~Stopwatch() { learner_.Record(learner_.clock_.Now() - begin_); }
    Stopwatch(const Stopwatch&) = delete;
    Stopwatch& operator=(const Stopwatch&) = delete;

   private:
    PlacementLearner& learner_;
    const TimePoint begin_;
  };
  bool Learns() const noexcept { return pinned_ == Placement::kLearned; }
  // What is pinned to the pool is measured for the sake of deadlines.
  bool Measures() const noexcept { return pinned_ != Placement::kInline; }
  void Record(Duration cost) noexcept;

 private:
  // The calls that one request has made since its loop woke up.
  struct Streak {
    std::atomic<std::uintptr_t> who{0};
    std::atomic<std::size_t> calls{0};
  };
  std::size_t CountFanOut(const Scope& scope) noexcept;

  const Placement pinned_;
  const Clock& clock_;
  std::array<Streak, 8> streaks_;
  std::atomic<std::size_t> fan_out_{1};  // The largest of this window and the one before.
  std::atomic<std::size_t> window_fan_out_{1};
  std::atomic<Duration::rep> recent_max_{Duration::max().count()};
  std::atomic<Duration::rep> window_max_{0};
  std::atomic<std::uint32_t> calls_{0};
  std::atomic<std::uint32_t> needed_{kQuiet};
  StepCost cost_;
};

}  // namespace tenon::serving
