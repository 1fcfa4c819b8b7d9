// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "command.hpp"
#include "tenon/app/run.hpp"

namespace tenon::command {
namespace {

constexpr const char* kText =
    R"(Usage: tenon run MODULE:NAME|CONFIG.yaml|PATH [flags] [key=value...]

Serves the application NAME of the module MODULE until SIGTERM or Ctrl-C. MODULE is a
shared library: 'example.single' is example/single.so in the current folder or in the
apps/ beside the program. Words key=value are arguments of the application.

CONFIG.yaml serves several applications, each under its route_prefix, with the options of
their deployments ('tenon build' writes such a file).

PATH serves an artifact without code: an ONNX, XGBoost or LightGBM model, a folder with one,
or a .tar.gz of such a folder ('tenon inspect PATH' says how; a tenon.yaml beside the model
changes it). Words key=value are settings of its runtime.

Flags (each but --app-dir, --name and --reload is also read from the environment, as TENON_PORT
for --port; the flag wins):
)";

constexpr const char* kExample = R"(
Example:
  tenon run hello:handle --port 9000
  curl http://127.0.0.1:9000/invocations -H 'Content-Type: application/json' -d '{"text":"hi"}'

Exit status: 0 after a clean end, 1 when the start failed, 2 for wrong usage.
)";

}  // namespace

int Run(Words words) {
  const auto line = app::ParseCommandLine(app::RunFlags(), words);
  if (!line) return RefuseUsage(line.Error().Detail(), "run");
  if (line->wants_help) {
    std::printf("%s%s%s", kText, app::DescribeFlags(app::RunFlags()).c_str(), kExample);
    return kDone;
  }
  const auto options = app::ReadRunOptions(*line, app::ProcessEnvironment());
  if (!options) return RefuseUsage(options.Error().Detail(), "run");
  return app::Run(*options);
}

}  // namespace tenon::command
