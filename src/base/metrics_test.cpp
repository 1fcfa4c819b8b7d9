// SPDX-License-Identifier: Apache-2.0
#include "tenon/base/metrics.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <limits>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tenon/base/error.hpp"

namespace tenon {
namespace {

using namespace std::chrono_literals;

std::string Text(const MetricsRegistry& metrics) {
  std::string text;
  metrics.WritePrometheus(text);
  return text;
}

TEST(Metrics, WriteACounter) {
  MetricsRegistry metrics(1);
  const Counter counter = metrics.AddCounter("requests_total", "Requests answered.");
  counter.Add();
  counter.Add(4);
  EXPECT_EQ(Text(metrics),
            "# HELP requests_total Requests answered.\n"
            "# TYPE requests_total counter\n"
            "requests_total 5\n");
}

TEST(Metrics, WriteAFamilyOnceWithAllItsLabels) {
  MetricsRegistry metrics(1);
  const Counter a = metrics.AddCounter("requests_total", "R.", {{"model", "a"}, {"code", "200"}});
  const Counter other = metrics.AddCounter("other_total", "O.");
  const Counter b = metrics.AddCounter("requests_total", "R.", {{"model", "b"}, {"code", "200"}});
  a.Add(1);
  b.Add(2);
  other.Add(3);
  EXPECT_EQ(Text(metrics),
            "# HELP requests_total R.\n"
            "# TYPE requests_total counter\n"
            "requests_total{model=\"a\",code=\"200\"} 1\n"
            "requests_total{model=\"b\",code=\"200\"} 2\n"
            "# HELP other_total O.\n"
            "# TYPE other_total counter\n"
            "other_total 3\n");
}

TEST(Metrics, GiveTheSameMetricForTheSameNameAndLabels) {
  MetricsRegistry metrics(1);
  metrics.AddCounter("x_total", "X.", {{"a", "1"}}).Add();
  metrics.AddCounter("x_total", "X.", {{"a", "1"}}).Add();
  EXPECT_NE(Text(metrics).find("x_total{a=\"1\"} 2\n"), std::string::npos);
}

TEST(Metrics, EscapeHelpAndLabels) {
  MetricsRegistry metrics(1);
  metrics.AddCounter("x_total", "a\\b\n\"c\"", {{"l", "a\\b\n\"c\""}});
  EXPECT_EQ(Text(metrics),
            "# HELP x_total a\\\\b\\n\"c\"\n"
            "# TYPE x_total counter\n"
            "x_total{l=\"a\\\\b\\n\\\"c\\\"\"} 0\n");
}

TEST(Metrics, WriteGauges) {
  MetricsRegistry metrics(1);
  const Gauge added = metrics.AddGauge("added", "A.");
  const Gauge set = metrics.AddGauge("set", "S.");
  double asked = 1.5;
  metrics.AddGauge("asked", "Q.", {{"pool", "x"}}, [&] { return asked; });
  added.Add(3);
  added.Add(-5);
  set.Set(7);
  set.Set(0.25);
  asked = std::numeric_limits<double>::infinity();
  const std::string text = Text(metrics);
  EXPECT_NE(text.find("# TYPE added gauge\nadded -2\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\nset 0.25\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\nasked{pool=\"x\"} +Inf\n"), std::string::npos) << text;
}

TEST(Metrics, WriteAHistogramCumulatively) {
  MetricsRegistry metrics(1);
  constexpr std::array<double, 3> kBounds{0.1, 1, 10};
  const Histogram histogram = metrics.AddHistogram("time", "T.", kBounds, {{"m", "a"}});
  for (double value : {0.05, 0.1, 0.5, 2.0, 100.0}) histogram.Record(value);
  histogram.Record(Duration(500ms));
  EXPECT_EQ(Text(metrics),
            "# HELP time T.\n"
            "# TYPE time histogram\n"
            "time_bucket{m=\"a\",le=\"0.1\"} 2\n"
            "time_bucket{m=\"a\",le=\"1\"} 4\n"
            "time_bucket{m=\"a\",le=\"10\"} 5\n"
            "time_bucket{m=\"a\",le=\"+Inf\"} 6\n"
            "time_sum{m=\"a\"} 103.15\n"
            "time_count{m=\"a\"} 6\n");
}

TEST(Metrics, LatencyBoundsAreAccepted) {
  MetricsRegistry metrics(1);
  metrics.AddHistogram("time", "T.", LatencyBounds()).Record(Duration(1ms));
  EXPECT_NE(Text(metrics).find("time_bucket{le=\"0.001\"} 1\n"), std::string::npos);
}

TEST(Metrics, WithoutARegistryRecordNothing) {
  const Counter counter;
  const Gauge gauge;
  const Histogram histogram;
  counter.Add();
  gauge.Add(1);
  gauge.Set(1);
  histogram.Record(1.0);
}

TEST(Metrics, RefuseWhatPrometheusWouldRefuse) {
  MetricsRegistry metrics(1);
  metrics.AddCounter("taken_total", "T.");
  constexpr std::array<double, 2> kFalling{1, 1};
  constexpr std::array<double, 1> kBounds{1};
  metrics.AddHistogram("taken_time", "T.", kBounds);
  EXPECT_THROW(metrics.AddCounter("", "x"), Error);
  EXPECT_THROW(metrics.AddCounter("1x", "x"), Error);
  EXPECT_THROW(metrics.AddCounter("a-b", "x"), Error);
  EXPECT_THROW(metrics.AddCounter("x", "x", {{"le", "1"}}), Error);
  EXPECT_THROW(metrics.AddCounter("x", "x", {{"__a", "1"}}), Error);
  EXPECT_THROW(metrics.AddCounter("x", "x", {{"a:b", "1"}}), Error);
  EXPECT_THROW(metrics.AddGauge("taken_total", "x"), Error);
  EXPECT_THROW(metrics.AddHistogram("falling", "x", kFalling), Error);
  EXPECT_THROW(metrics.AddHistogram("taken_time", "x", LatencyBounds()), Error);
}

TEST(Metrics, LoseNothingBetweenThreadsWithAndWithoutSlots) {
  constexpr int kTimes = 20'000;
  MetricsRegistry metrics(2);
  const Counter counter = metrics.AddCounter("x_total", "X.");
  const Gauge gauge = metrics.AddGauge("g", "G.");
  constexpr std::array<double, 1> kBounds{1};
  const Histogram histogram = metrics.AddHistogram("h", "H.", kBounds);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      // Three ask for one of two slots; one does not ask.
      std::optional<MetricsRegistry::ThreadSlot> slot;
      if (t > 0) slot.emplace(metrics);
      for (int i = 0; i < kTimes; ++i) {
        counter.Add();
        gauge.Add(i % 2 == 0 ? 1 : -1);
        histogram.Record(1.0);
      }
    });
  }
  const std::string meanwhile = Text(metrics);
  EXPECT_FALSE(meanwhile.empty());
  for (std::thread& thread : threads) thread.join();
  const std::string text = Text(metrics);
  EXPECT_NE(text.find("x_total 80000\n"), std::string::npos) << text;
  EXPECT_NE(text.find("g 0\n"), std::string::npos) << text;
  EXPECT_NE(text.find("h_count 80000\n"), std::string::npos) << text;
  EXPECT_NE(text.find("h_sum 80000\n"), std::string::npos) << text;
}

TEST(Metrics, AFreedSlotGoesOnWhereItsLastThreadEnded) {
  MetricsRegistry metrics(1);
  const Counter counter = metrics.AddCounter("x_total", "X.");
  for (int i = 0; i < 3; ++i) {
    std::thread([&] {
      const MetricsRegistry::ThreadSlot slot(metrics);
      EXPECT_EQ(detail::this_metric_thread.registry, &metrics);
      counter.Add();
    }).join();
  }
  EXPECT_NE(Text(metrics).find("x_total 3\n"), std::string::npos);
}

TEST(Metrics, OfTwoRegistriesDoNotMix) {
  MetricsRegistry one(1);
  MetricsRegistry two(1);
  const Counter first = one.AddCounter("x_total", "X.");
  const Counter second = two.AddCounter("x_total", "X.");
  const MetricsRegistry::ThreadSlot slot(one);
  first.Add(1);
  second.Add(2);
  {
    const MetricsRegistry::ThreadSlot inner(two);
    first.Add(10);
    second.Add(20);
  }
  first.Add(100);
  EXPECT_NE(Text(one).find("x_total 111\n"), std::string::npos);
  EXPECT_NE(Text(two).find("x_total 22\n"), std::string::npos);
}

}  // namespace
}  // namespace tenon
