// SPDX-License-Identifier: Apache-2.0
#include "tenon/app/command_line.hpp"

#include <gtest/gtest.h>

namespace tenon::app {
namespace {

constexpr Flag kFlags[] = {{"--port", "PORT", "port to listen on"},
                           {"--host", "HOST", "address"},
                           {"--quiet", "", "say less"}};

using Words = std::vector<const char*>;

TEST(CommandLine, ReadsFlagsInBothFormsAndKeepsTheOrderOfWords) {
  const Words words = {"hello:handle", "--port", "9000", "k=5", "--host=::1", "--quiet", "j=a=b"};
  const auto line = ParseCommandLine(kFlags, words);
  ASSERT_TRUE(line) << line.Error().what();
  EXPECT_EQ(line->words, (std::vector<std::string_view>{"hello:handle", "k=5", "j=a=b"}));
  EXPECT_EQ(line->Value("--port"), "9000");
  EXPECT_EQ(line->Value("--host"), "::1");
  EXPECT_EQ(line->Value("--quiet"), "");
  EXPECT_EQ(line->Value("--name"), std::nullopt);
  EXPECT_FALSE(line->wants_help);
}

TEST(CommandLine, TakesTheLastOfTwoValues) {
  const Words words = {"--port", "1", "--port=2"};
  EXPECT_EQ(ParseCommandLine(kFlags, words)->Value("--port"), "2");
}

TEST(CommandLine, TakesEverythingAfterTwoDashesAsWords) {
  const Words words = {"--", "--port", "--help"};
  const auto line = ParseCommandLine(kFlags, words);
  ASSERT_TRUE(line);
  EXPECT_EQ(line->words, (std::vector<std::string_view>{"--port", "--help"}));
  EXPECT_FALSE(line->wants_help);
}

TEST(CommandLine, KnowsHelpBesideOtherWords) {
  for (const char* flag : {"--help", "-h"}) {
    const Words words = {"x", flag};
    EXPECT_TRUE(ParseCommandLine(kFlags, words)->wants_help) << flag;
  }
}

TEST(CommandLine, RefusesWithTheReason) {
  struct Case {
    Words words;
    const char* detail;
  };
  const Case cases[] = {
      {{"--prot", "1"}, "There is no flag '--prot'. Did you mean '--port'?"},
      {{"--por=1"}, "There is no flag '--por'. Did you mean '--port'?"},
      {{"--zzzzzz"}, "There is no flag '--zzzzzz'."},
      {{"-x"}, "There is no flag '-x'."},
      {{"--port"}, "'--port' needs a value: --port PORT."},
      {{"--quiet=1"}, "'--quiet' takes no value."},
  };
  for (const Case& test : cases) {
    const auto line = ParseCommandLine(kFlags, test.words);
    ASSERT_FALSE(line) << test.detail;
    EXPECT_EQ(line.Error().Detail(), test.detail);
  }
}

TEST(CommandLine, DescribesFlagsAligned) {
  EXPECT_EQ(DescribeFlags(kFlags),
            "  --port PORT  port to listen on\n"
            "  --host HOST  address\n"
            "  --quiet      say less\n"
            "  --help       print this text\n");
}

}  // namespace
}  // namespace tenon::app
