// SPDX-License-Identifier: Apache-2.0
#include "task/timer_heap.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <vector>

namespace tenon {
namespace {

struct TestTimer final : Timer {
  explicit TestTimer(int number = 0) : id(number) {}
  void OnTime() noexcept override {}
  int id;
};

TimePoint At(std::int64_t seconds) { return TimePoint(std::chrono::seconds(seconds)); }

std::vector<int> PopAll(TimerHeap& heap, TimePoint now) {
  std::vector<int> ids;
  while (Timer* timer = heap.PopDue(now)) ids.push_back(static_cast<TestTimer*>(timer)->id);
  return ids;
}

TEST(TimerHeap, GivesTimersInTheOrderOfTheirTimes) {
  TimerHeap heap;
  TestTimer a(1), b(2), c(3);
  heap.Set(a, At(30));
  heap.Set(b, At(10));
  heap.Set(c, At(20));
  EXPECT_EQ(heap.NextTime(), At(10));
  EXPECT_EQ(PopAll(heap, At(30)), (std::vector<int>{2, 3, 1}));
  EXPECT_EQ(heap.NextTime(), TimePoint::max());
}

TEST(TimerHeap, KeepsWhatIsNotDue) {
  TimerHeap heap;
  TestTimer a(1), b(2);
  heap.Set(a, At(10));
  heap.Set(b, At(20));
  EXPECT_EQ(PopAll(heap, At(19)), (std::vector<int>{1}));
  EXPECT_FALSE(a.IsArmed());
  EXPECT_TRUE(b.IsArmed());
}

TEST(TimerHeap, MovesATimerThatIsSetAgain) {
  TimerHeap heap;
  TestTimer a(1), b(2);
  heap.Set(a, At(10));
  heap.Set(b, At(20));
  heap.Set(a, At(30));
  EXPECT_EQ(heap.Size(), 2U);
  EXPECT_EQ(PopAll(heap, At(30)), (std::vector<int>{2, 1}));
}

TEST(TimerHeap, RemovingWhatIsNotArmedDoesNothing) {
  TimerHeap heap;
  TestTimer a;
  heap.Remove(a);
  heap.Set(a, At(1));
  heap.Remove(a);
  heap.Remove(a);
  EXPECT_EQ(heap.Size(), 0U);
}

TEST(TimerHeap, ATimerLeavesWhenItIsDestroyed) {
  TimerHeap heap;
  TestTimer a(1);
  heap.Set(a, At(20));
  {
    TestTimer b(2);
    heap.Set(b, At(10));
  }
  EXPECT_EQ(PopAll(heap, At(30)), (std::vector<int>{1}));
}

TEST(TimerHeap, ATimerMayOutliveIt) {
  TestTimer a;
  {
    TimerHeap heap;
    heap.Set(a, At(1));
  }
  EXPECT_FALSE(a.IsArmed());
  TimerHeap other;
  other.Set(a, At(2));
  EXPECT_EQ(other.NextTime(), At(2));
}

TEST(TimerHeap, AgreesWithASortedListUnderRandomUse) {
  std::mt19937 random(7);
  TimerHeap heap;
  std::deque<TestTimer> timers;
  for (int i = 0; i < 200; ++i) timers.emplace_back(i);
  std::vector<std::int64_t> times(timers.size(), -1);  // -1: not armed.
  std::int64_t now = 0;
  for (int step = 0; step < 20'000; ++step) {
    const std::size_t i = random() % timers.size();
    switch (random() % 4) {
      case 0:
      case 1:
        times[i] = now + 1 + static_cast<std::int64_t>(random() % 50);
        heap.Set(timers[i], At(times[i]));
        break;
      case 2:
        times[i] = -1;
        heap.Remove(timers[i]);
        break;
      default: {
        now += static_cast<std::int64_t>(random() % 3);
        std::int64_t last = 0;
        while (Timer* timer = heap.PopDue(At(now))) {
          std::int64_t& time = times[static_cast<std::size_t>(static_cast<TestTimer*>(timer)->id)];
          ASSERT_GE(time, last);
          ASSERT_LE(time, now);
          last = time;
          time = -1;
        }
        ASSERT_TRUE(std::ranges::all_of(times, [&](std::int64_t t) { return t < 0 || t > now; }));
      }
    }
    ASSERT_EQ(heap.Size(), static_cast<std::size_t>(std::ranges::count_if(
                               times, [](std::int64_t t) { return t >= 0; })));
  }
}

}  // namespace
}  // namespace tenon
