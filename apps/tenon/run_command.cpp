// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "command.hpp"
#include "tenon/app/run.hpp"

namespace tenon::command {
namespace {

constexpr const char* kText =
    R"(Usage: tenon run MODULE:NAME [flags] [key=value...]

Serves the application NAME of the module MODULE until SIGTERM or Ctrl-C. MODULE is a
shared library: 'example.single' is example/single.so in the current folder or in the
apps/ beside the program. Words key=value are arguments of the application.

Flags (each but --app-dir and --name is also read from the environment, as TENON_PORT
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
