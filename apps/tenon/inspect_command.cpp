// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <string>

#include "command.hpp"
#include "tenon/app/run.hpp"

namespace tenon::command {
namespace {

constexpr const char* kText =
    R"(Usage: tenon inspect PATH

Says what the artifact at PATH is (a file, or a folder with one): what executes it, what it takes
and gives, whether requests become batches, and a request that works. Nothing listens.

Example:
  tenon inspect model/
  tenon run model/
)";

}  // namespace

int Inspect(Words words) {
  const auto line = app::ParseCommandLine({}, words);
  if (!line) return RefuseUsage(line.Error().Detail(), "inspect");
  if (line->wants_help) {
    std::printf("%s", kText);
    return kDone;
  }
  if (line->words.size() != 1) {
    return RefuseUsage(
        "'inspect' takes one path, found " + std::to_string(line->words.size()) + " words.",
        "inspect");
  }
  const auto text = app::InspectArtifact(std::string(line->words[0]));
  if (!text) {
    std::fprintf(stderr, "tenon: %s\n", text.Error().Detail().c_str());
    return kFailed;
  }
  std::printf("%s", text->c_str());
  return kDone;
}

}  // namespace tenon::command
