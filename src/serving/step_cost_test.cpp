// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/step_cost.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace tenon::serving {
namespace {

using std::chrono::milliseconds;

const TimePoint kNow = TimePoint() + std::chrono::hours(1);

bool IsHopeless(StepCost& cost, Duration left) {
  return cost.IsHopeless(Deadline::After(kNow, left), kNow);
}

TEST(StepCost, StartsNothingThatTakesLongerThanWhatIsLeft) {
  StepCost cost;
  EXPECT_FALSE(IsHopeless(cost, milliseconds(1)));
  cost.Record(milliseconds(50));
  EXPECT_TRUE(IsHopeless(cost, milliseconds(49)));
  EXPECT_FALSE(IsHopeless(cost, milliseconds(50)));
  EXPECT_FALSE(cost.IsHopeless(Deadline::Never(), kNow));
}

TEST(StepCost, ForgetsALoadThatHasLeft) {
  StepCost cost;
  for (int i = 0; i < 100; ++i) cost.Record(milliseconds(500));
  cost.Record(milliseconds(5));
  EXPECT_FALSE(IsHopeless(cost, milliseconds(6)));
}

TEST(StepCost, NoticesAStepThatHasBecomeSlow) {
  StepCost cost;
  cost.Record(milliseconds(5));
  for (int i = 0; i < 100; ++i) cost.Record(milliseconds(500));
  EXPECT_TRUE(IsHopeless(cost, milliseconds(400)));
}

TEST(StepCost, TriesAHopelessStepNowAndThen) {
  StepCost cost;
  cost.Record(milliseconds(50));
  int tried = 0;
  for (int i = 0; i < 320; ++i) tried += IsHopeless(cost, milliseconds(10)) ? 0 : 1;
  EXPECT_EQ(tried, 10);
}

TEST(StepCost, DoesNotLookAtWhatIsFast) {
  StepCost cost;
  cost.Record(std::chrono::microseconds(900));
  EXPECT_FALSE(IsHopeless(cost, std::chrono::microseconds(1)));
}

}  // namespace
}  // namespace tenon::serving
