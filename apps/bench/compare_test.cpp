// SPDX-License-Identifier: Apache-2.0
#include "compare.hpp"

#include <gtest/gtest.h>

#include "random.hpp"

namespace tenon::bench {
namespace {

std::vector<double> Noisy(double mean, double share, std::uint64_t seed) {
  std::vector<double> values(20);
  for (double& value : values) value = mean * (1 + share * (UniformBelowOne(seed) - 0.5));
  return values;
}

TEST(CompareBatches, SeesADifferenceBeyondTheNoise) {
  const auto ratio = CompareBatches(Noisy(100, 0.2, 1), Noisy(110, 0.2, 2));
  ASSERT_TRUE(ratio);
  EXPECT_TRUE(ratio->IsClear());
  EXPECT_LT(ratio->low, 1.1);
  EXPECT_GT(ratio->high, 1.1);
}

TEST(CompareBatches, TheIntervalHoldsTheTruthInAboutNineteenOfTwenty) {
  int misses = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    const auto ratio = CompareBatches(Noisy(100, 0.5, seed), Noisy(100, 0.5, seed + 1'000));
    ASSERT_TRUE(ratio);
    misses += ratio->IsClear() ? 1 : 0;
  }
  EXPECT_LE(misses, 36);  // 9 %: 20 expected, and chance.
  EXPECT_GE(misses, 6);
}

TEST(CompareBatches, SaysNothingOnTooLittle) {
  const std::vector<double> few = {1, 2, 3, 4};
  EXPECT_FALSE(CompareBatches(few, Noisy(1, 0, 1)));
  EXPECT_FALSE(CompareBatches(std::vector<double>(20), Noisy(1, 0, 1)));
}

TEST(RunResult, ComesBackFromItsJson) {
  RunResult result;
  result.url = "http://h:1/";
  result.loop = "open";
  result.wanted_rate = 5;
  result.latency = Percentiles{.p50_ms = 1,
                               .p90_ms = 2,
                               .p99_ms = {},
                               .p99_9_ms = {},
                               .p99_99_ms = {},
                               .max_ms = 3,
                               .mean_ms = 1.5};
  result.batches.resize(20);
  result.errors.push_back({"timeout", 4});
  const auto read = ReadResult(ToJson(result));
  ASSERT_TRUE(read) << read.Error().Detail();
  EXPECT_EQ(ToJson(*read), ToJson(result));
  EXPECT_EQ(read->latency->p99_ms, std::nullopt);
  EXPECT_FALSE(ReadResult("{}"));
}

}  // namespace
}  // namespace tenon::bench
