// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "command.hpp"
#include "tenon/app/run.hpp"

namespace tenon::command {
namespace {

constexpr app::Flag kFlags[] = {
    {"--app-dir", "FOLDER", "where modules lie (here, then apps/ beside the program)"}};

constexpr const char* kText =
    R"(Usage: tenon schema MODULE:NAME [flags] [key=value...]

Prints the OpenAPI document of an application. Nothing is constructed and nothing listens.

Flags:
)";

constexpr const char* kExample = R"(
Example:
  tenon schema hello:handle > openapi.json
)";

}  // namespace

std::span<const app::Flag> SchemaFlags() { return kFlags; }

int Schema(Words words) {
  const auto line = app::ParseCommandLine(kFlags, words);
  if (!line) return RefuseUsage(line.Error().Detail(), "schema");
  if (line->wants_help) {
    std::printf("%s%s%s", kText, app::DescribeFlags(kFlags).c_str(), kExample);
    return kDone;
  }
  // A variable that only a server reads is no reason to refuse.
  const auto options =
      app::ReadRunOptions(*line, [](const char*) { return std::optional<std::string>(); });
  if (!options) return RefuseUsage(options.Error().Detail(), "schema");
  const auto document = app::DescribeApplication(*options);
  if (!document) {
    std::fprintf(stderr, "tenon: %s\n", document.Error().Detail().c_str());
    return kFailed;
  }
  std::printf("%s\n", document->c_str());
  return kDone;
}

}  // namespace tenon::command
