// SPDX-License-Identifier: Apache-2.0
#include "schedule.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace tenon::bench {
namespace {

TEST(Schedule, ConstantArrivalsDoNotDrift) {
  Schedule schedule(Arrivals::constant, 3, 1);
  EXPECT_EQ(schedule.Next(), 0);
  for (int i = 0; i < 3'000'000; ++i) schedule.Advance();
  EXPECT_NEAR(static_cast<double>(schedule.Next()), 1e15, 1e6);  // A millisecond in 11 days.
}

TEST(Schedule, PoissonArrivalsHaveExponentialGaps) {
  constexpr int kCount = 200'000;
  Schedule schedule(Arrivals::poisson, 1'000, 7);
  std::int64_t last = 0;
  int longer_than_mean = 0;
  double squares = 0;
  for (int i = 0; i < kCount; ++i) {
    const auto gap = static_cast<double>(schedule.Next() - last) / 1e6;
    ASSERT_GE(gap, 0);
    longer_than_mean += gap > 1 ? 1 : 0;
    squares += gap * gap;
    last = schedule.Next();
    schedule.Advance();
  }
  EXPECT_NEAR(static_cast<double>(last) / 1e6 / kCount, 1, 0.01);  // The mean.
  EXPECT_NEAR(static_cast<double>(longer_than_mean) / kCount, std::exp(-1), 0.005);
  EXPECT_NEAR(squares / kCount, 2, 0.05);
}

TEST(Schedule, TheSeedDecidesTheSchedule) {
  Schedule one(Arrivals::poisson, 100, 5);
  Schedule same(Arrivals::poisson, 100, 5);
  Schedule other(Arrivals::poisson, 100, 6);
  EXPECT_EQ(one.Next(), same.Next());
  EXPECT_NE(one.Next(), other.Next());
}

}  // namespace
}  // namespace tenon::bench
