// SPDX-License-Identifier: Apache-2.0
#include "tenon/task/when_any.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <variant>

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

Task<int> Late(int value, Duration after) {
  co_await Sleep(after);
  co_return value;
}
Task<std::string> FailLate(std::string text, Duration after) {
  co_await Sleep(after);
  co_return Error(ErrorCode::kInvalid, std::move(text));
}

struct WhenAnyOf : ::testing::Test {
  WhenAnyOf() {
    scope.loop = &loop;
    scope.stop = stop;
  }
  Duration Passed() const { return clock.Now() - begin; }
  ManualClock clock;
  TimePoint begin = clock.Now();
  ManualLoop loop{clock};
  StopSource stop;
  Scope scope;
  EndNote note;
};

TEST_F(WhenAnyOf, GivesTheFirstSuccess) {
  const auto value = RunIn(scope, loop, WhenAny(Late(1, 3s), Late(2, 1s), Late(3, 2s)));
  EXPECT_EQ(value->index(), 1U);
  EXPECT_EQ(std::get<1>(*value), 2);
  EXPECT_EQ(Passed(), 1s);
}

TEST_F(WhenAnyOf, AFailureDoesNotWin) {
  const auto value = RunIn(scope, loop, WhenAny(FailLate("x", 1s), Late(2, 2s)));
  EXPECT_EQ(std::get<1>(*value), 2);
  EXPECT_EQ(Passed(), 2s);
}

TEST_F(WhenAnyOf, GivesTheFirstFailureWhenAllFail) {
  const auto value = RunIn(scope, loop, WhenAny(FailLate("b", 2s), FailLate("a", 1s)));
  EXPECT_EQ(value.Error().Detail(), "a");
  EXPECT_EQ(Passed(), 2s);
}

TEST_F(WhenAnyOf, StartsNoneAfterOneThatSucceedsAtOnce) {
  bool started = false;
  auto mark = [&]() -> Task<> {
    started = true;
    co_return;
  };
  bool stopped = false;
  auto note_stop = [&]() -> Task<> { stopped = !co_await AsResult(Sleep(1h)); };
  const auto value = RunIn(scope, loop, WhenAny(note_stop(), Late(1, 0s), mark()));
  EXPECT_EQ(value->index(), 1U);
  EXPECT_TRUE(stopped);
  EXPECT_FALSE(started);
  EXPECT_EQ(Passed(), 0s);
}

TEST_F(WhenAnyOf, WaitsForTheLosers) {
  auto held = std::make_shared<int>(1);
  auto loser = [](std::shared_ptr<int> value) -> Task<int> {
    static_cast<void>(co_await AsResult(Sleep(1h)));
    co_return *value;
  };
  {
    const auto value = RunIn(scope, loop, WhenAny(loser(held), Late(2, 1s)));
    EXPECT_EQ(value->index(), 1U) << "what a loser still gives is dropped";
  }
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(WhenAnyOf, IsCancelledWithItsParent) {
  auto any = WhenAny(Late(1, 1h), Late(2, 1h));
  ASSERT_FALSE(any.Start(scope, note));
  stop.RequestStop();
  loop.RunUntilIdle();
  EXPECT_TRUE(note.Ended());
  EXPECT_EQ(any.TakeResult().Error().Code(), ErrorCode::kCancelled);

  auto again = WhenAny(Late(1, 1h));
  ASSERT_TRUE(again.Start(scope, note));
  EXPECT_EQ(again.TakeResult().Error().Code(), ErrorCode::kCancelled);
}

TEST_F(WhenAnyOf, GivesNothingAsAUnit) {
  auto nothing = []() -> Task<> { co_return; };
  const auto value = RunIn(scope, loop, WhenAny(nothing()));
  EXPECT_TRUE(std::holds_alternative<Unit>(*value));
}

}  // namespace
}  // namespace tenon
