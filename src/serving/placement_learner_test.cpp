// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/placement_learner.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "tenon/serving/request_context.hpp"
#include "tenon/task/compute_pool.hpp"
#include "tenon/testing/manual_clock.hpp"
#include "tenon/testing/manual_loop.hpp"

namespace tenon::serving {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// A thread that has a core all the time.
const testing::ManualClock* clock_of_thread = nullptr;
ThreadUse AlwaysOnACore() noexcept {
  return {.cpu = clock_of_thread->Now().time_since_epoch(), .waits = 0};
}

class PlacementLearnerTest : public ::testing::Test {
 protected:
  PlacementLearnerTest() {
    clock_of_thread = &clock_;
    scope_.loop = &loop_;
    scope_.pool = &pool_;
    scope_.request = &request_;
  }
  // Makes so many calls of that cost; gives how many of them ran on the loop.
  std::size_t Call(std::size_t calls, Duration cost) {
    std::size_t on_loop = 0;
    for (std::size_t i = 0; i < calls; ++i) {
      clock_.Advance(microseconds(1));  // Each is a request of its own.
      if (learner_.Choose(scope_) == Placement::kInline) ++on_loop;
      const PlacementLearner::Stopwatch watch(learner_);
      clock_.Advance(cost);
    }
    return on_loop;
  }

  testing::ManualClock clock_;
  testing::ManualLoop loop_{clock_};
  ComputePool pool_{1};
  RequestContext request_;
  Scope scope_;
  PlacementLearner learner_{Placement::kLearned, clock_, &AlwaysOnACore};
};

TEST_F(PlacementLearnerTest, PutsCheapWorkOnTheLoopOnceItIsProven) {
  EXPECT_EQ(Call(PlacementLearner::kQuiet, microseconds(2)), 0U);
  EXPECT_EQ(Call(1000, microseconds(2)), 1000U);
}

TEST_F(PlacementLearnerTest, LeavesDearWorkOnThePool) {
  EXPECT_EQ(Call(1000, microseconds(30)), 0U);
  EXPECT_EQ(Call(1000, milliseconds(2)), 0U);
}

TEST_F(PlacementLearnerTest, GoesBackToThePoolAtTheSecondOverrun) {
  Call(PlacementLearner::kQuiet, microseconds(2));
  EXPECT_EQ(Call(1, milliseconds(2)), 1U);
  EXPECT_EQ(Call(PlacementLearner::kSuspicious - 1, microseconds(2)),
            PlacementLearner::kSuspicious - 1);
  EXPECT_EQ(Call(1, milliseconds(2)), 1U);
  EXPECT_EQ(Call(1000, milliseconds(2)), 0U);
}

TEST_F(PlacementLearnerTest, ForgivesALoneOverrun) {
  Call(PlacementLearner::kQuiet, microseconds(2));
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(Call(1, milliseconds(2)), 1U);
    EXPECT_EQ(Call(PlacementLearner::kSuspicious, microseconds(2)), PlacementLearner::kSuspicious);
  }
}

// What interrupts do to one cheap call in twenty.
TEST_F(PlacementLearnerTest, ForgivesRareCallsThatWereABitLate) {
  std::size_t on_loop = 0;
  for (int i = 0; i < 20'000; ++i) {
    on_loop += Call(1, i % 20 == 19 ? microseconds(70) : microseconds(2));
  }
  EXPECT_GE(on_loop, 20'000U - 2 * PlacementLearner::kQuiet);
}

TEST_F(PlacementLearnerTest, DoesNotForgiveWhatIsOftenLate) {
  Call(PlacementLearner::kQuiet, microseconds(2));
  std::size_t on_loop = 0;
  for (int i = 0; i < 20'000; ++i) {
    on_loop += Call(1, i % 10 == 9 ? microseconds(120) : microseconds(2));
  }
  EXPECT_LE(on_loop, 500U);
}

ThreadUse use;

TEST_F(PlacementLearnerTest, DoesNotCountTheTimeInWhichOthersHadTheCore) {
  PlacementLearner learner(Placement::kLearned, clock_, +[]() noexcept { return use; });
  const auto call = [&](Duration cost, Duration cpu, std::uint64_t waits) {
    clock_.Advance(microseconds(1));
    const bool on_loop = learner.Choose(scope_) == Placement::kInline;
    const PlacementLearner::Stopwatch watch(learner);
    clock_.Advance(cost);
    use.cpu += cpu;
    use.waits += waits;
    return on_loop;
  };
  // Every fifth loses its core on the pool.
  for (std::uint32_t i = 0; i < PlacementLearner::kQuiet; ++i) {
    EXPECT_FALSE(call(i % 5 == 4 ? milliseconds(4) : microseconds(2), microseconds(2), 0));
  }
  int on_loop = 0;
  for (int i = 0; i < 1000; ++i) {
    on_loop += call(i % 10 == 9 ? milliseconds(4) : microseconds(2), microseconds(2), 0) ? 1 : 0;
  }
  EXPECT_EQ(on_loop, 1000);
  // Slow work loses its core as well.
  on_loop = 0;
  for (int i = 0; i < 100; ++i) on_loop += call(milliseconds(4), milliseconds(2), 0) ? 1 : 0;
  EXPECT_LE(on_loop, 2);
}

TEST_F(PlacementLearnerTest, CountsTheTimeOfWhoWaits) {
  PlacementLearner learner(Placement::kLearned, clock_, +[]() noexcept { return use; });
  for (int i = 0; i < 1000; ++i) {
    clock_.Advance(microseconds(1));
    ASSERT_EQ(learner.Choose(scope_), Placement::kPool);
    const PlacementLearner::Stopwatch watch(learner);
    clock_.Advance(milliseconds(1));
    use.cpu += microseconds(2);
    ++use.waits;
  }
}

TEST(UseOfThread, CountsTimeOnACoreAndWaits) {
  const ThreadUse before = UseOfThread();
  std::this_thread::sleep_for(milliseconds(2));
  const ThreadUse after = UseOfThread();
  EXPECT_GT(after.waits, before.waits);
  EXPECT_LT(after.cpu - before.cpu, milliseconds(2));
  while (UseOfThread().cpu - after.cpu < milliseconds(1)) continue;
}

TEST_F(PlacementLearnerTest, TakesLongerToBeConvincedEachTime) {
  Call(PlacementLearner::kQuiet, microseconds(2));
  Call(2, milliseconds(2));
  EXPECT_EQ(Call(2 * PlacementLearner::kQuiet, microseconds(2)), 0U);
  EXPECT_EQ(Call(10, microseconds(2)), 10U);
}

TEST_F(PlacementLearnerTest, HoldsUpALoopRarelyWhenOneCallInAHundredIsSlow) {
  std::size_t held = 0;
  for (int i = 0; i < 100'000; ++i) {
    const std::size_t on_loop = Call(1, i % 100 == 99 ? milliseconds(2) : microseconds(2));
    if (i % 100 == 99) held += on_loop;
  }
  EXPECT_LE(held, 32U);
}

TEST_F(PlacementLearnerTest, CountsTheCallsThatARequestMakesAtOnce) {
  Call(PlacementLearner::kQuiet, microseconds(4));
  ASSERT_EQ(Call(10, microseconds(4)), 10U);
  clock_.Advance(microseconds(1));
  std::size_t on_loop = 0;
  for (int i = 0; i < 8; ++i) on_loop += learner_.Choose(scope_) == Placement::kInline ? 1 : 0;
  EXPECT_EQ(on_loop, 7U) << "eight calls of 4 us cost more than one hand-off";
}

TEST_F(PlacementLearnerTest, TellsRequestsThatUseOneObjectInTurnApart) {
  Call(PlacementLearner::kQuiet, microseconds(4));
  std::size_t on_loop = 0;
  for (int i = 0; i < 20; ++i) {
    const std::string id = "request-" + std::to_string(10'000'000 + i);
    request_.SetId(id);
    on_loop += learner_.Choose(scope_) == Placement::kInline ? 1 : 0;
  }
  EXPECT_EQ(on_loop, 20U);
}

TEST_F(PlacementLearnerTest, GivesUpWhatCannotEndInTime) {
  Call(10, milliseconds(50));
  scope_.deadline = Deadline::After(clock_.Now(), milliseconds(60));
  EXPECT_FALSE(learner_.IsHopeless(scope_));
  scope_.deadline = Deadline::After(clock_.Now(), milliseconds(40));
  int hopeless = 0;
  for (int i = 0; i < 64; ++i) hopeless += learner_.IsHopeless(scope_) ? 1 : 0;
  EXPECT_EQ(hopeless, 62);
  scope_.deadline = Deadline::Never();
  EXPECT_FALSE(learner_.IsHopeless(scope_));
}

TEST_F(PlacementLearnerTest, ObeysAPin) {
  PlacementLearner pool(Placement::kPool, clock_);
  PlacementLearner on_loop(Placement::kInline, clock_);
  EXPECT_EQ(pool.Choose(scope_), Placement::kPool);
  EXPECT_EQ(on_loop.Choose(scope_), Placement::kInline);
  scope_.pool = nullptr;
  EXPECT_EQ(pool.Choose(scope_), Placement::kInline);
}

}  // namespace
}  // namespace tenon::serving
