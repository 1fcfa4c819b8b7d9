// SPDX-License-Identifier: Apache-2.0
// What shells make of the scripts is tested by running them: tests/functional/test_completion.py.
#include "tenon/app/completion.hpp"

#include <gtest/gtest.h>

namespace tenon::app {
namespace {

constexpr Flag kFlags[] = {{"--port", "PORT", "where to listen [8080]: a number"},
                           {"--output", "FILE", "the user's file"},
                           {"--reload", "", "take over"}};

std::string Script(Shell shell) {
  const CompletedCommand commands[] = {
      {.name = "run", .summary = "serve: it", .flags = kFlags, .words = {}},
      {.name = "help", .summary = "explain", .flags = {}, .words = {"run", "help"}}};
  return CompletionScript(shell, commands);
}

bool Has(const std::string& script, std::string_view part) {
  return script.find(part) != std::string::npos;
}

TEST(Completion, OfBashKnowsCommandsFlagsAndWhichOfThemTakeValues) {
  const std::string script = Script(Shell::kBash);
  EXPECT_TRUE(Has(script, "words='run help'\n  fi"));
  EXPECT_TRUE(Has(script, "flags='--port --output --reload'"));
  EXPECT_TRUE(Has(script, "values='--port --output'"));
  EXPECT_TRUE(Has(script, "files='--output'"));
  EXPECT_FALSE(Has(script, "$commands"));
}

TEST(Completion, OfZshEscapesWhatWouldEndAPart) {
  const std::string script = Script(Shell::kZsh);
  EXPECT_TRUE(script.starts_with("#compdef tenon\n"));
  EXPECT_TRUE(Has(script, "'run:serve\\: it'"));
  EXPECT_TRUE(Has(script, "'--port[where to listen \\[8080\\]\\: a number]:PORT: '"));
  EXPECT_TRUE(Has(script, "'--output[the user'\\''s file]:FILE:_files'"));
  EXPECT_TRUE(Has(script, "'--reload[take over]'"));
  EXPECT_TRUE(Has(script, "'*:word:(run help)'"));
}

}  // namespace
}  // namespace tenon::app
