// SPDX-License-Identifier: Apache-2.0
#include "metrics_text.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace tenon::tune {
namespace {

using Labels = std::map<std::string, std::string>;

TEST(ParseMetrics, ReadsNamesLabelsAndValues) {
  const auto samples = ParseMetrics(
      "# HELP up What it is.\n# TYPE up gauge\nup 1\n\n"
      "a{x=\"1\",y=\"b\\\"c\\\\d\\ne}\"} 2.5e-05\nb{} +Inf 1700000000\nc NaN");
  ASSERT_TRUE(samples) << samples.Error().Detail();
  ASSERT_EQ(samples->size(), 4U);
  EXPECT_EQ((*samples)[0].name, "up");
  EXPECT_EQ((*samples)[0].value, 1);
  EXPECT_EQ((*samples)[1].labels, (Labels{{"x", "1"}, {"y", "b\"c\\d\ne}"}}));
  EXPECT_EQ((*samples)[1].value, 2.5e-05);
  EXPECT_EQ((*samples)[2].value, HUGE_VAL);
  EXPECT_TRUE(std::isnan((*samples)[3].value));
}

TEST(ParseMetrics, NamesTheLineThatIsNone) {
  for (const char* line : {"<html>", "a", "a b", "a{ 1", "a{x=\"1} 2", "a{x=\"1\"", "{x=\"1\"} 2",
                           "a{x=\"1\"}2", "a{x=\"1\"} "}) {
    const auto samples = ParseMetrics("up 1\n" + std::string(line));
    ASSERT_FALSE(samples) << line;
    EXPECT_NE(samples.Error().Detail().find("line 2"), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace tenon::tune
