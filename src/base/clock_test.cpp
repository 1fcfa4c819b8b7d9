// SPDX-License-Identifier: Apache-2.0
#include "tenon/base/clock.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "tenon/testing/manual_clock.hpp"

namespace tenon {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kNow{100s};

TEST(Deadline, PassesAtItsTime) {
  const Deadline deadline = Deadline::After(kNow, 5s);
  EXPECT_FALSE(deadline.Passed(kNow));
  EXPECT_FALSE(deadline.Passed(kNow + 5s - 1ns));
  EXPECT_TRUE(deadline.Passed(kNow + 5s));
  EXPECT_EQ(deadline.Time(), kNow + 5s);
}

TEST(Deadline, TellsWhatRemains) {
  const Deadline deadline = Deadline::At(kNow + 5s);
  EXPECT_EQ(deadline.Remaining(kNow), 5s);
  EXPECT_EQ(deadline.Remaining(kNow + 4s), 1s);
  EXPECT_EQ(deadline.Remaining(kNow + 9s), 0s);
  EXPECT_EQ(Deadline::Never().Remaining(kNow), Duration::max());
}

TEST(Deadline, ThatIsTooFarMeansNever) {
  EXPECT_TRUE(Deadline::After(kNow, Duration::max()).IsNever());
  EXPECT_TRUE(Deadline::After(kNow, TimePoint::max() - kNow).IsNever());
  EXPECT_FALSE(Deadline::After(kNow, TimePoint::max() - kNow - 1ns).IsNever());
  EXPECT_FALSE(Deadline::Never().Passed(kNow));
}

TEST(Deadline, OnlyShrinks) {
  const Deadline early = Deadline::At(kNow);
  const Deadline late = Deadline::At(kNow + 1s);
  EXPECT_EQ(Earlier(early, late), early);
  EXPECT_EQ(Earlier(late, early), early);
  EXPECT_EQ(Earlier(late, Deadline::Never()), late);
  EXPECT_LT(early, late);
  EXPECT_LT(late, Deadline::Never());
}

TEST(SystemClock, DoesNotRunBackwards) {
  const SystemClock clock;
  const TimePoint first = clock.Now();
  EXPECT_GE(clock.Now(), first);
}

TEST(ManualClock, MovesOnlyWhenTold) {
  testing::ManualClock clock;
  const TimePoint begin = clock.Now();
  EXPECT_EQ(clock.Now(), begin);
  clock.Advance(3s);
  EXPECT_EQ(clock.Now(), begin + 3s);
  clock.AdvanceTo(begin + 5s);
  clock.AdvanceTo(begin);
  EXPECT_EQ(clock.Now(), begin + 5s);
}

}  // namespace
}  // namespace tenon
