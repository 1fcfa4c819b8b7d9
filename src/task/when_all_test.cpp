// SPDX-License-Identifier: Apache-2.0
#include "tenon/task/when_all.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <latch>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "tenon/task/compute.hpp"
#include "tenon/task/sleep.hpp"
#include "tenon/task/task.hpp"
#include "tenon/testing/run_task.hpp"

namespace tenon {
namespace {

using namespace std::chrono_literals;
using testing::EndNote;
using testing::ManualClock;
using testing::ManualLoop;
using testing::RunIn;
using testing::RunTask;

Task<int> Ready(int value) { co_return value; }
Task<int> Late(int value, Duration after) {
  co_await Sleep(after);
  co_return value;
}
Task<int> Fail(std::string text) { co_return Error(ErrorCode::kInvalid, std::move(text)); }
Task<int> FailLate(std::string text, Duration after) {
  co_await Sleep(after);
  co_return Error(ErrorCode::kInvalid, std::move(text));
}
Task<> Nothing() { co_return; }

// Notes how a sleeper ended.
Task<int> NoteEnd(ErrorCode& code, bool& ended, Duration after) {
  const Result<void> slept = co_await AsResult(Sleep(after));
  if (!slept) code = slept.Error().Code();
  ended = true;
  co_return 0;
}

struct WhenAllOf : ::testing::Test {
  WhenAllOf() {
    scope.loop = &loop;
    scope.stop = stop;
  }
  ManualClock clock;
  ManualLoop loop{clock};
  StopSource stop;
  Scope scope;
  EndNote note;
};

TEST_F(WhenAllOf, GivesATupleInOrder) {
  const auto values = RunTask(WhenAll(Late(1, 3s), Ready(2), Nothing(), Late(4, 1s)));
  EXPECT_EQ(*values, std::make_tuple(1, 2, Unit(), 4));
}

TEST_F(WhenAllOf, EndsAtOnceWhenAllChildrenDo) {
  auto all = WhenAll(Ready(1), Nothing());
  EXPECT_TRUE(all.Start(scope, note));
  EXPECT_TRUE(all.TakeResult().Ok());
}

TEST_F(WhenAllOf, TakesAsLongAsTheSlowest) {
  const TimePoint begin = clock.Now();
  EXPECT_TRUE(RunIn(scope, loop, WhenAll(Late(1, 3s), Late(2, 2s), Late(3, 1s))).Ok());
  EXPECT_EQ(clock.Now() - begin, 3s);
}

TEST_F(WhenAllOf, TheFirstFailureStopsTheRestAndWaitsForIt) {
  ErrorCode code = ErrorCode::kInternal;
  bool ended = false;
  const TimePoint begin = clock.Now();
  const auto result = RunIn(
      scope, loop, WhenAll(NoteEnd(code, ended, 1h), FailLate("x", 2s), FailLate("later", 3s)));
  EXPECT_EQ(result.Error().Detail(), "x");
  EXPECT_TRUE(ended);
  EXPECT_EQ(code, ErrorCode::kCancelled);
  EXPECT_EQ(clock.Now() - begin, 2s);
  EXPECT_FALSE(stop.StopRequested()) << "the parent goes on";
}

TEST_F(WhenAllOf, AFailureAtOnceStopsThoseBeforeAndSparesThoseAfter) {
  ErrorCode code = ErrorCode::kInternal;
  bool ended = false;
  bool started = false;
  auto mark = [&]() -> Task<int> {
    started = true;
    co_return 1;
  };
  const auto result = RunIn(scope, loop, WhenAll(NoteEnd(code, ended, 1h), Fail("x"), mark()));
  EXPECT_EQ(result.Error().Detail(), "x");
  EXPECT_TRUE(ended);
  EXPECT_EQ(code, ErrorCode::kCancelled);
  EXPECT_FALSE(started);
}

TEST_F(WhenAllOf, PassesTheParentsStopOn) {
  ErrorCode code = ErrorCode::kInternal;
  bool ended = false;
  auto all = WhenAll(NoteEnd(code, ended, 1h), Late(1, 1h));
  ASSERT_FALSE(all.Start(scope, note));
  stop.RequestStop();
  EXPECT_FALSE(note.Ended()) << "never inside the request";
  loop.RunUntilIdle();
  EXPECT_TRUE(note.Ended());
  EXPECT_TRUE(ended);
  EXPECT_EQ(all.TakeResult().Error().Code(), ErrorCode::kCancelled);
}

TEST_F(WhenAllOf, StartsNoChildInAStoppedScope) {
  bool started = false;
  auto mark = [&]() -> Task<int> {
    started = true;
    co_return 1;
  };
  stop.RequestStop();
  auto all = WhenAll(mark(), mark());
  ASSERT_TRUE(all.Start(scope, note));
  EXPECT_EQ(all.TakeResult().Error().Code(), ErrorCode::kCancelled);

  StopSource fresh;
  scope.stop = fresh;
  scope.deadline = Deadline::At(clock.Now());
  auto late = WhenAll(mark());
  ASSERT_TRUE(late.Start(scope, note));
  EXPECT_EQ(late.TakeResult().Error().Code(), ErrorCode::kDeadlineExceeded);
  EXPECT_FALSE(started);
}

TEST_F(WhenAllOf, NoticesAStopThatAChildRequestsWhileItStarts) {
  auto stop_all = [&]() -> Task<int> {
    stop.RequestStop();
    co_return 1;
  };
  const auto result = RunIn(scope, loop, WhenAll(Late(1, 1h), stop_all()));
  EXPECT_EQ(result.Error().Code(), ErrorCode::kCancelled);
}

TEST_F(WhenAllOf, AsResultLetsTheOthersGoOn) {
  const auto values =
      RunIn(scope, loop, WhenAll(Late(1, 2s), AsResult(FailLate("x", 1s)), Fail("y").AsResult()));
  ASSERT_TRUE(values.Ok());
  EXPECT_EQ(std::get<0>(*values), 1);
  EXPECT_EQ(std::get<1>(*values).Error().Detail(), "x");
  EXPECT_EQ(std::get<2>(*values).Error().Detail(), "y");
}

TEST_F(WhenAllOf, ThrowsOnceInWhoAwaits) {
  auto body = []() -> Task<std::string> {
    try {
      co_await WhenAll(Late(1, 1h), FailLate("x", 1s));
    } catch (const Error& error) {
      co_return error.Detail();
    }
    co_return "nothing was thrown";
  };
  EXPECT_EQ(*RunTask(body()), "x");
}

TEST_F(WhenAllOf, ChildrenMayUseTheCallersLocals) {
  auto body = []() -> Task<int> {
    int sum = 0;
    auto add = [&sum](int value, Duration after) -> Task<> {
      co_await Sleep(after);
      sum += value;
    };
    co_await WhenAll(add(1, 3s), add(2, 1s), add(4, 2s));
    co_return sum;
  };
  EXPECT_EQ(*RunTask(body()), 7);
}

TEST_F(WhenAllOf, Nests) {
  const auto values =
      RunTask(WhenAll(WhenAll(Late(1, 1s), Ready(2)), WhenAll(Ready(3), Late(4, 2s))));
  EXPECT_EQ(*values, std::make_tuple(std::make_tuple(1, 2), std::make_tuple(3, 4)));
}

TEST_F(WhenAllOf, ANestedFailureStopsEverything) {
  const TimePoint begin = clock.Now();
  const auto result =
      RunIn(scope, loop,
            WhenAll(WhenAll(Late(1, 1h), Late(2, 1h)), WhenAll(Late(3, 1h), FailLate("x", 1s))));
  EXPECT_EQ(result.Error().Detail(), "x");
  EXPECT_EQ(clock.Now() - begin, 1s);
}

TEST_F(WhenAllOf, AVectorGivesAVector) {
  for (const bool late : {false, true}) {
    std::vector<Task<int>> tasks;
    for (int i = 0; i < 5; ++i)
      tasks.push_back(late ? Late(i, std::chrono::seconds(9 - i)) : Ready(i));
    EXPECT_EQ(*RunTask(WhenAll(std::move(tasks))), (std::vector<int>{0, 1, 2, 3, 4}));
  }
  EXPECT_TRUE(RunTask(WhenAll(std::vector<Task<int>>()))->empty());
  std::vector<Task<>> nothings;
  nothings.push_back(Nothing());
  EXPECT_EQ(RunTask(WhenAll(std::move(nothings)))->size(), 1U);
}

TEST_F(WhenAllOf, AFailureInAVectorStopsTheRest) {
  const TimePoint begin = clock.Now();
  std::vector<Task<int>> tasks;
  tasks.push_back(Late(1, 1h));
  tasks.push_back(FailLate("x", 1s));
  tasks.push_back(Late(1, 1h));
  EXPECT_EQ(RunIn(scope, loop, WhenAll(std::move(tasks))).Error().Detail(), "x");
  EXPECT_EQ(clock.Now() - begin, 1s);
}

TEST_F(WhenAllOf, ReadyChildrenManyTimesNeedNoStack) {
  auto body = []() -> Task<std::int64_t> {
    std::int64_t sum = 0;
    for (int i = 0; i < 200'000; ++i) {
      auto [a, b] = co_await WhenAll(Ready(1), Ready(2));
      sum += a + b;
    }
    co_return sum;
  };
  EXPECT_EQ(*RunTask(body()), 600'000);
}

TEST_F(WhenAllOf, JoinsWorkOnThePoolWhenASiblingFails) {
  ComputePool pool(1);
  std::latch begun{1};
  std::latch failed{1};
  bool finished = false;
  auto fail_when_begun = [&]() -> Task<int> {
    co_await Sleep(1s);
    begun.wait();
    failed.count_down();
    co_return Error(ErrorCode::kInvalid, "x");
  };
  scope.pool = &pool;
  auto all = WhenAll(Compute([&] {
                       begun.count_down();
                       failed.wait();
                       finished = true;
                     }),
                     fail_when_begun());
  ASSERT_FALSE(all.Start(scope, note));
  clock.Advance(1s);
  testing::RunUntilEnded(loop, &pool, note);
  EXPECT_EQ(all.TakeResult().Error().Detail(), "x");
  EXPECT_TRUE(finished);
}

TEST_F(WhenAllOf, MayBeStoppedFromAnotherThreadAtAnyMoment) {
  ComputePool pool(2);
  scope.pool = &pool;
  for (int i = 0; i < 500; ++i) {
    StopSource source;
    scope.stop = source;
    std::atomic<int> ran{0};
    std::thread stopper([&] { source.RequestStop(); });
    const auto result =
        RunIn(scope, loop, WhenAll(Compute([&] { ++ran; }), Late(1, 1ms), Compute([&] { ++ran; })));
    stopper.join();
    if (result.Ok()) {
      EXPECT_EQ(ran.load(), 2);
    } else {
      EXPECT_EQ(result.Error().Code(), ErrorCode::kCancelled);
    }
    EXPECT_EQ(pool.Waiting(), 0U);
  }
}

}  // namespace
}  // namespace tenon
