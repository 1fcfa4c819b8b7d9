// SPDX-License-Identifier: Apache-2.0
#include "tenon/task/compute.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

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

// A pool of one thread that is busy until the test lets it go.
struct BusyPool {
  struct Block final : ComputeJob {
    void RunJob() noexcept override {
      begun.count_down();
      go.wait();
    }
    std::latch begun{1};
    std::latch go{1};
  };

  BusyPool() {
    pool.Submit(block);
    block.begun.wait();
  }
  ~BusyPool() { Release(); }
  void Release() {
    if (!block.go.try_wait()) block.go.count_down();
  }

  Block block;
  ComputePool pool{1};
};

struct Computing : ::testing::Test {
  Computing() {
    scope.loop = &loop;
    scope.stop = stop;
  }
  ManualClock clock;
  ManualLoop loop{clock};
  StopSource stop;
  Scope scope;
  EndNote note;
};

TEST_F(Computing, RunsOnAThreadOfThePool) {
  ComputePool pool(1);
  auto body = [&]() -> Task<bool> {
    const std::thread::id caller = std::this_thread::get_id();
    const std::thread::id worker = co_await Compute([] { return std::this_thread::get_id(); });
    co_return worker != caller&& std::this_thread::get_id() == caller;
  };
  EXPECT_TRUE(*RunTask(body(), &pool));
}

TEST_F(Computing, RunsInlineWithoutAPool) {
  ComputeOperation compute = Compute([] { return std::this_thread::get_id(); });
  ASSERT_TRUE(compute.Start(scope, note));
  EXPECT_EQ(*compute.TakeResult(), std::this_thread::get_id());
}

TEST_F(Computing, GivesBackWhatOnlyMovesAndNothing) {
  ComputePool pool(1);
  for (ComputePool* where : {&pool, static_cast<ComputePool*>(nullptr)}) {
    EXPECT_EQ(**RunTask(Compute([p = std::make_unique<int>(4)]() mutable { return std::move(p); }),
                        where),
              4);
    bool ran = false;
    EXPECT_TRUE(RunTask(Compute([&] { ran = true; }), where).Ok());
    EXPECT_TRUE(ran);
  }
}

TEST_F(Computing, TurnsWhatIsThrownIntoAnError) {
  ComputePool pool(1);
  for (ComputePool* where : {&pool, static_cast<ComputePool*>(nullptr)}) {
    const Result<int> result =
        RunTask(Compute([]() -> int { throw std::runtime_error("secret"); }), where);
    EXPECT_EQ(result.Error().Code(), ErrorCode::kInternal);
    EXPECT_EQ(result.Error().PrivateDetail(), "secret");
  }
}

TEST_F(Computing, NeverRunsInAStoppedScope) {
  stop.RequestStop();
  bool ran = false;
  ComputeOperation compute = Compute([&] { ran = true; });
  ASSERT_TRUE(compute.Start(scope, note));
  EXPECT_EQ(compute.TakeResult().Error().Code(), ErrorCode::kCancelled);
  EXPECT_FALSE(ran);
}

TEST_F(Computing, NeverRunsAfterTheDeadline) {
  scope.deadline = Deadline::At(clock.Now());
  bool ran = false;
  ComputeOperation compute = Compute([&] { ran = true; });
  ASSERT_TRUE(compute.Start(scope, note));
  EXPECT_EQ(compute.TakeResult().Error().Code(), ErrorCode::kDeadlineExceeded);
  EXPECT_FALSE(ran);
}

TEST_F(Computing, LeavesThePoolWhenStoppedWhileItWaits) {
  BusyPool busy;
  scope.pool = &busy.pool;
  bool ran = false;
  ComputeOperation compute = Compute([&] { ran = true; });
  ASSERT_FALSE(compute.Start(scope, note));
  EXPECT_EQ(busy.pool.Waiting(), 1U);
  stop.RequestStop();
  EXPECT_EQ(busy.pool.Waiting(), 0U);
  EXPECT_FALSE(note.Ended()) << "never inside the request";
  loop.RunUntilIdle();
  ASSERT_TRUE(note.Ended()) << "although the pool is still busy";
  EXPECT_EQ(compute.TakeResult().Error().Code(), ErrorCode::kCancelled);
  EXPECT_FALSE(ran);
}

TEST_F(Computing, SaysThatTheDeadlineWasTheReason) {
  BusyPool busy;
  scope.pool = &busy.pool;
  scope.deadline = Deadline::After(clock.Now(), 1s);
  ComputeOperation compute = Compute([] {});
  ASSERT_FALSE(compute.Start(scope, note));
  clock.Advance(1s);
  stop.RequestStop();
  loop.RunUntilIdle();
  EXPECT_EQ(compute.TakeResult().Error().Code(), ErrorCode::kDeadlineExceeded);
}

TEST_F(Computing, IsWaitedForWhenStoppedWhileItRuns) {
  ComputePool pool(1);
  scope.pool = &pool;
  std::latch begun{1};
  std::latch go{1};
  ComputeOperation compute = Compute([&] {
    begun.count_down();
    go.wait();
    return 5;
  });
  ASSERT_FALSE(compute.Start(scope, note));
  begun.wait();
  stop.RequestStop();
  loop.RunUntilIdle();
  EXPECT_FALSE(note.Ended());
  go.count_down();
  testing::RunUntilEnded(loop, &pool, note);
  EXPECT_EQ(*compute.TakeResult(), 5);
}

TEST_F(Computing, MayBeStoppedFromAnotherThreadAtAnyMoment) {
  ComputePool pool(2);
  scope.pool = &pool;
  for (int i = 0; i < 500; ++i) {
    StopSource source;
    scope.stop = source;
    std::atomic<bool> ran{false};
    std::thread stopper([&] { source.RequestStop(); });
    const Result<void> result = RunIn(scope, loop, Compute([&] { ran = true; }));
    stopper.join();
    EXPECT_EQ(result.Ok(), ran.load());
    if (!result) EXPECT_EQ(result.Error().Code(), ErrorCode::kCancelled);
  }
}

TEST_F(Computing, TellsTheLoopWhoGoesOn) {
  ComputePool pool(1);
  scope.pool = &pool;
  scope.activity = "classifier";
  EXPECT_TRUE(RunIn(scope, loop, Compute([] {})).Ok());
  EXPECT_STREQ(loop.Activity(), "classifier");
}

TEST(Parallel, GivesATupleOfWhatTheFunctionsReturn) {
  ComputePool pool(2);
  for (ComputePool* where : {&pool, static_cast<ComputePool*>(nullptr)}) {
    const auto result =
        RunTask(Parallel([] { return 1; }, [] {}, [] { return std::string("x"); }), where);
    EXPECT_EQ(*result, std::make_tuple(1, Unit(), std::string("x")));
  }
}

TEST(Parallel, RunsAtTheSameTime) {
  ComputePool pool(2);
  std::latch both{2};
  EXPECT_TRUE(
      RunTask(Parallel([&] { both.arrive_and_wait(); }, [&] { both.arrive_and_wait(); }), &pool)
          .Ok());
}

TEST(Parallel, TheFirstFailureStopsWhatHasNotStarted) {
  ComputePool pool(1);
  for (ComputePool* where : {&pool, static_cast<ComputePool*>(nullptr)}) {
    std::atomic<int> ran{0};
    const auto result =
        RunTask(Parallel([&] { ++ran; }, [] { throw Error(ErrorCode::kInvalid, "second"); },
                         [&] { ++ran; }, [] { throw std::runtime_error("later"); }),
                where);
    EXPECT_EQ(result.Error().Detail(), "second");
    EXPECT_EQ(ran.load(), 1);
  }
}

TEST(Parallel, WaitsForWhatRunsWhenAnotherFails) {
  ComputePool pool(2);
  std::latch begun{1};
  std::latch failing{1};
  bool finished = false;
  const auto result = RunTask(Parallel(
                                  [&] {
                                    begun.count_down();
                                    failing.wait();
                                    finished = true;
                                  },
                                  [&] {
                                    begun.wait();
                                    failing.count_down();
                                    throw Error(ErrorCode::kInvalid, "x");
                                  }),
                              &pool);
  EXPECT_EQ(result.Error().Code(), ErrorCode::kInvalid);
  EXPECT_TRUE(finished);
}

TEST(Parallel, CanBeMovedBeforeItStarts) {
  auto first = Parallel([p = std::make_unique<int>(1)] { return *p; });
  auto second = std::move(first);
  EXPECT_EQ(*RunTask(std::move(second)), std::make_tuple(1));
}

TEST(Parallel, SurvivesRacesOfFailuresAndStops) {
  ManualClock clock;
  ManualLoop loop(clock);
  ComputePool pool(3);
  for (int i = 0; i < 500; ++i) {
    StopSource source;
    Scope scope;
    scope.loop = &loop;
    scope.pool = &pool;
    scope.stop = source;
    std::thread stopper([&] { source.RequestStop(); });
    const auto fail = [] { throw Error(ErrorCode::kInvalid, "x"); };
    const auto result = RunIn(scope, loop, Parallel(fail, [] {}, fail, [] {}, fail, [] {}));
    stopper.join();
    ASSERT_FALSE(result.Ok());
    EXPECT_TRUE(result.Error().Code() == ErrorCode::kInvalid ||
                result.Error().Code() == ErrorCode::kCancelled);
    EXPECT_EQ(pool.Waiting(), 0U);
  }
}

TEST(ParallelMap, GivesTheResultsInOrder) {
  ComputePool pool(3);
  for (ComputePool* where : {&pool, static_cast<ComputePool*>(nullptr)}) {
    for (const std::size_t size : {0U, 1U, 2U, 3U, 4U, 1000U}) {
      std::vector<int> input(size);
      for (std::size_t i = 0; i < size; ++i) input[i] = static_cast<int>(i);
      const auto result = RunTask(ParallelMap(input, [](int i) { return 2 * i; }), where);
      ASSERT_EQ(result->size(), size);
      for (std::size_t i = 0; i < size; ++i) EXPECT_EQ((*result)[i], 2 * input[i]);
    }
  }
}

TEST(ParallelMap, TakesSpansAndGivesBoolsOrWhatOnlyMoves) {
  ComputePool pool(3);
  const std::vector<int> input{1, 2, 3, 4, 5};
  const std::span<const int> part = std::span(input).subspan(1);
  EXPECT_EQ(*RunTask(ParallelMap(part, [](int i) { return i > 3; }), &pool),
            (std::vector<bool>{false, false, true, true}));
  const auto owned =
      RunTask(ParallelMap(input, [](int i) { return std::make_unique<int>(i); }), &pool);
  EXPECT_EQ(*owned->back(), 5);
}

TEST(ParallelMap, MayReturnNothing) {
  ComputePool pool(2);
  const std::vector<int> input{1, 2, 3};
  std::atomic<int> sum{0};
  EXPECT_TRUE(RunTask(ParallelMap(input, [&](int i) { sum += i; }), &pool).Ok());
  EXPECT_EQ(sum.load(), 6);
}

TEST(ParallelMap, RunsOneChunkPerThread) {
  ComputePool pool(2);
  const std::vector<int> input{1, 2};
  std::latch both{2};
  EXPECT_TRUE(RunTask(ParallelMap(input, [&](int) { both.arrive_and_wait(); }), &pool).Ok());
}

TEST(ParallelMap, StopsTheOtherChunksAtTheFirstFailure) {
  ComputePool pool(2);
  std::vector<int> input(10'000);
  input[0] = 1;
  std::latch failed{1};
  std::atomic<int> after{0};
  const auto result =
      RunTask(ParallelMap(input,
                          [&](int i) {
                            if (i == 1) {
                              failed.count_down();
                              throw Error(ErrorCode::kInvalid, "first item");
                            }
                            failed.wait();
                            ++after;
                            // Half a second for all of them: an exception is on
                            // its way for less, also under sanitizers.
                            std::this_thread::sleep_for(std::chrono::microseconds(100));
                          }),
              &pool);
  EXPECT_EQ(result.Error().Detail(), "first item");
  EXPECT_LT(after.load(), 5'000) << "the other chunk stops before its end";
}

TEST(ParallelMap, StopsBetweenItemsWhenAskedTo) {
  ComputePool pool(1);
  ManualClock clock;
  ManualLoop loop(clock);
  for (ComputePool* where : {&pool, static_cast<ComputePool*>(nullptr)}) {
    StopSource source;
    Scope scope;
    scope.loop = &loop;
    scope.pool = where;
    scope.stop = source;
    std::vector<int> input(100);
    int ran = 0;
    const auto result = RunIn(scope, loop, ParallelMap(input, [&](int) {
                                if (++ran == 10) source.RequestStop();
                              }));
    EXPECT_EQ(result.Error().Code(), ErrorCode::kCancelled);
    EXPECT_EQ(ran, 10);
  }
}

}  // namespace
}  // namespace tenon
