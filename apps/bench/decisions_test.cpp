// SPDX-License-Identifier: Apache-2.0
// The search for the capacity, the verdict on the generator, and what they judge by.
#include <gtest/gtest.h>

#include "capacity.hpp"
#include "find_capacity.hpp"
#include "verdict.hpp"

namespace tenon::bench {
namespace {

TEST(CapacitySearch, FindsTheEdgeFromEitherSide) {
  for (const double first : {1.0, 100.0, 5'000.0, 80'000.0}) {
    CapacitySearch search(first);
    int trials = 0;
    while (const auto rate = search.Next()) {
      search.Report(*rate <= 3'210);
      ASSERT_LT(++trials, 40);
    }
    ASSERT_TRUE(search.Best());
    EXPECT_LE(*search.Best(), 3'210);
    EXPECT_GE(*search.Best(), 3'210 / 1.05);
  }
}

TEST(CapacitySearch, EndsWhereNothingHoldsAndWhereEverythingDoes) {
  for (const bool holds : {false, true}) {
    CapacitySearch search(100);
    int trials = 0;
    while (search.Next()) {
      search.Report(holds);
      ASSERT_LT(++trials, 40);
    }
    EXPECT_EQ(search.Best().has_value(), holds);
  }
}

TEST(Slo, IsAPercentileAndATime) {
  const auto slo = ParseSlo("p99.9=50ms");
  ASSERT_TRUE(slo);
  EXPECT_DOUBLE_EQ(slo->percent, 99.9);
  EXPECT_DOUBLE_EQ(slo->bound_ms, 50);
  for (const char* wrong :
       {"", "p99", "99=50ms", "p=50ms", "p100=1s", "p99=", "p99=-1s", "p99=0s"}) {
    EXPECT_FALSE(ParseSlo(wrong)) << wrong;
  }
}

TEST(Verdict, SaysWhenTheGeneratorMeasuredItself) {
  struct Case {
    GeneratorLoad load;
    bool is_bottleneck;
  };
  const Case cases[] = {
      {{.is_open_loop = true, .cores = 1, .lag_p99_ms = 0.9, .latency_p99_ms = 1}, false},
      {{.is_open_loop = true, .cores = 0.1, .lag_p99_ms = 1.1, .latency_p99_ms = 2}, true},
      {{.is_open_loop = true, .cores = 0.1, .lag_p99_ms = 1.1, .latency_p99_ms = 20}, false},
      {{.is_open_loop = true, .cores = 0.1, .lag_p99_ms = 1.1, .latency_p99_ms = {}}, true},
      {{.is_open_loop = false, .cores = 0.9, .lag_p99_ms = 0, .latency_p99_ms = 1}, false},
      {{.is_open_loop = false, .cores = 0.96, .lag_p99_ms = 0, .latency_p99_ms = 1}, true},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(!WhyBottleneck(one.load).empty(), one.is_bottleneck)
        << one.load.cores << " " << one.load.lag_p99_ms;
  }
}

TEST(Judge, ATrialHoldsWhenEnoughCameBackInTime) {
  const Slo slo{.percent = 99, .bound_ms = 50};
  RunResult result;
  result.wanted_rate = 100;
  result.duration_s = 10;
  result.requests = 1'000;
  result.rate = 99;
  EXPECT_TRUE(Judge(result, slo, 50).held);
  EXPECT_FALSE(Judge(result, slo, 50.1).held);
  EXPECT_FALSE(Judge(result, slo, std::nullopt).held);
  result.rate = 90;
  EXPECT_FALSE(Judge(result, slo, 10).held);
  result.rate = 99;
  result.generator.was_bottleneck = true;
  EXPECT_FALSE(Judge(result, slo, 10).held);
}

}  // namespace
}  // namespace tenon::bench
