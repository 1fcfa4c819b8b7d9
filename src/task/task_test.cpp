// SPDX-License-Identifier: Apache-2.0
#include "tenon/task/task.hpp"

#include <gtest/gtest.h>
#include <pthread.h>

#include <functional>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "tenon/testing/run_task.hpp"

namespace tenon {
namespace {

using testing::EndNote;
using testing::ManualClock;
using testing::ManualLoop;
using testing::RunIn;
using testing::RunTask;

// Suspends its caller once, until the loop runs what is posted.
class Yield final : private PostedWork {
 public:
  using ValueType = void;
  Yield() = default;
  bool Start(const Scope& scope, Completion& completion) {
    completion_ = &completion;
    scope.loop->Post(*this);
    return false;
  }
  Result<void> TakeResult() { return {}; }

 private:
  void RunPosted() noexcept override { completion_->Complete().resume(); }
  Completion* completion_ = nullptr;
};

// Runs `body` on a thread with a small stack, where recursion would show.
void OnSmallStack(const std::function<void()>& body) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, 256 * 1024), 0);
  pthread_t thread;
  const int error = pthread_create(
      &thread, &attributes,
      [](void* argument) -> void* {
        (*static_cast<const std::function<void()>*>(argument))();
        return nullptr;
      },
      const_cast<std::function<void()>*>(&body));
  pthread_attr_destroy(&attributes);
  ASSERT_EQ(error, 0);
  pthread_join(thread, nullptr);
}

Task<int> Ready(int value) { co_return value; }

Task<std::size_t> AwaitReady(std::size_t times) {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < times; ++i) sum += static_cast<std::size_t>(co_await Ready(1));
  co_return sum;
}

Task<std::size_t> AwaitReadyAfterSuspending(std::size_t times) {
  co_await Yield();
  co_return co_await AwaitReady(times);
}

Task<std::size_t> AwaitYields(std::size_t times) {
  std::size_t count = 0;
  for (; count < times; ++count) co_await Yield();
  co_return count;
}

Task<int> Deep(int levels) {
  if (levels == 0) {
    co_await Yield();
    co_return 0;
  }
  co_return co_await Deep(levels - 1) + 1;
}

Task<int> SuspendAtEachLevel(int levels) {
  int below = 0;
  if (levels > 0) below = co_await SuspendAtEachLevel(levels - 1) + 1;
  co_await Yield();
  co_return below;
}

TEST(Task, GivesWhatItReturns) { EXPECT_EQ(*RunTask(Ready(7)), 7); }

TEST(Task, StartsOnlyWhenAwaited) {
  bool ran = false;
  auto body = [&]() -> Task<> {
    ran = true;
    co_return;
  };
  {
    Task<> task = body();
    EXPECT_FALSE(ran);
  }
  EXPECT_FALSE(ran);
  EXPECT_TRUE(RunTask(body()).Ok());
  EXPECT_TRUE(ran);
}

TEST(Task, DestroysItsParametersWhenItNeverStarted) {
  auto value = std::make_shared<int>(1);
  auto body = [](std::shared_ptr<int> held) -> Task<int> { co_return *held; };
  {
    Task<int> task = body(value);
    EXPECT_EQ(value.use_count(), 2);
  }
  EXPECT_EQ(value.use_count(), 1);
}

TEST(Task, MovesWithItsFrame) {
  Task<int> first = Ready(1);
  Task<int> second = Ready(2);
  first = std::move(second);
  EXPECT_EQ(*RunTask(std::move(first)), 2);
}

TEST(Task, EndsInsideStartWhenEverythingIsReady) {
  ManualClock clock;
  ManualLoop loop(clock);
  Scope scope;
  scope.loop = &loop;
  EndNote note;
  Task<std::size_t> task = AwaitReady(10);
  EXPECT_TRUE(task.Start(scope, note));
  EXPECT_FALSE(note.Ended());
  EXPECT_EQ(*task.TakeResult(), 10U);
}

TEST(Task, EndsLaterWhenSomethingBelowSuspends) {
  ManualClock clock;
  ManualLoop loop(clock);
  Scope scope;
  scope.loop = &loop;
  EndNote note;
  Task<int> task = Deep(3);
  EXPECT_FALSE(task.Start(scope, note));
  EXPECT_FALSE(note.Ended());
  EXPECT_EQ(loop.RunUntilIdle(), 1U);
  EXPECT_TRUE(note.Ended());
  EXPECT_EQ(*task.TakeResult(), 3);
}

TEST(Task, AMillionReadyAwaitsNeedNoStack) {
  OnSmallStack([] { EXPECT_EQ(*RunTask(AwaitReady(1'000'000)), 1'000'000U); });
}

TEST(Task, AMillionReadyAwaitsAfterASuspensionNeedNoStack) {
  OnSmallStack([] { EXPECT_EQ(*RunTask(AwaitReadyAfterSuspending(1'000'000)), 1'000'000U); });
}

TEST(Task, ManySuspensionsNeedNoStack) {
  OnSmallStack([] { EXPECT_EQ(*RunTask(AwaitYields(100'000)), 100'000U); });
}

TEST(Task, ADeepChainResumesWithoutRecursion) {
  // Starting is as deep as the calls are; ending must not add to it.
  OnSmallStack([] { EXPECT_EQ(*RunTask(Deep(200)), 200); });
  OnSmallStack([] { EXPECT_EQ(*RunTask(SuspendAtEachLevel(200)), 200); });
}

TEST(Task, ThrowsTheErrorInWhoAwaits) {
  auto fail = []() -> Task<int> { co_return Error(ErrorCode::kNotFound, "no such thing"); };
  auto body = [&]() -> Task<std::string> {
    try {
      co_await fail();
    } catch (const Error& error) {
      co_return error.Detail();
    }
    co_return "nothing was thrown";
  };
  EXPECT_EQ(*RunTask(body()), "no such thing");
}

TEST(Task, TurnsWhatItsBodyThrowsIntoAnError) {
  struct Case {
    std::function<void()> thrower;
    ErrorCode code;
    std::string private_detail;
  };
  const std::vector<Case> cases{
      {[] { throw Error(ErrorCode::kInvalid, "bad"); }, ErrorCode::kInvalid, ""},
      {[] { throw std::runtime_error("secret"); }, ErrorCode::kInternal, "secret"},
      {[] { throw std::bad_alloc(); }, ErrorCode::kOutOfMemory, ""},
      {[] { throw 42; }, ErrorCode::kInternal, "something was thrown that is not a std::exception"},
  };
  for (const Case& row : cases) {
    auto body = [&]() -> Task<int> {
      row.thrower();
      co_return 1;
    };
    auto after_suspension = [&]() -> Task<int> {
      co_await Yield();
      row.thrower();
      co_return 1;
    };
    for (const Result<int>& result : {RunTask(body()), RunTask(after_suspension())}) {
      ASSERT_FALSE(result.Ok());
      EXPECT_EQ(result.Error().Code(), row.code);
      EXPECT_EQ(result.Error().PrivateDetail(), row.private_detail);
    }
  }
}

TEST(Task, DestroysItsLocalsWhenItThrows) {
  auto value = std::make_shared<int>(1);
  auto body = [&]() -> Task<int> {
    const std::shared_ptr<int> held = value;
    co_await Yield();
    throw std::runtime_error("x");
  };
  EXPECT_FALSE(RunTask(body()).Ok());
  EXPECT_EQ(value.use_count(), 1);
}

TEST(Task, AsResultDoesNotThrow) {
  auto fail = []() -> Task<int> { co_return Error(ErrorCode::kOverloaded, "full"); };
  auto nothing = []() -> Task<> { co_return; };
  auto body = [&]() -> Task<int> {
    const Result<int> failed = co_await fail().AsResult();
    const Result<int> good = co_await Ready(5).AsResult();
    const Result<void> empty = co_await nothing().AsResult();
    co_return !failed && failed.Error().Code() == ErrorCode::kOverloaded && empty ? *good : -1;
  };
  EXPECT_EQ(*RunTask(body()), 5);
}

TEST(Task, AsResultIsAnOperationThatNeverFails) {
  auto fail = []() -> Task<int> { co_return Error(ErrorCode::kOverloaded, "full"); };
  Result<Result<int>> result = RunTask(fail().AsResult());
  ASSERT_TRUE(result.Ok());
  EXPECT_EQ(result->Error().Code(), ErrorCode::kOverloaded);
  // As a named operation it gives the same.
  auto body = [&]() -> Task<bool> {
    auto named = fail().AsResult();
    const Result<int> failed = co_await named;
    co_return failed.Ok();
  };
  EXPECT_FALSE(*RunTask(body()));
}

TEST(Task, GivesValuesThatOnlyMove) {
  auto body = []() -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(3); };
  auto outer = [&]() -> Task<int> { co_return *co_await body(); };
  EXPECT_EQ(*RunTask(outer()), 3);
}

TEST(Task, PassesOnAResult) {
  auto body = [](Result<int> result) -> Task<int> { co_return result; };
  EXPECT_EQ(*RunTask(body(4)), 4);
  EXPECT_EQ(RunTask(body(Error(ErrorCode::kInvalid, "x"))).Error().Code(), ErrorCode::kInvalid);
}

TEST(Task, ChildrenSeeTheScopeOfWhoAwaits) {
  ManualClock clock;
  ManualLoop loop(clock);
  Scope scope;
  scope.loop = &loop;
  scope.activity = "classifier";
  auto child = []() -> Task<const Scope*> { co_return &co_await CurrentScope(); };
  auto parent = [&]() -> Task<const Scope*> {
    co_await Yield();
    co_return co_await child();
  };
  EXPECT_EQ(*RunIn(scope, loop, parent()), &scope);
}

TEST(Task, TemporariesOfTheAwaitedExpressionLiveUntilItEnds) {
  auto length = [](const std::string& text) -> Task<std::size_t> {
    co_await Yield();
    co_return text.size();
  };
  auto body = [&]() -> Task<std::size_t> { co_return co_await length(std::string(100, 'x')); };
  EXPECT_EQ(*RunTask(body()), 100U);
}

}  // namespace
}  // namespace tenon
