// SPDX-License-Identifier: Apache-2.0
#include "engine/wire/router_policy.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <vector>

#include "engine/process/restart_policy.hpp"

namespace tenon::engine {
namespace {

using Candidates = std::vector<RouteCandidate>;

RouteCandidate Near(std::size_t in_flight) { return {in_flight, true, true}; }
RouteCandidate Far(std::size_t in_flight) { return {in_flight, true, false}; }
RouteCandidate Dead(std::size_t in_flight = 0) { return {in_flight, false, true}; }

TEST(ChooseReplica, FollowsTheTable) {
  struct Case {
    const char* what;
    Candidates candidates;
    std::vector<std::size_t> allowed;  // Empty: none.
  };
  const std::vector<Case> cases{
      {"nothing", {}, {}},
      {"all are gone", {Dead(), Dead()}, {}},
      {"the only one", {Near(50)}, {0}},
      {"the only one alive", {Dead(), Near(9), Dead()}, {1}},
      {"the emptier of two", {Near(5), Near(4)}, {1}},
      {"near before far", {Near(9), Far(0)}, {0}},
      {"far where near is full", {Near(10), Far(3)}, {1}},
      {"full everywhere: the emptier", {Near(12), Far(11)}, {1}},
      {"never the fullest of three", {Near(1), Near(2), Near(3)}, {0, 1}},
  };
  std::mt19937_64 random(7);
  for (const Case& one : cases) {
    for (int i = 0; i < 200; ++i) {
      const auto chosen = ChooseReplica(one.candidates, 10, random());
      if (one.allowed.empty()) {
        EXPECT_FALSE(chosen) << one.what;
      } else {
        ASSERT_TRUE(chosen) << one.what;
        EXPECT_NE(std::find(one.allowed.begin(), one.allowed.end(), *chosen), one.allowed.end())
            << one.what << ": " << *chosen;
      }
    }
  }
}

TEST(ChooseReplica, SpreadsEvenlyAmongEquals) {
  std::mt19937_64 random(11);
  const Candidates equal(8, Near(3));
  std::array<int, 8> counts{};
  constexpr int kCalls = 80'000;
  for (int i = 0; i < kCalls; ++i) ++counts[*ChooseReplica(equal, 10, random())];
  for (const int count : counts) EXPECT_NEAR(count, kCalls / 8, kCalls / 80);
}

TEST(ReconnectPause, DoublesUpToASecond) {
  EXPECT_EQ(ReconnectPauseMs(0), 20U);
  EXPECT_EQ(ReconnectPauseMs(1), 40U);
  EXPECT_EQ(ReconnectPauseMs(5), 640U);
  EXPECT_EQ(ReconnectPauseMs(6), 1000U);
  EXPECT_EQ(ReconnectPauseMs(1'000'000), 1000U);
}

TEST(RestartPolicy, DoublesUpToTenSecondsAndForgetsWhatLived) {
  using std::chrono::milliseconds;
  EXPECT_EQ(RestartPause(1), milliseconds(50));
  EXPECT_EQ(RestartPause(2), milliseconds(100));
  EXPECT_EQ(RestartPause(8), milliseconds(6'400));
  EXPECT_EQ(RestartPause(9), milliseconds(10'000));
  EXPECT_EQ(RestartPause(1'000'000), milliseconds(10'000));
  EXPECT_EQ(CountFailure(5, milliseconds(9'999)), 6U);
  EXPECT_EQ(CountFailure(5, milliseconds(10'000)), 1U);
}

}  // namespace
}  // namespace tenon::engine
