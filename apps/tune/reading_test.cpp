// SPDX-License-Identifier: Apache-2.0
#include "reading.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "report.hpp"

namespace tenon::tune {
namespace {

// Two functions of one deployment, as a server writes them.
std::string Metrics(int runs) {
  std::string text =
      "tenon_deployment_batch_decisions_total{application=\"a\",deployment=\"d\"} 3\n"
      "tenon_deployment_batch_waiting{application=\"a\",deployment=\"d\"} 5\n"
      "tenon_deployment_replicas{application=\"a\",deployment=\"d\"} 1\n";
  const auto add = [&text](const std::string& what, const std::string& labels, double value) {
    text += "tenon_deployment_batch_" + what + "{application=\"a\",deployment=\"d\",batch=\"" +
            labels + "} " + std::to_string(value) + "\n";
  };
  add("limit", "1\"", 8);
  add("limit", "0\"", 32);
  add("closed_total", "0\",cause=\"full\"", 3.0 * runs / 4);
  add("closed_total", "0\",cause=\"free_permit\"", runs / 4.0);
  add("item_cost_seconds", "0\",size=\"32\"", 1e-5);
  add("item_cost_seconds", "0\",size=\"1\"", 1e-4);
  add("item_cost_seconds", "0\",size=\"48\"", 1.2e-5);
  for (const char* kind : {"wait", "run"}) {
    const double count = kind[0] == 'w' ? 10.0 * runs : runs;
    add(std::string(kind) + "_seconds_bucket", "0\",le=\"0.001\"", count / 2);
    add(std::string(kind) + "_seconds_bucket", "0\",le=\"+Inf\"", count);
    add(std::string(kind) + "_seconds_sum", "0\"", count * 0.002);
    add(std::string(kind) + "_seconds_count", "0\"", count);
  }
  add("wasted_wait_seconds_total", "0\"", runs * 0.001);
  return text;
}

std::vector<BatchFunction> Read(int runs) {
  return ReadFunctions(ParseMetrics(Metrics(runs)).Value());
}

TEST(ReadFunctions, TakesEachFunctionWithItsOwnAndItsDeploymentsFigures) {
  const std::vector<BatchFunction> functions = Read(100);
  ASSERT_EQ(functions.size(), 2U);
  const BatchFunction& first = functions[0];
  EXPECT_EQ(first.deployment, "d");
  EXPECT_EQ(first.place, "0");
  EXPECT_EQ(first.limit, 32);
  EXPECT_EQ(first.decisions, 3);
  EXPECT_EQ(first.waiting, 5);
  ASSERT_EQ(first.curve.size(), 3U);
  EXPECT_EQ(first.curve[1].size, 32);
  EXPECT_EQ(first.closed[0], 75);
  EXPECT_EQ(first.runs.Count(), 100);
  EXPECT_EQ(first.ItemsInARun(), 10);
  EXPECT_EQ(first.runs.Bound(0.5), 0.001);
  EXPECT_TRUE(std::isinf(first.runs.Bound(0.99)));
  EXPECT_EQ(functions[1].limit, 8);
  EXPECT_EQ(functions[1].runs.Count(), 0);
}

TEST(Since, CountsWhatHappenedInBetween) {
  const std::vector<BatchFunction> functions = Since(Read(100), Read(140));
  EXPECT_EQ(functions[0].runs.Count(), 40);
  EXPECT_EQ(functions[0].closed[0], 30);
  EXPECT_NEAR(functions[0].wasted_wait_s, 0.04, 1e-9);
  EXPECT_EQ(functions[0].limit, 32);
  // It began anew.
  EXPECT_EQ(Since(Read(140), Read(100))[0].runs.Count(), 100);
}

TEST(Report, SaysTheSizeTheGainAndTheReasons) {
  const std::string text = ToText(Read(100));
  for (const char* part :
       {"d of a, batched function 0\n", "At most 32 items in a run", "100 runs of 10 items each",
        "       32      10 µs  ████  ← at most\n", "An item costs 10 times less in a run of 32",
        "75.0 %  full", "25.0 %  the model was free", "batches waited 100 ms for company",
        "≤ 1 ms        50  ████", "Nothing is learned yet"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\nin\n" << text;
  }
}

TEST(Report, WritesTimesShortly) {
  EXPECT_EQ(TimeText(2), "2 s");
  EXPECT_EQ(TimeText(0.0123456), "12.3 ms");
  EXPECT_EQ(TimeText(84e-6), "84 µs");
  EXPECT_EQ(TimeText(5e-9), "5 ns");
  EXPECT_EQ(TimeText(HUGE_VAL), "more");
}

}  // namespace
}  // namespace tenon::tune
