// SPDX-License-Identifier: Apache-2.0
#include "aws/times.hpp"

#include <gtest/gtest.h>

#include "aws/xml.hpp"

namespace tenon::aws {
namespace {

TEST(Times, AreReadInEveryWayThatAwsWritesThem) {
  const WallTime expected{std::chrono::seconds(1764035272)};
  for (const char* text :
       {"2025-11-25T01:47:52Z", "2025-11-25T01:47:52.123Z", "2025-11-25T01:47:52UTC",
        "2025-11-25T02:47:52+01:00", "2025-11-24T20:17:52-0530"}) {
    EXPECT_EQ(ParseTime(text), expected) << text;
  }
  for (const char* text : {"", "soon", "2025-11-25", "2025-11-25T01:47:52", "2025-11-25T01:47:52.",
                           "2025-11-25T01:47:52+1", "2025-11-25T01:47:52X"}) {
    EXPECT_EQ(ParseTime(text), std::nullopt) << text;
  }
  EXPECT_EQ(CompactTime(expected), "20251125T014752Z");
  EXPECT_EQ(ReadableTime(expected), "2025-11-25 01:47:52");
}

TEST(Xml, GivesTheTextOfTheFirstElement) {
  EXPECT_EQ(XmlText("<a><Code x=\"1\">A&amp;&lt;</Code><Code>B</Code></a>", "Code"), "A&<");
  EXPECT_EQ(XmlText("<Codes>x</Codes>", "Code"), std::nullopt);
  EXPECT_EQ(XmlText("<Code>never closed", "Code"), std::nullopt);
  EXPECT_EQ(XmlText("<Code", "Code"), std::nullopt);
  EXPECT_EQ(XmlEscaped("\"a<b&"), "&quot;a&lt;b&amp;");
}

}  // namespace
}  // namespace tenon::aws
