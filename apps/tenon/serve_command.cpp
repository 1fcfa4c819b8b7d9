// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <filesystem>

#include "command.hpp"
#include "tenon/app/run.hpp"
#include "tenon/app/serve_options.hpp"
#include "tenon/runtime/model_directory.hpp"

namespace tenon::command {
namespace {

constexpr const char* kText =
    R"(Usage: tenon serve

What SageMaker starts in a container: serves on port 8080 of all interfaces, with JSON logs, until
SIGTERM. Everything is said by the environment.

  TENON_RUN_ARGS      the arguments of 'tenon run'
  RAY_SERVE_RUN_ARGS  the same, where that is not set; flags that only Ray has are left out
                      Without either, the model directory /opt/ml/model is served.

  TENON_*             the variables of 'tenon run', such as TENON_REQUEST_TIMEOUT_S
  SAGEMAKER_*         BIND_TO_PORT, MAX_REQUEST_SIZE, MAX_PAYLOAD_IN_MB, BATCH,
                      CONTAINER_LOG_LEVEL, STARTUP_TIMEOUT, NUM_MODEL_WORKERS,
                      MODEL_SERVER_WORKERS, MODEL_SERVER_TIMEOUT_SECONDS

Without TENON_REQUEST_TIMEOUT_S a reply has 57 s and a stream 475 s, and 3600 s each under
SAGEMAKER_BATCH=true. After SIGTERM new requests are served for 5 s more.

Example:
  TENON_RUN_ARGS=hello:handle tenon serve

Exit status: 0 after a clean end, 1 when the start failed, 2 for a wrong variable.
)";

}  // namespace

int Serve(Words words) {
  const auto line = app::ParseCommandLine({}, words);
  if (!line) return RefuseUsage(line.Error().Detail(), "serve");
  if (line->wants_help) {
    std::printf("%s", kText);
    return kDone;
  }
  if (!line->words.empty()) {
    return RefuseUsage("'serve' takes no words, found '" + std::string(line->words[0]) +
                           "'; TENON_RUN_ARGS says what is served.",
                       "serve");
  }
  const auto options = app::ReadServeOptions(app::ProcessEnvironment());
  if (!options) return RefuseUsage(options.Error().Detail(), "serve");
  std::error_code error;
  if (options->target == kDefaultModelPath && !std::filesystem::exists(options->target, error)) {
    std::fprintf(stderr,
                 "tenon: There is nothing to serve: neither TENON_RUN_ARGS nor RAY_SERVE_RUN_ARGS "
                 "is set, and there is no model directory %s.\n",
                 kDefaultModelPath);
    return kFailed;
  }
  return app::Run(*options);
}

}  // namespace tenon::command
