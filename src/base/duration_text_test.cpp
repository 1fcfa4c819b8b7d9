// SPDX-License-Identifier: Apache-2.0
#include "tenon/base/duration_text.hpp"

#include <gtest/gtest.h>

namespace tenon {
namespace {

TEST(DurationText, KnowsItsUnits) {
  struct Case {
    std::string_view text;
    long double seconds;
  };
  const Case cases[] = {
      {"250ms", 0.25L},      {"5s", 5},       {"2m", 120},   {"1.5h", 5400},
      {"500us", 500 / 1e6L}, {"10ns", 1e-8L}, {"2.5", 2.5L}, {"0", 0},
      {"-3s", -3},           {"1e3ms", 1},    {".5s", 0.5L}, {"1e300h", 1e300L * 3600},
  };
  for (const Case& test : cases) {
    const auto seconds = ParseSeconds(test.text);
    ASSERT_TRUE(seconds) << test.text;
    EXPECT_EQ(*seconds, test.seconds) << test.text;
  }
}

TEST(DurationText, RefusesEverythingElse) {
  for (const std::string_view text :
       {"", "s", "5 s", " 5s", "5s ", "5d", "5S", "5min", "1h30m", "nan", "inf", "-inf", "infs",
        "0x10", "+5s", "1e99999", "5ss", "1,5s"}) {
    EXPECT_FALSE(ParseSeconds(text)) << text;
  }
}

}  // namespace
}  // namespace tenon
