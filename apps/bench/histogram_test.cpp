// SPDX-License-Identifier: Apache-2.0
#include "histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "random.hpp"

namespace tenon::bench {
namespace {

TEST(Histogram, KnowsEveryMagnitudeToThreeDigits) {
  for (std::int64_t value = 1; value < std::int64_t{1} << 52; value = value * 7 / 3 + 1) {
    Histogram histogram;
    histogram.Add(value);
    histogram.Add(std::int64_t{1} << 53);  // So that the largest does not cap it.
    const auto found = histogram.Percentile(50);
    ASSERT_TRUE(found);
    EXPECT_NEAR(*found, static_cast<double>(value), static_cast<double>(value) / 2'000 + 0.5)
        << value;
  }
}

TEST(Histogram, PercentilesAreThoseOfTheSortedValues) {
  Histogram histogram;
  std::vector<double> values;
  std::uint64_t state = 3;
  for (int i = 0; i < 50'000; ++i) {
    values.push_back(std::floor(1e5 * std::exp(6 * UniformBelowOne(state))));
    histogram.Add(static_cast<std::int64_t>(values.back()));
  }
  std::sort(values.begin(), values.end());
  for (const double percent : {0.0, 1.0, 50.0, 90.0, 99.0, 99.9, 99.99, 100.0}) {
    const double rank = std::max(1.0, std::ceil(percent / 100 * 50'000));
    const double truth = values[static_cast<std::size_t>(rank) - 1];
    EXPECT_NEAR(*histogram.Percentile(percent), truth, truth * 0.001) << percent;
  }
  EXPECT_EQ(static_cast<double>(histogram.Largest()), values.back());
}

TEST(Histogram, FailedRequestsAreSlowerThanAny) {
  Histogram histogram;
  for (int i = 1; i <= 98; ++i) histogram.Add(i);
  EXPECT_EQ(histogram.Percentile(98, 2), 98.0);
  EXPECT_EQ(histogram.Percentile(99, 2), std::nullopt);
  EXPECT_EQ(histogram.Percentile(99), 98.0);
  EXPECT_EQ(Histogram().Percentile(50), std::nullopt);
}

TEST(Histogram, AddsAnother) {
  Histogram few;
  few.Add(10);
  few.Add(-5);  // Counts as zero.
  Histogram many;
  many.Add(1'000'000);
  few.Add(many);
  EXPECT_EQ(few.Count(), 3U);
  EXPECT_EQ(few.Largest(), 1'000'000);
  EXPECT_EQ(few.Percentile(1), 0.0);
  EXPECT_NEAR(few.Mean(), 333'336.67, 0.01);
}

}  // namespace
}  // namespace tenon::bench
