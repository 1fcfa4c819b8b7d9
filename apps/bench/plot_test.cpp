// SPDX-License-Identifier: Apache-2.0
#include "plot.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "html_report.hpp"
#include "result.hpp"

namespace tenon::bench {
namespace {

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Plot, RoundsUpToWhatPeopleCount) {
  for (const auto& [value, expected] :
       {std::pair{0.03, 0.05}, {0.25, 0.25}, {1.0, 1.0}, {2.1, 2.5}, {3.75, 5.0}, {84768.0, 1e5}}) {
    EXPECT_DOUBLE_EQ(RoundUp(value), expected) << value;
  }
}

TEST(Plot, WritesLargeNumbersAsPeopleDo) {
  const std::string svg =
      ToSvg({.title = "rate", .y_unit = "/s", .marks = {}, .lines = {{"", {{0, 0}, {1, 84'768}}}}});
  EXPECT_TRUE(Has(svg, ">100,000 /s<")) << svg;
  EXPECT_TRUE(Has(svg, ">75,000<")) << svg;
  EXPECT_FALSE(Has(svg, "e+")) << svg;
}

TEST(Plot, EscapesItsTextsAndSaysWhenThereIsNothing) {
  const std::string svg = ToSvg({.title = "<a&\"b\">", .y_unit = "", .marks = {}, .lines = {}});
  EXPECT_TRUE(Has(svg, "&lt;a&amp;&quot;b&quot;&gt;")) << svg;
  EXPECT_TRUE(Has(svg, "nothing to show")) << svg;
}

TEST(Plot, TimesStandAtRoundSeconds) {
  RunResult result;
  result.duration_s = 2;
  result.latency.emplace();
  for (int i = 0; i < 20; ++i) {
    result.batches.push_back(
        {.due = 1, .failed = 0, .rate = 10, .p50_ms = 1, .p99_ms = 2, .mean_ms = 1});
  }
  const std::string page = ToHtml(result);
  for (const char* mark : {">0.25 s<", ">1 s<", ">1.75 s<"}) EXPECT_TRUE(Has(page, mark)) << mark;
  EXPECT_FALSE(Has(page, ">0.05 s<"));
}

}  // namespace
}  // namespace tenon::bench
