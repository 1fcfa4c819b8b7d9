// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "command.hpp"
#include "tenon/app/command_line.hpp"
#include "tenon/app/module.hpp"

namespace tenon::command {

int Version(Words words) {
  const auto line = app::ParseCommandLine({}, words);
  if (!line) return RefuseUsage(line.Error().Detail(), "version");
  if (line->wants_help) {
    std::printf(
        "Usage: tenon version\n\n"
        "Prints the version, and what modules must be built with to be opened.\n\n"
        "Example:\n  tenon version\n");
    return kDone;
  }
  if (!line->words.empty()) {
    return RefuseUsage("'version' takes no words, found '" + std::string(line->words[0]) + "'.",
                       "version");
  }
  std::printf("tenon %s (%s, sanitizer: %s)\n", TENON_VERSION, app::kCompiler, app::kSanitizer);
  return kDone;
}

}  // namespace tenon::command
