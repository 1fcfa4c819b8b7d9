// SPDX-License-Identifier: Apache-2.0
#include "tenon/app/serve_options.hpp"

#include <gtest/gtest.h>

#include <map>

#include "tenon/runtime/model_directory.hpp"

namespace tenon::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Variables = std::map<std::string, std::string>;

Result<RunOptions> Read(const Variables& variables) {
  return ReadServeOptions([&variables](const char* name) -> std::optional<std::string> {
    const auto it = variables.find(name);
    if (it == variables.end()) return std::nullopt;
    return it->second;
  });
}

TEST(ServeOptions, HaveTheDefaultsOfAContainer) {
  const auto options = Read({});
  ASSERT_TRUE(options) << options.Error().what();
  EXPECT_EQ(options->target, kDefaultModelPath);
  EXPECT_EQ(options->host, "0.0.0.0");
  EXPECT_EQ(options->port, 8080);
  EXPECT_EQ(options->log_format, LogFormat::kJson);
  EXPECT_EQ(options->log_level, LogLevel::kInfo);
  EXPECT_EQ(options->max_request_bytes, 25U << 20U);
  EXPECT_EQ(options->max_request_setting, "TENON_MAX_REQUEST_BYTES");
  EXPECT_EQ(options->request_timeout, seconds(57));
  EXPECT_EQ(options->stream_timeout, milliseconds(475'000));
  EXPECT_EQ(options->drain_delay, seconds(5));
  EXPECT_TRUE(options->warnings.empty());
}

TEST(ServeOptions, TakeWhatIsServedFromTheFirstThatSaysIt) {
  struct Case {
    Variables variables;
    std::string target;
  };
  const std::vector<Case> cases = {
      {{{"TENON_RUN_ARGS", "a:b"}, {"RAY_SERVE_RUN_ARGS", "c:d"}}, "a:b"},
      {{{"RAY_SERVE_RUN_ARGS", "c:d"}}, "c:d"},
      {{{"RAY_SERVE_RUN_ARGS", "project.example_serving.single:handle"}},
       "project.example_serving.single:handle"},
      {{{"TENON_RUN_ARGS", "'my model/'"}}, "my model/"},
  };
  for (const Case& c : cases) {
    const auto options = Read(c.variables);
    ASSERT_TRUE(options) << options.Error().what();
    EXPECT_EQ(options->target, c.target);
  }
}

TEST(ServeOptions, LeaveOutWhatOnlyRayHas) {
  const auto options =
      Read({{"RAY_SERVE_RUN_ARGS",
             "--address auto --runtime-env=env.yaml -r --blocking --route-prefix /x m:h "
             "-d apps --name shop --working-dir . k=5 reload=yes"}});
  ASSERT_TRUE(options) << options.Error().what();
  EXPECT_EQ(options->target, "m:h");
  EXPECT_EQ(options->app_dir, "apps");
  EXPECT_EQ(options->application_name, "shop");
  const std::vector<std::pair<std::string, std::string>> arguments = {{"k", "5"},
                                                                      {"reload", "yes"}};
  EXPECT_EQ(options->arguments, arguments);
  ASSERT_EQ(options->warnings.size(), 6U);
  EXPECT_NE(options->warnings[0].find("--address"), std::string::npos);
  EXPECT_FALSE(options->reload);
}

TEST(ServeOptions, TakeEveryFlagOfRaysServeRunInEachOfItsForms) {
  struct Case {
    std::string flags;
    std::size_t warnings;
  };
  const std::vector<Case> cases = {
      {"--runtime-env env.yaml", 1},
      {"--runtime-env=env.yaml", 1},
      {"--runtime-env-json '{\"pip\": [\"a b\"]}'", 1},
      {"--working-dir .", 1},
      {"--address auto", 1},
      {"-a auto", 1},
      {"--route-prefix /", 1},
      {"--blocking", 1},
      {"--non-blocking", 1},
      {"--reload", 1},
      {"-r", 1},
      {"--local-testing-mode", 1},
      {"--gradio", 1},
      {"--host 0.0.0.0 --port 8000", 2},
      {"-h 0.0.0.0 -p 8000", 2},
      {"--port=8000", 1},
      {"--app-dir apps --name shop", 0},
      {"-d apps --name=shop", 0},
  };
  for (const Case& c : cases) {
    for (const std::string& words :
         {c.flags + " p.q.single:handle k=5", "p.q.single:handle k=5 " + c.flags}) {
      const auto options = Read({{"RAY_SERVE_RUN_ARGS", words}});
      ASSERT_TRUE(options) << words << ": " << options.Error().what();
      EXPECT_EQ(options->target, "p.q.single:handle") << words;
      EXPECT_EQ(options->port, 8080) << words;
      EXPECT_EQ(options->arguments.size(), 1U) << words;
      EXPECT_EQ(options->warnings.size(), c.warnings) << words;
    }
  }
  const auto config = Read({{"RAY_SERVE_RUN_ARGS", "config.yaml --blocking"}});
  ASSERT_TRUE(config);
  EXPECT_EQ(config->target, "config.yaml");
}

TEST(ServeOptions, ObeyThePlatformsVariables) {
  struct Case {
    Variables variables;
    std::function<bool(const RunOptions&)> holds;
  };
  const std::vector<Case> cases = {
      {{{"SAGEMAKER_BIND_TO_PORT", "9000"}}, [](auto& o) { return o.port == 9000; }},
      {{{"SAGEMAKER_BIND_TO_PORT", "9000"}, {"TENON_PORT", "7000"}},
       [](auto& o) { return o.port == 7000; }},
      {{{"SAGEMAKER_BIND_TO_PORT", "9000"}, {"TENON_RUN_ARGS", "a:b --port 6000"}},
       [](auto& o) { return o.port == 6000; }},
      {{{"SAGEMAKER_MAX_PAYLOAD_IN_MB", "6"}},
       [](auto& o) {
         return o.max_request_bytes == 6U << 20U &&
                o.max_request_setting == "SAGEMAKER_MAX_PAYLOAD_IN_MB";
       }},
      {{{"SAGEMAKER_MAX_PAYLOAD_IN_MB", "0"}},
       [](auto& o) { return o.max_request_bytes == std::size_t{1} << 40U; }},
      {{{"SAGEMAKER_MAX_PAYLOAD_IN_MB", "6"}, {"SAGEMAKER_MAX_REQUEST_SIZE", "1000"}},
       [](auto& o) {
         return o.max_request_bytes == 1000 &&
                o.max_request_setting == "SAGEMAKER_MAX_REQUEST_SIZE";
       }},
      {{{"SAGEMAKER_MAX_REQUEST_SIZE", "1000"}, {"TENON_MAX_REQUEST_BYTES", "2000"}},
       [](auto& o) {
         return o.max_request_bytes == 2000 && o.max_request_setting == "TENON_MAX_REQUEST_BYTES";
       }},
      {{{"SAGEMAKER_CONTAINER_LOG_LEVEL", "debug"}},
       [](auto& o) { return o.log_level == LogLevel::kDebug; }},
      {{{"SAGEMAKER_CONTAINER_LOG_LEVEL", "30"}},
       [](auto& o) { return o.log_level == LogLevel::kWarning; }},
      {{{"SAGEMAKER_CONTAINER_LOG_LEVEL", "debug"}, {"TENON_LOG_LEVEL", "error"}},
       [](auto& o) { return o.log_level == LogLevel::kError; }},
      {{{"SAGEMAKER_CONTAINER_LOG_LEVEL", "loud"}},
       [](auto& o) { return o.log_level == LogLevel::kInfo && o.warnings.size() == 1; }},
      {{{"SAGEMAKER_STARTUP_TIMEOUT", "600"}},
       [](auto& o) { return o.startup_timeout == seconds(600); }},
      {{{"SAGEMAKER_MODEL_SERVER_WORKERS", "3"}}, [](auto& o) { return o.threads == 3; }},
      {{{"SAGEMAKER_NUM_MODEL_WORKERS", "4"}, {"SAGEMAKER_MODEL_SERVER_WORKERS", "3"}},
       [](auto& o) { return o.threads == 4; }},
      {{{"SAGEMAKER_BATCH", "true"}},
       [](auto& o) {
         return o.request_timeout == seconds(3600) && o.stream_timeout == seconds(3600);
       }},
      {{{"SAGEMAKER_BATCH", "True"}}, [](auto& o) { return o.request_timeout == seconds(3600); }},
      {{{"SAGEMAKER_BATCH", "false"}}, [](auto& o) { return o.request_timeout == seconds(57); }},
      {{{"SAGEMAKER_MODEL_SERVER_TIMEOUT_SECONDS", "20"}},
       [](auto& o) { return o.request_timeout == seconds(20) && !o.stream_timeout; }},
      {{{"TENON_REQUEST_TIMEOUT_S", "2"}, {"SAGEMAKER_BATCH", "true"}},
       [](auto& o) { return o.request_timeout == seconds(2) && !o.stream_timeout; }},
      {{{"TENON_DRAIN_DELAY_S", "1"}}, [](auto& o) { return o.drain_delay == seconds(1); }},
      {{{"TENON_HOST", "127.0.0.1"}, {"TENON_LOG_FORMAT", "text"}},
       [](auto& o) { return o.host == "127.0.0.1" && o.log_format == LogFormat::kText; }},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto options = Read(cases[i].variables);
    ASSERT_TRUE(options) << i << ": " << options.Error().what();
    EXPECT_TRUE(cases[i].holds(*options)) << "case " << i;
  }
}

TEST(ServeOptions, NameTheVariableThatIsWrong) {
  struct Case {
    Variables variables;
    std::string named;
  };
  const std::vector<Case> cases = {
      {{{"SAGEMAKER_BIND_TO_PORT", "http"}}, "SAGEMAKER_BIND_TO_PORT says 'http'"},
      {{{"SAGEMAKER_BIND_TO_PORT", "0"}}, "SAGEMAKER_BIND_TO_PORT says '0'"},
      {{{"SAGEMAKER_BIND_TO_PORT", "65536"}}, "SAGEMAKER_BIND_TO_PORT"},
      {{{"SAGEMAKER_MAX_PAYLOAD_IN_MB", "-1"}}, "SAGEMAKER_MAX_PAYLOAD_IN_MB says '-1'"},
      {{{"SAGEMAKER_MAX_REQUEST_SIZE", "6MB"}}, "SAGEMAKER_MAX_REQUEST_SIZE says '6MB'"},
      {{{"SAGEMAKER_STARTUP_TIMEOUT", "soon"}}, "SAGEMAKER_STARTUP_TIMEOUT says 'soon'"},
      {{{"SAGEMAKER_MODEL_SERVER_WORKERS", "0"}}, "SAGEMAKER_MODEL_SERVER_WORKERS says '0'"},
      {{{"TENON_RUN_ARGS", "a:b --prot 1"}}, "TENON_RUN_ARGS: "},
      {{{"TENON_RUN_ARGS", "'a:b"}}, "TENON_RUN_ARGS: A quote (') does not end."},
      {{{"TENON_RUN_ARGS", "  "}}, "TENON_RUN_ARGS says '  '"},
      {{{"TENON_PORT", "x"}}, "TENON_PORT says 'x'"},
  };
  for (const Case& c : cases) {
    const auto options = Read(c.variables);
    ASSERT_FALSE(options) << c.named;
    EXPECT_EQ(options.Error().Code(), ErrorCode::kInvalid);
    EXPECT_NE(options.Error().Detail().find(c.named), std::string::npos)
        << options.Error().Detail();
  }
}

TEST(ServeWords, AreCutAsAShellDoes) {
  struct Case {
    std::string text;
    std::vector<std::string> words;
  };
  const std::vector<Case> cases = {
      {"", {}},
      {"  a\tb\n c ", {"a", "b", "c"}},
      {"'a b' \"c d\"", {"a b", "c d"}},
      {"a'b'c", {"abc"}},
      {"a\\ b", {"a b"}},
      {"'a\\b'", {"a\\b"}},
      {"\"a\\\"b\"", {"a\"b"}},
      {"k='' x", {"k=", "x"}},
      {"''", {""}},
      {"tail\\", {"tail\\"}},
  };
  for (const Case& c : cases) {
    const auto words = SplitWords(c.text);
    ASSERT_TRUE(words) << c.text;
    EXPECT_EQ(*words, c.words) << c.text;
  }
  EXPECT_FALSE(SplitWords("\"a"));
}

}  // namespace
}  // namespace tenon::app
