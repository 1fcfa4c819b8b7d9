// SPDX-License-Identifier: Apache-2.0
#include "recorder.hpp"

#include <gtest/gtest.h>

namespace tenon::bench {
namespace {

TEST(Recorder, CountsWhatWasDueInTheMeasuredTime) {
  Recorder recorder(1'000, 3'000);
  recorder.Answered(999, 1'500, 200, Cause::kNone,
                    7);  // Warm-up, but it took room in the first part.
  recorder.Answered(1'000, 1'099, 200, Cause::kNone, 7);
  recorder.Answered(2'999, 5'000, 200, Cause::kNone, 7);  // Late: due in time, answered after it.
  recorder.Answered(3'000, 3'001, 200, Cause::kNone, 7);
  recorder.Answered(1'000, 1'001, 429, Cause::kStatus, 7);
  recorder.Failed(2'000, Cause::kTimeout);
  recorder.Failed(3'000, Cause::kTimeout);
  EXPECT_EQ(recorder.Batches().front().latency.Count(), 1U);
  EXPECT_EQ(recorder.Batches().front().failed, 1U);
  EXPECT_EQ(recorder.Batches().front().completed, 1U);
  EXPECT_EQ(recorder.Batches()[5].completed, 1U);
  EXPECT_EQ(recorder.Batches().back().latency.Largest(), 2'001);
  EXPECT_EQ(recorder.Batches().back().completed, 0U);
  EXPECT_EQ(recorder.Count(Cause::kTimeout), 1U);
  EXPECT_EQ(recorder.Statuses().at(200), 2U);
  EXPECT_EQ(recorder.Statuses().at(429), 1U);
  EXPECT_EQ(recorder.BodyBytes(), 21U);
}

}  // namespace
}  // namespace tenon::bench
