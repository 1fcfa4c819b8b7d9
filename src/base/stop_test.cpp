// SPDX-License-Identifier: Apache-2.0
#include "tenon/base/stop.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <latch>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace tenon {
namespace {

using Callback = StopCallback<std::function<void()>>;

TEST(StopToken, SeesTheRequestOfItsSource) {
  StopSource source;
  const StopToken token(source);
  EXPECT_TRUE(token.StopPossible());
  EXPECT_FALSE(token.StopRequested());
  EXPECT_TRUE(source.RequestStop());
  EXPECT_TRUE(token.StopRequested());
  EXPECT_TRUE(source.StopRequested());
}

TEST(StopToken, WithoutASourceIsNeverStopped) {
  const StopToken token;
  EXPECT_FALSE(token.StopPossible());
  EXPECT_FALSE(token.StopRequested());
  bool ran = false;
  {
    const Callback callback(token, [&] { ran = true; });
  }
  EXPECT_FALSE(ran);
}

TEST(StopSource, IsRequestedOnce) {
  StopSource source;
  EXPECT_TRUE(source.RequestStop());
  EXPECT_FALSE(source.RequestStop());
}

TEST(StopCallback, RunsOnceOnTheRequestingThread) {
  StopSource source;
  int ran = 0;
  std::thread::id where;
  const Callback callback(source, [&] {
    ++ran;
    where = std::this_thread::get_id();
  });
  std::thread requester([&] {
    const std::thread::id self = std::this_thread::get_id();
    source.RequestStop();
    EXPECT_EQ(where, self);
  });
  requester.join();
  source.RequestStop();
  EXPECT_EQ(ran, 1);
}

TEST(StopCallback, RunsAtOnceWhenStopWasRequestedBefore) {
  StopSource source;
  source.RequestStop();
  bool ran = false;
  const Callback callback(source, [&] { ran = true; });
  EXPECT_TRUE(ran);
}

TEST(StopCallback, DoesNotRunAfterItWasDestroyed) {
  StopSource source;
  int ran = 0;
  auto first = std::make_unique<Callback>(source, [&] { ran += 1; });
  auto second = std::make_unique<Callback>(source, [&] { ran += 10; });
  auto third = std::make_unique<Callback>(source, [&] { ran += 100; });
  second.reset();
  source.RequestStop();
  EXPECT_EQ(ran, 101);
}

TEST(StopCallback, MayDestroyItself) {
  StopSource source;
  std::unique_ptr<Callback> self;
  int ran = 0;
  self = std::make_unique<Callback>(source, [&] {
    ++ran;
    self.reset();
  });
  bool other_ran = false;
  const Callback other(source, [&] { other_ran = true; });
  source.RequestStop();
  EXPECT_EQ(ran, 1);
  EXPECT_TRUE(other_ran);
}

TEST(StopCallback, MayDestroyAnotherThatHasNotRun) {
  StopSource source;
  std::unique_ptr<Callback> one;
  std::unique_ptr<Callback> two;
  int ran = 0;
  one = std::make_unique<Callback>(source, [&] {
    ++ran;
    two.reset();
  });
  two = std::make_unique<Callback>(source, [&] {
    ++ran;
    one.reset();
  });
  source.RequestStop();
  EXPECT_EQ(ran, 1);
}

TEST(StopCallback, MayAddAnother) {
  StopSource source;
  bool ran = false;
  std::optional<Callback> second;
  const Callback first(source, [&] { second.emplace(StopToken(source), [&] { ran = true; }); });
  source.RequestStop();
  EXPECT_TRUE(ran);
}

TEST(StopCallback, ItsDestructorWaitsForARunOnAnotherThread) {
  StopSource source;
  std::latch running{1};
  std::atomic<bool> go{false};
  std::atomic<bool> finished{false};
  auto callback = std::make_unique<Callback>(source, [&] {
    running.count_down();
    while (!go.load()) std::this_thread::yield();
    finished = true;
  });
  std::thread requester([&] { source.RequestStop(); });
  running.wait();
  std::thread releaser([&] { go = true; });
  callback.reset();
  EXPECT_TRUE(finished.load());
  releaser.join();
  requester.join();
}

TEST(StopCallback, SurvivesRacesOfRequestAndRemoval) {
  constexpr int kThreads = 3;
  for (int round = 0; round < 300; ++round) {
    StopSource source;
    std::latch begin{kThreads + 2};
    std::atomic<int> requested{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        begin.arrive_and_wait();
        for (int i = 0; i < 20; ++i) {
          auto value = std::make_unique<int>(0);
          int* raw = value.get();
          {
            const Callback callback(source, [raw] { ++*raw; });
          }
          // The callback is gone, so nobody writes to the value any more.
          EXPECT_LE(*raw, 1);
          if (source.StopRequested() && i == 19) break;
        }
      });
    }
    for (int t = 0; t < 2; ++t) {
      threads.emplace_back([&] {
        begin.arrive_and_wait();
        if (source.RequestStop()) ++requested;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(requested.load(), 1);
  }
}

}  // namespace
}  // namespace tenon
