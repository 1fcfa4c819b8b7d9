// SPDX-License-Identifier: Apache-2.0
#include "tenon/task/stream.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "tenon/task/sleep.hpp"
#include "tenon/task/task.hpp"
#include "tenon/testing/run_task.hpp"

namespace tenon {
namespace {

using testing::RunTask;
using namespace std::chrono_literals;

Stream<int> Count(int n) {
  for (int i = 0; i < n; ++i) co_yield i;
}

Stream<int> CountSlowly(int n) {
  for (int i = 0; i < n; ++i) {
    co_await Sleep(1s);
    co_yield i;
  }
}

template <class T>
Task<std::vector<T>> Collect(Stream<T> stream) {
  std::vector<T> items;
  while (std::optional<T> item = co_await stream.Next()) items.push_back(*std::move(item));
  co_return items;
}

TEST(Stream, GivesItsItemsInOrder) {
  EXPECT_EQ(*RunTask(Collect(Count(3))), (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(*RunTask(Collect(CountSlowly(3))), (std::vector<int>{0, 1, 2}));
  EXPECT_TRUE(RunTask(Collect(Count(0)))->empty());
}

TEST(Stream, GivesNothingAgainAfterTheEnd) {
  auto body = []() -> Task<int> {
    Stream<int> stream = Count(1);
    int items = 0;
    for (int i = 0; i < 4; ++i) items += (co_await stream.Next()).has_value() ? 1 : 0;
    co_return items;
  };
  EXPECT_EQ(*RunTask(body()), 1);
}

TEST(Stream, RunsOnlyWhenAnItemIsAskedFor) {
  int made = 0;
  auto make = [&]() -> Stream<int> {
    for (;;) co_yield ++made;
  };
  auto body = [&]() -> Task<> {
    Stream<int> stream = make();
    EXPECT_EQ(made, 0);
    co_await stream.Next();
    EXPECT_EQ(made, 1);
    co_await stream.Next();
    EXPECT_EQ(made, 2);
  };
  EXPECT_TRUE(RunTask(body()).Ok());
}

TEST(Stream, ReportsWhatItsBodyThrowsOnceAndThenEnds) {
  auto fail = [](bool suspend) -> Stream<int> {
    co_yield 1;
    if (suspend) co_await Sleep(1s);
    throw std::runtime_error("broken");
  };
  for (const bool suspend : {false, true}) {
    auto body = [&]() -> Task<> {
      Stream<int> stream = fail(suspend);
      EXPECT_EQ(*co_await stream.Next(), 1);
      const Result<std::optional<int>> failed = co_await AsResult(stream.Next());
      EXPECT_EQ(failed.Error().PrivateDetail(), "broken");
      EXPECT_FALSE((co_await stream.Next()).has_value());
    };
    EXPECT_TRUE(RunTask(body()).Ok());
  }
}

TEST(Stream, MayBeDestroyedAtAYield) {
  auto value = std::make_shared<int>(1);
  auto make = [](std::shared_ptr<int> held) -> Stream<int> {
    const std::shared_ptr<int> local = held;
    for (;;) {
      co_await Sleep(1s);
      co_yield *local;
    }
  };
  auto body = [&]() -> Task<> {
    Stream<int> stream = make(value);
    co_await stream.Next();
    EXPECT_EQ(value.use_count(), 3);
  };
  EXPECT_TRUE(RunTask(body()).Ok());
  EXPECT_EQ(value.use_count(), 1);
  {
    const Stream<int> never_started = make(value);
  }
  EXPECT_EQ(value.use_count(), 1);
}

TEST(Stream, MovesBetweenItems) {
  auto body = []() -> Task<int> {
    Stream<int> first = Count(5);
    co_await first.Next();
    Stream<int> second = std::move(first);
    co_await second.Next();
    first = std::move(second);
    co_return *co_await first.Next();
  };
  EXPECT_EQ(*RunTask(body()), 2);
}

TEST(Stream, GivesItemsThatOnlyMove) {
  auto make = []() -> Stream<std::unique_ptr<int>> {
    co_yield std::make_unique<int>(1);
    auto named = std::make_unique<int>(2);
    co_yield std::move(named);
  };
  auto sum = [&]() -> Task<int> {
    int total = 0;
    Stream<std::unique_ptr<int>> stream = make();
    while (auto item = co_await stream.Next()) total += **item;
    co_return total;
  };
  EXPECT_EQ(*RunTask(sum()), 3);
}

TEST(Stream, AMillionReadyItemsNeedNoStack) {
  auto sum = []() -> Task<std::int64_t> {
    std::int64_t total = 0;
    Stream<int> stream = Count(1'000'000);
    while (auto item = co_await stream.Next()) total += *item;
    co_return total;
  };
  EXPECT_EQ(*RunTask(sum()), 499'999'500'000);
}

TEST(Stream, ReadsFromAnotherStream) {
  auto twice = [](Stream<int> inner) -> Stream<int> {
    while (auto item = co_await inner.Next()) co_yield 2 * *item;
  };
  EXPECT_EQ(*RunTask(Collect(twice(CountSlowly(3)))), (std::vector<int>{0, 2, 4}));
}

}  // namespace
}  // namespace tenon
