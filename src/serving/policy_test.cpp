// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <vector>

#include "tenon/serving/admission_policy.hpp"
#include "tenon/serving/batch_policy.hpp"
#include "tenon/serving/deployment_options.hpp"
#include "tenon/serving/placement_policy.hpp"

namespace tenon::serving {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST(AdmissionPolicy, AdmitsQueuesAndRefusesInThatOrder) {
  struct Case {
    AdmissionLimits limits;
    AdmissionSnapshot snapshot;
    AdmissionDecision expected;
  };
  const std::vector<Case> cases{
      {{.max_ongoing_requests = 2, .max_queued_requests = 1}, {0, 0}, AdmissionDecision::kAdmit},
      {{.max_ongoing_requests = 2, .max_queued_requests = 1}, {1, 0}, AdmissionDecision::kAdmit},
      {{.max_ongoing_requests = 2, .max_queued_requests = 1}, {2, 0}, AdmissionDecision::kQueue},
      {{.max_ongoing_requests = 2, .max_queued_requests = 1}, {2, 1}, AdmissionDecision::kRefuse},
      // A permit that is just being handed over does not let anybody past the queue.
      {{.max_ongoing_requests = 2, .max_queued_requests = 5}, {1, 1}, AdmissionDecision::kQueue},
      {{.max_ongoing_requests = 1, .max_queued_requests = 0}, {0, 0}, AdmissionDecision::kAdmit},
      {{.max_ongoing_requests = 1, .max_queued_requests = 0}, {1, 0}, AdmissionDecision::kRefuse},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(Decide(cases[i].limits, cases[i].snapshot), cases[i].expected) << "case " << i;
  }
}

TEST(BatchPolicy, DecidesFromTheSnapshotAlone) {
  const TimePoint t0 = TimePoint() + std::chrono::hours(1);
  const auto at = [t0](int ms) { return t0 + milliseconds(ms); };
  constexpr std::size_t kAny = BatchSnapshot::kAny;
  const BatchOptions greedy;
  const BatchOptions patient{.batch_wait_timeout = milliseconds(10)};
  const BatchOptions twice{.max_concurrent_batches = 2};
  struct Case {
    BatchOptions options;
    BatchSnapshot snapshot;  // Waiting, running, oldest, now, limit, fits, latest start.
    BatchAction action;
    std::size_t count;
    BatchCause cause;
  };
  const std::vector<Case> cases{
      {greedy, {0, 0, t0, t0, 4}, BatchAction::kWait, 0, BatchCause::kNone},
      {greedy, {1, 0, t0, t0, 4}, BatchAction::kRun, 1, BatchCause::kFreePermit},
      {greedy, {1, 1, t0, t0, 4}, BatchAction::kWait, 0, BatchCause::kNone},
      // Busy: the batch keeps filling, past the maximum too, and is cut when a permit frees.
      {greedy, {9, 1, t0, t0, 4}, BatchAction::kWait, 0, BatchCause::kNone},
      {greedy, {9, 0, t0, t0, 4}, BatchAction::kRun, 4, BatchCause::kFull},
      {greedy, {4, 0, t0, t0, 4}, BatchAction::kRun, 4, BatchCause::kFull},
      {greedy, {4, 0, t0, t0, 0}, BatchAction::kRun, 1, BatchCause::kFull},
      // The first in line has little time: its batch is cut, unless more wait than one run takes.
      {greedy, {4, 0, t0, t0, 8, 2}, BatchAction::kRun, 2, BatchCause::kDeadline},
      {greedy, {8, 0, t0, t0, 8, 2}, BatchAction::kRun, 2, BatchCause::kDeadline},
      {greedy, {9, 0, t0, t0, 8, 2}, BatchAction::kRun, 8, BatchCause::kFull},
      {greedy, {4, 0, t0, t0, 8, 0}, BatchAction::kRun, 4, BatchCause::kFreePermit},
      {patient, {3, 0, t0, at(9), 4}, BatchAction::kWaitUntil, 0, BatchCause::kNone},
      {patient, {3, 0, t0, at(10), 4}, BatchAction::kRun, 3, BatchCause::kTimeout},
      {patient, {4, 0, t0, t0, 4}, BatchAction::kRun, 4, BatchCause::kFull},
      {patient, {3, 1, t0, at(99), 4}, BatchAction::kWait, 0, BatchCause::kNone},
      // Nobody is made late by waiting for company.
      {patient, {3, 0, t0, at(4), 4, kAny, at(5)}, BatchAction::kWaitUntil, 0, BatchCause::kNone},
      {patient, {3, 0, t0, at(5), 4, kAny, at(5)}, BatchAction::kRun, 3, BatchCause::kDeadline},
      {twice, {1, 1, t0, t0, 4}, BatchAction::kRun, 1, BatchCause::kFreePermit},
      {twice, {1, 2, t0, t0, 4}, BatchAction::kWait, 0, BatchCause::kNone},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const BatchDecision decision = Decide(cases[i].options, cases[i].snapshot);
    EXPECT_EQ(decision.action, cases[i].action) << "case " << i;
    EXPECT_EQ(decision.count, cases[i].count) << "case " << i;
    EXPECT_EQ(decision.cause, cases[i].cause) << "case " << i;
  }
  EXPECT_EQ(Decide(patient, {3, 0, t0, t0, 4}).time, at(10));
  EXPECT_EQ(Decide(patient, {3, 0, t0, t0, 4, kAny, at(5)}).time, at(5));
}

TEST(PlacementPolicy, DecidesFromTheSnapshotAlone) {
  struct Case {
    PlacementSnapshot snapshot;  // Pinned, has pool, recent maximum, fan-out.
    Placement expected;
  };
  constexpr Placement kLearned = Placement::kLearned;
  const std::vector<Case> cases{
      {{Placement::kPool, true, microseconds(1), 1}, Placement::kPool},
      {{Placement::kPool, false}, Placement::kInline},
      {{Placement::kInline, true, milliseconds(9), 1}, Placement::kInline},
      {{kLearned, false}, Placement::kInline},
      {{kLearned, true}, Placement::kPool},  // Nothing is known yet.
      {{kLearned, true, microseconds(2), 1}, Placement::kInline},
      {{kLearned, true, microseconds(29), 1}, Placement::kInline},
      {{kLearned, true, microseconds(30), 1}, Placement::kPool},
      {{kLearned, true, milliseconds(2), 1}, Placement::kPool},
      {{kLearned, true, microseconds(2), 14}, Placement::kInline},
      {{kLearned, true, microseconds(2), 15}, Placement::kPool},
      {{kLearned, true, microseconds(2), 0}, Placement::kInline},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(Decide(cases[i].snapshot), cases[i].expected) << "case " << i;
  }
}

TEST(AdmissionPolicy, RefusesWhatWouldWaitTooLongUnlessTheQueueIsSet) {
  struct Case {
    AdmissionLimits limits;
    AdmissionSnapshot snapshot;
    AdmissionDecision expected;
  };
  AdmissionLimits learned{.max_ongoing_requests = 8, .max_queued_requests = 100};
  learned.adapts_ongoing = learned.adapts_queued = true;
  const AdmissionLimits set{.max_ongoing_requests = 8, .max_queued_requests = 100};
  const std::vector<Case> cases{
      {learned, {7, 0, 8}, AdmissionDecision::kAdmit},
      {learned, {4, 0, 4}, AdmissionDecision::kQueue},
      {learned, {8, 0, 100}, AdmissionDecision::kQueue},
      {set, {4, 0, 4}, AdmissionDecision::kAdmit},
      {learned, {8, 9, 8, milliseconds(100), milliseconds(200)}, AdmissionDecision::kQueue},
      {learned, {8, 9, 8, milliseconds(101), milliseconds(200)}, AdmissionDecision::kRefuse},
      {set, {8, 9, 8, milliseconds(101), milliseconds(200)}, AdmissionDecision::kQueue},
      // It would begin in time, but not end.
      {learned,
       {8, 9, 8, milliseconds(100), milliseconds(200), milliseconds(80)},
       AdmissionDecision::kQueue},
      {learned,
       {8, 9, 8, milliseconds(100), milliseconds(200), milliseconds(81)},
       AdmissionDecision::kRefuse},
      {set,
       {8, 9, 8, milliseconds(100), milliseconds(200), milliseconds(81)},
       AdmissionDecision::kQueue},
      {learned, {8, 100, 8}, AdmissionDecision::kRefuse},
      // Without anybody in the queue nothing is known of it.
      {learned, {3, 0, 8, milliseconds(101), milliseconds(2)}, AdmissionDecision::kAdmit},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(Decide(cases[i].limits, cases[i].snapshot), cases[i].expected) << "case " << i;
  }
}

TEST(AdmissionPolicy, LowersConcurrencyOnlyWhereItIsWhatMakesCallsSlow) {
  struct Case {
    ConcurrencyWindow window;  // Limit, most ongoing, completed, length, mean, base, budget.
    std::size_t expected;
  };
  const milliseconds length(100);
  const milliseconds budget(200);
  const std::vector<Case> cases{
      // Calls take a tenth of their budget: the limit grows where it is what holds calls back.
      {{100, 100, 500, length, milliseconds(20), milliseconds(1), budget}, 126},
      {{100, 60, 500, length, milliseconds(20), milliseconds(1), budget}, 100},
      {{1000, 1000, 500, length, milliseconds(20), milliseconds(1), budget}, 1000},
      // They take longer than a quarter: what ends in that time may be under way.
      {{1000, 1000, 1200, length, milliseconds(90), milliseconds(1), budget}, 600},
      // At most by half in one step, and never below two.
      {{1000, 1000, 100, length, milliseconds(90), milliseconds(1), budget}, 500},
      {{3, 3, 1, length, milliseconds(90), milliseconds(1), budget}, 2},
      // It takes that long by itself.
      {{1000, 1000, 100, length, milliseconds(90), milliseconds(80), budget}, 1000},
      {{1000, 1000, 0, length, milliseconds(90), milliseconds(1), budget}, 1000},
      // Nobody has a deadline.
      {{1000, 1000, 100, length, milliseconds(90), milliseconds(1), Duration::max()}, 1000},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(NextConcurrency(1000, cases[i].window), cases[i].expected) << "case " << i;
  }
}

TEST(AdmissionPolicy, LearnsWhatCallsTakeByThemselves) {
  struct Case {
    Duration seen;
    Duration base;
    Duration own;
    Duration before;
    Duration expected;
  };
  const std::vector<Case> cases{
      // Nothing was lowered: it is forgotten slowly.
      {milliseconds(90), milliseconds(10), milliseconds(64), Duration::zero(),
       microseconds(63'750)},
      // Fewer at once, and calls got faster: it was the others that they waited for.
      {milliseconds(50), milliseconds(10), milliseconds(64), milliseconds(90),
       microseconds(63'750)},
      // None got faster.
      {milliseconds(85), milliseconds(10), Duration::zero(), milliseconds(90), milliseconds(20)},
      {milliseconds(85), milliseconds(10), milliseconds(20), milliseconds(90), milliseconds(40)},
      {milliseconds(90), milliseconds(10), milliseconds(60), milliseconds(90), milliseconds(90)},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Case& test = cases[i];
    EXPECT_EQ(NextOwnHold({.base_hold = test.base,
                           .own_hold = test.own,
                           .seen_hold = test.seen,
                           .hold_before = test.before}),
              test.expected)
        << "case " << i;
  }
  // Then the limit is left alone.
  EXPECT_EQ(NextConcurrency(1000, {.limit = 1000,
                                   .most_ongoing = 1000,
                                   .completed = 100,
                                   .length = milliseconds(100),
                                   .mean_hold = milliseconds(90),
                                   .base_hold = milliseconds(1),
                                   .budget = milliseconds(200),
                                   .own_hold = milliseconds(45)}),
            1000U);
}

TEST(AdmissionPolicy, AsksForAPauseInWhichHalfOfTheQueueDrains) {
  EXPECT_EQ(RetryPause(0, milliseconds(10)), milliseconds(10));
  EXPECT_EQ(RetryPause(100, milliseconds(10)), milliseconds(500));
  EXPECT_EQ(RetryPause(3, microseconds(100)), milliseconds(1));
  EXPECT_EQ(RetryPause(1000, std::chrono::seconds(10)), std::chrono::minutes(1));
  EXPECT_EQ(RetryPause(100, Duration::zero()), std::chrono::seconds(1)) << "nothing is known";
}

TEST(DeploymentOptions, RefuseWhatCannotServe) {
  EXPECT_TRUE(Validate(DeploymentOptions{}));
  struct Case {
    DeploymentOptions options;
    const char* named;
  };
  const std::vector<Case> cases{
      {{.name = "A", .num_replicas = 0}, "num_replicas"},
      {{.name = "A", .max_ongoing_requests = 0}, "max_ongoing_requests"},
      {{.name = "A", .batch = {.max_batch_size = 0}}, "max_batch_size"},
      {{.name = "A", .batch = {.batch_wait_timeout = microseconds(-1)}}, "batch_wait_timeout"},
      {{.name = "A", .batch = {.target_latency = milliseconds(0)}}, "target_latency"},
      {{.name = "A", .batch = {.max_concurrent_batches = 0}}, "max_concurrent_batches"},
  };
  for (const Case& c : cases) {
    const Result<> valid = Validate(c.options);
    ASSERT_FALSE(valid) << c.named;
    EXPECT_EQ(valid.Error().Code(), ErrorCode::kInvalid);
    EXPECT_NE(valid.Error().Detail().find(c.named), std::string::npos) << valid.Error().Detail();
  }
}

}  // namespace
}  // namespace tenon::serving
