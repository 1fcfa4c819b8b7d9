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
  const BatchOptions greedy{.max_batch_size = 4};
  const BatchOptions patient{.max_batch_size = 4, .batch_wait_timeout = milliseconds(10)};
  const BatchOptions twice{.max_batch_size = 4, .max_concurrent_batches = 2};
  struct Case {
    BatchOptions options;
    BatchSnapshot snapshot;
    BatchAction action;
    std::size_t count;
    BatchCause cause;
  };
  const std::vector<Case> cases{
      {greedy, {0, 0, t0, t0}, BatchAction::kWait, 0, BatchCause::kNone},
      {greedy, {1, 0, t0, t0}, BatchAction::kRun, 1, BatchCause::kFreePermit},
      {greedy, {1, 1, t0, t0}, BatchAction::kWait, 0, BatchCause::kNone},
      // Busy: the batch keeps filling, past the maximum too, and is cut when a permit frees.
      {greedy, {9, 1, t0, t0}, BatchAction::kWait, 0, BatchCause::kNone},
      {greedy, {9, 0, t0, t0}, BatchAction::kRun, 4, BatchCause::kFull},
      {greedy, {4, 0, t0, t0}, BatchAction::kRun, 4, BatchCause::kFull},
      {patient, {3, 0, t0, t0 + milliseconds(9)}, BatchAction::kWaitUntil, 0, BatchCause::kNone},
      {patient, {3, 0, t0, t0 + milliseconds(10)}, BatchAction::kRun, 3, BatchCause::kTimeout},
      {patient, {4, 0, t0, t0}, BatchAction::kRun, 4, BatchCause::kFull},
      {patient, {3, 1, t0, t0 + milliseconds(99)}, BatchAction::kWait, 0, BatchCause::kNone},
      {twice, {1, 1, t0, t0}, BatchAction::kRun, 1, BatchCause::kFreePermit},
      {twice, {1, 2, t0, t0}, BatchAction::kWait, 0, BatchCause::kNone},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const BatchDecision decision = Decide(cases[i].options, cases[i].snapshot);
    EXPECT_EQ(decision.action, cases[i].action) << "case " << i;
    EXPECT_EQ(decision.count, cases[i].count) << "case " << i;
    EXPECT_EQ(decision.cause, cases[i].cause) << "case " << i;
  }
  EXPECT_EQ(Decide(patient, {3, 0, t0, t0}).time, t0 + milliseconds(10));
}

TEST(PlacementPolicy, RunsInlineWhenPinnedOrWithoutAPool) {
  EXPECT_EQ(Decide({.pinned = Placement::kPool, .has_pool = true}), Placement::kPool);
  EXPECT_EQ(Decide({.pinned = Placement::kPool, .has_pool = false}), Placement::kInline);
  EXPECT_EQ(Decide({.pinned = Placement::kInline, .has_pool = true}), Placement::kInline);
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
