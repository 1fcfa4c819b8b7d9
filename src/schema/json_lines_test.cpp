// SPDX-License-Identifier: Apache-2.0
#include "schema/json_lines.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace tenon::schema {
namespace {

TEST(JoinJsonLines, MakesOneArray) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"1", "[1]"},
      {"[1,2]\n[3,4]\n", "[[1,2],[3,4]]"},
      {"{\"a\":1}\r\n\r\n\"b\"\r\n", "[{\"a\":1},\"b\"]"},
      {"\n\n  null  \n", "[null]"},
  };
  for (const auto& [text, array] : cases) EXPECT_EQ(JoinJsonLines(text).Value(), array) << text;
}

TEST(JoinJsonLines, SaysWhichLineIsNotOneDocument) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "no line of JSON"},
      {" \n\t\r\n", "no line of JSON"},
      {"1\n2 3", "Line 2"},
      {"[1\n,2]", "Line 1"},
      {"1\n\n],[", "Line 3"},
      {"1\n1],[2", "Line 2"},
      {"{\"a\":1}\n{\"a\":", "Line 2"},
      {"\xff", "Line 1"},
  };
  for (const auto& [text, said] : cases) {
    const Result<std::string> array = JoinJsonLines(text);
    ASSERT_FALSE(array) << text;
    EXPECT_EQ(array.Error().Code(), ErrorCode::kMalformed);
    EXPECT_NE(array.Error().Detail().find(said), std::string::npos) << array.Error().Detail();
  }
}

}  // namespace
}  // namespace tenon::schema
