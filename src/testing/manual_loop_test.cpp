// SPDX-License-Identifier: Apache-2.0
#include "tenon/testing/manual_loop.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <vector>

#include "tenon/task/compute.hpp"
#include "tenon/task/sleep.hpp"
#include "tenon/task/task.hpp"
#include "tenon/testing/manual_clock.hpp"
#include "tenon/testing/run_task.hpp"

namespace tenon::testing {
namespace {

using namespace std::chrono_literals;

struct NotedWork final : PostedWork {
  NotedWork(std::vector<int>& to, int as) : notes(to), number(as) {}
  void RunPosted() noexcept override { notes.push_back(number); }
  std::vector<int>& notes;
  int number;
};
struct NotedTimer final : Timer {
  NotedTimer(std::vector<int>& to, int as) : notes(to), number(as) {}
  void OnTime() noexcept override { notes.push_back(number); }
  std::vector<int>& notes;
  int number;
};

class ManualLoopTest : public ::testing::Test {
 protected:
  ManualClock clock_;
  ManualLoop loop_{clock_};
  std::vector<int> notes_;
};

TEST_F(ManualLoopTest, RunsNothingByItself) {
  NotedWork first(notes_, 1);
  NotedWork second(notes_, 2);
  loop_.Post(first);
  loop_.Post(second);
  EXPECT_TRUE(notes_.empty());
  EXPECT_EQ(loop_.RunUntilIdle(), 2U);
  EXPECT_EQ(notes_, (std::vector<int>{1, 2}));
  EXPECT_EQ(loop_.RunUntilIdle(), 0U);
}

TEST_F(ManualLoopTest, FiresTimersWhenTheClockSaysSo) {
  NotedTimer late(notes_, 2);
  NotedTimer early(notes_, 1);
  loop_.Arm(late, clock_.Now() + 5ms);
  loop_.Arm(early, clock_.Now() + 1ms);
  EXPECT_EQ(loop_.ArmedTimers(), 2U);
  EXPECT_EQ(loop_.RunUntilIdle(), 0U);
  EXPECT_TRUE(loop_.AdvanceToNextTimer());
  loop_.RunUntilIdle();
  EXPECT_EQ(notes_, (std::vector<int>{1}));
  EXPECT_TRUE(loop_.AdvanceToNextTimer());
  loop_.RunUntilIdle();
  EXPECT_EQ(notes_, (std::vector<int>{1, 2}));
  EXPECT_FALSE(loop_.AdvanceToNextTimer());
}

TEST_F(ManualLoopTest, DisarmedTimersDoNotFire) {
  NotedTimer timer(notes_, 1);
  loop_.Arm(timer, clock_.Now());
  loop_.Disarm(timer);
  EXPECT_EQ(loop_.RunUntilIdle(), 0U);
  EXPECT_TRUE(notes_.empty());
}

TEST_F(ManualLoopTest, WaitsForAPostOfAnotherThread) {
  EXPECT_FALSE(loop_.WaitForPost(0ms));
  NotedWork work(notes_, 1);
  std::thread other([&] { loop_.Post(work); });
  EXPECT_TRUE(loop_.WaitForPost(10s));
  other.join();
  EXPECT_EQ(loop_.RunUntilIdle(), 1U);
}

TEST(RunTask, LetsTimePassByItself) {
  const auto sleep_long = []() -> Task<int> {
    co_await Sleep(100h);
    co_return 7;
  };
  EXPECT_EQ(*RunTask(sleep_long()), 7);
}

TEST(RunTask, WaitsForThePool) {
  ComputePool pool(1);
  EXPECT_EQ(*RunTask(Compute([] { return 7; }), &pool), 7);
}

TEST(RunTaskDeathTest, SaysThatWhatIsWaitedForNeverComes) {
  struct Never {
    using ValueType = void;
    bool Start(const Scope&, Completion&) { return false; }
    Result<void> TakeResult() { return {}; }
  };
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(static_cast<void>(RunTask(Never())), "what it waits for never comes");
}

}  // namespace
}  // namespace tenon::testing
