// SPDX-License-Identifier: Apache-2.0
#include "tenon/task/sleep.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tenon/testing/run_task.hpp"

namespace tenon {
namespace {

using namespace std::chrono_literals;
using testing::EndNote;
using testing::ManualClock;
using testing::ManualLoop;

struct Sleeping : ::testing::Test {
  Sleeping() { scope.loop = &loop; }
  ManualClock clock;
  ManualLoop loop{clock};
  StopSource stop;
  Scope scope;
  EndNote note;
};

TEST_F(Sleeping, EndsWhenItsTimeHasCome) {
  SleepOperation sleep = Sleep(10ms);
  ASSERT_FALSE(sleep.Start(scope, note));
  clock.Advance(9ms);
  loop.RunUntilIdle();
  EXPECT_FALSE(note.Ended());
  clock.Advance(1ms);
  loop.RunUntilIdle();
  EXPECT_TRUE(note.Ended());
  EXPECT_TRUE(sleep.TakeResult().Ok());
}

TEST_F(Sleeping, OfNoTimeDoesNotSuspend) {
  for (const Duration duration : {Duration(0), Duration(-1s)}) {
    SleepOperation sleep = Sleep(duration);
    EXPECT_TRUE(sleep.Start(scope, note));
    EXPECT_TRUE(sleep.TakeResult().Ok());
  }
}

TEST_F(Sleeping, ForEverIsPossible) {
  scope.stop = stop;
  SleepOperation sleep = Sleep(Duration::max());
  ASSERT_FALSE(sleep.Start(scope, note));
  clock.Advance(1000h);
  loop.RunUntilIdle();
  EXPECT_FALSE(note.Ended());
  stop.RequestStop();
  loop.RunUntilIdle();
  EXPECT_TRUE(note.Ended());
}

TEST_F(Sleeping, EndsEarlyWhenStopIsRequested) {
  scope.stop = stop;
  SleepOperation sleep = Sleep(1h);
  ASSERT_FALSE(sleep.Start(scope, note));
  stop.RequestStop();
  EXPECT_FALSE(note.Ended()) << "never inside the request";
  loop.RunUntilIdle();
  EXPECT_TRUE(note.Ended());
  EXPECT_EQ(sleep.TakeResult().Error().Code(), ErrorCode::kCancelled);
  EXPECT_EQ(loop.ArmedTimers(), 0U);
}

TEST_F(Sleeping, EndsOnceWhenTimeAndStopCoincide) {
  scope.stop = stop;
  SleepOperation sleep = Sleep(1s);
  ASSERT_FALSE(sleep.Start(scope, note));
  clock.Advance(1s);
  stop.RequestStop();
  loop.RunUntilIdle();
  EXPECT_TRUE(note.Ended());
  EXPECT_EQ(sleep.TakeResult().Error().Code(), ErrorCode::kCancelled);
}

TEST_F(Sleeping, DoesNotStartInAStoppedScope) {
  scope.stop = stop;
  stop.RequestStop();
  SleepOperation sleep = Sleep(1s);
  ASSERT_TRUE(sleep.Start(scope, note));
  EXPECT_EQ(sleep.TakeResult().Error().Code(), ErrorCode::kCancelled);
}

TEST_F(Sleeping, FailsAtTheDeadline) {
  scope.deadline = Deadline::After(clock.Now(), 5s);
  SleepOperation sleep = Sleep(10s);
  ASSERT_FALSE(sleep.Start(scope, note));
  clock.Advance(5s);
  loop.RunUntilIdle();
  EXPECT_TRUE(note.Ended());
  EXPECT_EQ(sleep.TakeResult().Error().Code(), ErrorCode::kDeadlineExceeded);

  SleepOperation again = Sleep(1s);
  ASSERT_TRUE(again.Start(scope, note));
  EXPECT_EQ(again.TakeResult().Error().Code(), ErrorCode::kDeadlineExceeded);
}

TEST_F(Sleeping, IsNotHurtByALaterDeadline) {
  scope.deadline = Deadline::After(clock.Now(), 5s);
  SleepOperation sleep = Sleep(4s);
  ASSERT_FALSE(sleep.Start(scope, note));
  clock.Advance(4s);
  loop.RunUntilIdle();
  EXPECT_TRUE(sleep.TakeResult().Ok());
}

TEST_F(Sleeping, MayBeStoppedFromAnotherThreadAtAnyMoment) {
  int stopped = 0;
  for (int i = 0; i < 500; ++i) {
    StopSource source;
    scope.stop = source;
    std::thread stopper([&] { source.RequestStop(); });
    // Its time comes at once, so the request races with the start, the end and the clean-up.
    const Result<void> result = testing::RunIn(scope, loop, Sleep(1ms));
    stopper.join();
    if (!result) {
      ++stopped;
      EXPECT_EQ(result.Error().Code(), ErrorCode::kCancelled);
    }
    EXPECT_EQ(loop.ArmedTimers(), 0U);
  }
  RecordProperty("stopped", stopped);
}

}  // namespace
}  // namespace tenon
