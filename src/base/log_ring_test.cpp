// SPDX-License-Identifier: Apache-2.0
#include "base/log_ring.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace tenon {
namespace {

bool Put(LogRing& ring, std::string_view text) {
  std::byte* record = ring.Reserve(text.size());
  if (record == nullptr) return false;
  std::memcpy(record, text.data(), text.size());
  ring.Commit(record);
  return true;
}

std::string Take(LogRing& ring) {
  const std::span<const std::byte> record = ring.Front();
  std::string text(reinterpret_cast<const char*>(record.data()), record.size());
  if (!record.empty()) ring.PopFront();
  return text;
}

TEST(LogRing, GivesRecordsInOrder) {
  LogRing ring(4096);
  EXPECT_TRUE(ring.Front().empty());
  EXPECT_TRUE(Put(ring, "one"));
  EXPECT_TRUE(Put(ring, "two"));
  EXPECT_EQ(Take(ring), "one");
  EXPECT_EQ(Take(ring), "two");
  EXPECT_TRUE(ring.Front().empty());
}

TEST(LogRing, WaitsForARecordThatIsNotCommitted) {
  LogRing ring(4096);
  std::byte* first = ring.Reserve(1);
  ASSERT_NE(first, nullptr);
  EXPECT_TRUE(Put(ring, "two"));
  EXPECT_TRUE(ring.Front().empty());
  *first = std::byte{'1'};
  ring.Commit(first);
  EXPECT_EQ(Take(ring), "1");
  EXPECT_EQ(Take(ring), "two");
}

TEST(LogRing, RefusesWhatDoesNotFitAndTakesItLater) {
  LogRing ring(4096);
  const std::string text(1000, 'x');
  int fitted = 0;
  while (Put(ring, text)) ++fitted;
  EXPECT_EQ(fitted, 4);
  EXPECT_EQ(Take(ring), text);
  EXPECT_TRUE(Put(ring, text));
  EXPECT_FALSE(Put(ring, text));
  EXPECT_EQ(ring.Reserve(3000), nullptr) << "more than half of it never fits";
}

TEST(LogRing, SurvivesItsEdgeWithEveryLength) {
  LogRing ring(4096);
  std::mt19937 random(3);
  std::vector<std::string> inside;
  for (int step = 0; step < 50'000; ++step) {
    std::string text(1 + random() % 700, static_cast<char>('a' + random() % 26));
    if (random() % 2 == 0 && Put(ring, text)) {
      inside.push_back(std::move(text));
    } else if (!inside.empty()) {
      ASSERT_EQ(Take(ring), inside.front());
      inside.erase(inside.begin());
    }
  }
}

TEST(LogRing, LosesNothingThatItTookFromFourThreads) {
  constexpr int kThreads = 4;
  constexpr std::uint32_t kRecords = 5'000;
  LogRing ring(8192);
  std::vector<std::thread> threads;
  for (std::uint32_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&ring, t] {
      for (std::uint32_t i = 0; i < kRecords; ++i) {
        const std::array<std::uint32_t, 2> content{t, i};
        std::byte* record = nullptr;
        while ((record = ring.Reserve(sizeof content + i % 50)) == nullptr) {
          std::this_thread::yield();
        }
        std::memcpy(record, content.data(), sizeof content);
        ring.Commit(record);
      }
    });
  }
  std::array<std::uint32_t, kThreads> next{};
  for (std::uint32_t taken = 0; taken < kThreads * kRecords;) {
    const std::span<const std::byte> record = ring.Front();
    if (record.empty()) {
      std::this_thread::yield();
      continue;
    }
    std::array<std::uint32_t, 2> content{};
    ASSERT_GE(record.size(), sizeof content);
    std::memcpy(content.data(), record.data(), sizeof content);
    ASSERT_LT(content[0], next.size());
    EXPECT_EQ(content[1], next[content[0]]++) << "records of one thread keep their order";
    ring.PopFront();
    ++taken;
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ring.Begin(), ring.End());
}

}  // namespace
}  // namespace tenon
