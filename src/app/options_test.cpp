// SPDX-License-Identifier: Apache-2.0
#include "tenon/app/options.hpp"

#include <gtest/gtest.h>

#include <map>

namespace tenon::app {
namespace {

using Variables = std::map<std::string, std::string>;

Result<RunOptions> Read(const std::vector<const char*>& words, Variables variables = {}) {
  auto line = ParseCommandLine(RunFlags(), words);
  if (!line) return std::move(line).Error();
  return ReadRunOptions(*line, [&variables](const char* name) -> std::optional<std::string> {
    const auto it = variables.find(name);
    if (it == variables.end()) return std::nullopt;
    return it->second;
  });
}

TEST(RunOptions, HaveTheDefaultsOfADevelopersMachine) {
  const auto options = Read({"hello:handle"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->target, "hello:handle");
  EXPECT_EQ(options->host, "127.0.0.1");
  EXPECT_EQ(options->port, 8080);
  EXPECT_EQ(options->max_request_bytes, 26'214'400U);
  EXPECT_EQ(options->request_timeout.count(), 0);
  EXPECT_EQ(options->drain_delay.count(), 0);
  EXPECT_EQ(options->application_name, "default");
  EXPECT_TRUE(options->given.empty());
}

TEST(RunOptions, PreferFlagsToTheEnvironmentToTheDefault) {
  const Variables variables = {{"TENON_PORT", "9000"}, {"TENON_HOST", "0.0.0.0"}};
  const auto options = Read({"a:b", "--port", "7000"}, variables);
  ASSERT_TRUE(options);
  EXPECT_EQ(options->port, 7000);
  EXPECT_EQ(options->host, "0.0.0.0");
  ASSERT_EQ(options->given.size(), 2U);
  EXPECT_EQ(options->given[0].name, "TENON_HOST");
  EXPECT_EQ(options->given[0].source, OptionSource::kEnvironment);
  EXPECT_EQ(options->given[1].name, "--port");
  EXPECT_EQ(options->given[1].source, OptionSource::kFlag);
}

TEST(RunOptions, ReadEveryVariable) {
  const auto options = Read({"a:b"}, {{"TENON_HOST", "::1"},
                                      {"TENON_PORT", "0"},
                                      {"TENON_LOG_FORMAT", "json"},
                                      {"TENON_LOG_LEVEL", "warning"},
                                      {"TENON_MAX_REQUEST_BYTES", "1024"},
                                      {"TENON_REQUEST_TIMEOUT_S", "2.5"},
                                      {"TENON_DRAIN_DELAY_S", "5"},
                                      {"TENON_STARTUP_TIMEOUT_S", "0.25"},
                                      {"TENON_HEALTH_CHECK_PERIOD_S", "0.1"},
                                      {"TENON_HALF_CLOSE", "serve"},
                                      {"TENON_THREADS", "3"}});
  ASSERT_TRUE(options) << options.Error().what();
  EXPECT_EQ(options->host, "::1");
  EXPECT_EQ(options->port, 0);
  EXPECT_EQ(options->log_format, LogFormat::kJson);
  EXPECT_EQ(options->log_level, LogLevel::kWarning);
  EXPECT_EQ(options->max_request_bytes, 1024U);
  EXPECT_EQ(options->request_timeout.count(), 2500);
  EXPECT_EQ(options->drain_delay.count(), 5000);
  EXPECT_EQ(options->startup_timeout.count(), 250);
  EXPECT_EQ(options->health_check_period.count(), 100);
  EXPECT_EQ(options->half_close, http::HalfClose::kServe);
  EXPECT_EQ(options->threads, 3U);
}

TEST(RunOptions, KeepTheWordsForTheApplication) {
  const auto options = Read({"a:b", "k=5", "text=x=y", "empty="});
  ASSERT_TRUE(options);
  const std::vector<std::pair<std::string, std::string>> wanted = {
      {"k", "5"}, {"text", "x=y"}, {"empty", ""}};
  EXPECT_EQ(options->arguments, wanted);
}

TEST(RunOptions, RefuseWithNameTextAndWhatIsAllowed) {
  struct Case {
    std::vector<const char*> words;
    Variables variables;
    const char* detail;
  };
  const Case cases[] = {
      {{}, {}, "Name what to run, as MODULE:NAME."},
      {{"a:b", "k"},
       {},
       "'k' is not understood: arguments of an application are written key=value."},
      {{"a:b", "=5"},
       {},
       "'=5' is not understood: arguments of an application are written key=value."},
      {{"a:b", "--port", "99999"}, {}, "--port says '99999'; it takes a port from 0 to 65535."},
      {{"a:b", "--port", "80a"}, {}, "--port says '80a'; it takes a port from 0 to 65535."},
      {{"a:b"}, {{"TENON_PORT", "-1"}}, "TENON_PORT says '-1'; it takes a port from 0 to 65535."},
      {{"a:b"},
       {{"TENON_THREADS", "0"}},
       "TENON_THREADS says '0'; it takes a whole number from 1 to 1024."},
      {{"a:b"},
       {{"TENON_DRAIN_DELAY_S", "nan"}},
       "TENON_DRAIN_DELAY_S says 'nan'; it takes a number of seconds from 0 to 86400, such as "
       "2.5."},
      {{"a:b", "--health-check-period-s=0"},
       {},
       "--health-check-period-s says '0'; it takes more than 0 seconds."},
      {{"a:b"},
       {{"TENON_LOG_LEVEL", "loud"}},
       "TENON_LOG_LEVEL says 'loud'; it takes trace, debug, info, warning or error."},
      {{"a:b", "--log-format="}, {}, "--log-format says ''; it takes text or json."},
  };
  for (const Case& test : cases) {
    const auto options = Read(test.words, test.variables);
    ASSERT_FALSE(options) << test.detail;
    EXPECT_EQ(options.Error().Detail(), test.detail);
  }
}

TEST(RunOptions, DoNotLookAtAVariableThatAFlagOverrides) {
  EXPECT_TRUE(Read({"a:b", "--port=1"}, {{"TENON_PORT", "nonsense"}}));
}

}  // namespace
}  // namespace tenon::app
