// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <vector>

#include "http/dealing_policy.hpp"
#include "http/drain_policy.hpp"
#include "http/loop_watch.hpp"
#include "http/request_timeout.hpp"

namespace tenon::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(DrainPolicy, LeadsDownStepByStep) {
  constexpr DrainTimes kTimes{.delay = seconds(5), .timeout = seconds(25), .join = seconds(3)};
  constexpr auto kTerm = DrainMode::kWithDelay;
  constexpr auto kInt = DrainMode::kNow;
  constexpr auto kOver = DrainMode::kHandOver;
  struct Case {
    DrainSnapshot snapshot;
    DrainPhase expected;
  };
  const std::vector<Case> cases{
      {{.is_requested = false, .busy = 3}, DrainPhase::kServing},
      {{.is_requested = true, .mode = kTerm, .busy = 3}, DrainPhase::kDelaying},
      // The delay is for those who have not heard yet, so it does not depend on work.
      {{.is_requested = true, .mode = kTerm, .busy = 0}, DrainPhase::kDelaying},
      {{.is_requested = true, .mode = kTerm, .since_request = milliseconds(4'999), .busy = 1},
       DrainPhase::kDelaying},
      {{.is_requested = true, .mode = kTerm, .since_request = seconds(5), .busy = 1},
       DrainPhase::kClosing},
      {{.is_requested = true, .mode = kTerm, .since_request = seconds(5), .busy = 0},
       DrainPhase::kEnded},
      {{.is_requested = true, .mode = kInt, .busy = 1}, DrainPhase::kClosing},
      {{.is_requested = true, .mode = kInt, .busy = 0}, DrainPhase::kEnded},
      {{.is_requested = true, .mode = kTerm, .since_request = milliseconds(24'999), .busy = 1},
       DrainPhase::kClosing},
      {{.is_requested = true, .mode = kTerm, .since_request = seconds(25), .busy = 1},
       DrainPhase::kCancelling},
      {{.is_requested = true, .mode = kTerm, .since_request = milliseconds(27'499), .busy = 1},
       DrainPhase::kCancelling},
      {{.is_requested = true, .mode = kTerm, .since_request = milliseconds(27'500), .busy = 1},
       DrainPhase::kAnswering},
      {{.is_requested = true, .mode = kTerm, .since_request = milliseconds(27'999), .busy = 1},
       DrainPhase::kAnswering},
      {{.is_requested = true, .mode = kTerm, .since_request = seconds(28), .busy = 1},
       DrainPhase::kEnded},
      {{.is_requested = true, .mode = kOver, .busy = 1}, DrainPhase::kDelaying},
      {{.is_requested = true, .mode = kOver, .busy = 0}, DrainPhase::kEnded},
      {{.is_requested = true, .mode = kOver, .since_request = milliseconds(4'999), .busy = 1},
       DrainPhase::kDelaying},
      {{.is_requested = true, .mode = kOver, .since_request = seconds(5), .busy = 1},
       DrainPhase::kClosing},
      {{.is_requested = true, .mode = kTerm, .is_hurried = true, .busy = 9}, DrainPhase::kEnded},
      {{.is_requested = true, .mode = kInt, .is_hurried = true, .busy = 9}, DrainPhase::kEnded},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(Decide(cases[i].snapshot, kTimes), cases[i].expected) << "case " << i;
  }
}

TEST(DrainPolicy, LeavesHalfOfAShortTimeForWorkToStop) {
  constexpr DrainTimes kTimes{.timeout = milliseconds(20), .join = milliseconds(20)};
  const auto phase_at = [&](int ms) {
    return Decide({.is_requested = true, .since_request = milliseconds(ms), .busy = 1}, kTimes);
  };
  EXPECT_EQ(phase_at(29), DrainPhase::kCancelling);
  EXPECT_EQ(phase_at(30), DrainPhase::kAnswering);
  EXPECT_EQ(phase_at(40), DrainPhase::kEnded);
}

// The defaults of `tenon serve`, which nobody waits for here.
TEST(RequestTimeout, OfAStreamIsItsOwnWhereItHasOne) {
  struct Case {
    milliseconds request;
    std::optional<milliseconds> stream;
    milliseconds single_gets;
    milliseconds stream_gets;
  };
  const std::vector<Case> cases{
      {milliseconds(0), {}, milliseconds(0), milliseconds(0)},
      {seconds(57), seconds(475), seconds(57), seconds(475)},
      {seconds(3'600), seconds(3'600), seconds(3'600), seconds(3'600)},
      {seconds(9), {}, seconds(9), seconds(9)},
      {seconds(9), milliseconds(0), seconds(9), milliseconds(0)},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    ServerOptions options;
    options.request_timeout = cases[i].request;
    options.stream_timeout = cases[i].stream;
    EXPECT_EQ(TimeoutOf(ReplyKind::kSingle, options), cases[i].single_gets) << "case " << i;
    EXPECT_EQ(TimeoutOf(ReplyKind::kStream, options), cases[i].stream_gets) << "case " << i;
  }
}

TEST(DealingPolicy, PrefersTheEmptiestLoopThatBeats) {
  struct Case {
    std::vector<LoopLoad> loops;
    std::size_t last;
    std::optional<std::size_t> expected;
  };
  const std::vector<Case> cases{
      {{{0}}, 0, 0},
      {{{2}, {1}, {3}}, 0, 1},
      {{{1}, {1}, {1}}, 0, 1},
      {{{1}, {1}, {1}}, 2, 0},
      {{{2}, {1, true}, {3}}, 0, 0},
      {{{1, true}, {1, true}}, 0, std::nullopt},
      {{}, 0, std::nullopt},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(ChooseLoop(cases[i].loops, cases[i].last), cases[i].expected) << "case " << i;
  }
}

TEST(LoopWatch, BlamesOnlyOneCallbackThatGoesOn) {
  const TimePoint start = TimePoint() + seconds(1);
  struct Sample {
    int at_ms;
    bool busy;
    std::uint64_t step;
    std::optional<int> held_ms;
  };
  const std::vector<std::vector<Sample>> stories{
      // Asleep, then one callback.
      {{0, false, 1, {}}, {5, true, 2, {}}, {10, true, 2, 5}, {15, true, 2, 10}},
      // Busy all the time, yet with many callbacks.
      {{0, true, 1, {}}, {5, true, 2, {}}, {10, true, 3, {}}},
      // Looked at again too soon to tell.
      {{0, true, 1, {}}, {3, true, 1, {}}, {4, false, 1, {}}, {9, true, 1, {}}, {13, true, 1, {}}},
  };
  for (const auto& story : stories) {
    LoopWatch watch;
    for (const Sample& sample : story) {
      const TimePoint now = start + milliseconds(sample.at_ms);
      const LoopHold hold{.time = sample.busy ? Duration(milliseconds(1)) : Duration(),
                          .activity = "a",
                          .step = sample.step};
      const auto held = watch.Observe(hold, now);
      EXPECT_EQ(held.has_value(), sample.held_ms.has_value()) << sample.at_ms;
      if (held && sample.held_ms) EXPECT_EQ(*held, milliseconds(*sample.held_ms));
      EXPECT_EQ(watch.Stuck(now), sample.held_ms.has_value()) << sample.at_ms;
      EXPECT_EQ(watch.Busy(), sample.busy) << sample.at_ms;
    }
  }
}

}  // namespace
}  // namespace tenon::http
