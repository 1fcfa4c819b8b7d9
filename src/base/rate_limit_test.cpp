// SPDX-License-Identifier: Apache-2.0
#include "tenon/base/rate_limit.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

#include "tenon/testing/manual_clock.hpp"

namespace tenon {
namespace {

using namespace std::chrono_literals;

TEST(RateLimit, SpeaksOnceInAWhileAndCountsTheRest) {
  testing::ManualClock clock;
  RateLimit limit(1s);
  EXPECT_EQ(limit.Admit("a", clock.Now()), 0U);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limit.Admit("a", clock.Now()), std::nullopt);
  clock.Advance(999ms);
  EXPECT_EQ(limit.Admit("a", clock.Now()), std::nullopt);
  clock.Advance(1ms);
  EXPECT_EQ(limit.Admit("a", clock.Now()), 4U);
  clock.Advance(1s);
  EXPECT_EQ(limit.Admit("a", clock.Now()), 0U) << "the count starts again";
}

TEST(RateLimit, KeepsKeysApart) {
  testing::ManualClock clock;
  RateLimit limit;
  EXPECT_EQ(limit.Admit("a", clock.Now()), 0U);
  EXPECT_EQ(limit.Admit("b", clock.Now()), 0U);
  EXPECT_EQ(limit.Admit("a", clock.Now()), std::nullopt);
}

TEST(RateLimit, ForgetsTheOldestKeyWhenThereAreTooMany) {
  testing::ManualClock clock;
  RateLimit limit(1h);
  limit.Admit("oldest", clock.Now());
  for (int i = 0; i < 1'023; ++i) {
    clock.Advance(1ms);
    limit.Admit(std::to_string(i), clock.Now());
  }
  EXPECT_EQ(limit.Admit("oldest", clock.Now()), std::nullopt);
  EXPECT_EQ(limit.Admit("one more", clock.Now()), 0U);
  EXPECT_EQ(limit.Admit("1022", clock.Now()), std::nullopt) << "a young one is kept";
  EXPECT_EQ(limit.Admit("oldest", clock.Now()), 0U) << "it was forgotten";
}

}  // namespace
}  // namespace tenon
