// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <string>
#include <vector>

#include "command.hpp"
#include "tenon/base/nearest_name.hpp"

namespace tenon::command {
namespace {

void PrintOverview() {
  std::printf(
      "Usage: tenon COMMAND [...]\n\nServes typed C++ applications over HTTP.\n\n"
      "Commands:\n");
  for (const Command& command : Commands()) {
    std::printf("  %-11.*s%.*s\n", static_cast<int>(command.name.size()), command.name.data(),
                static_cast<int>(command.summary.size()), command.summary.data());
  }
  std::printf(
      "\n'tenon COMMAND --help' explains a command.\n\n"
      "Example:\n  tenon run hello:handle --port 8080\n");
}

}  // namespace

int Help(Words words) {
  if (words.empty() || std::string_view(words[0]).starts_with("-")) {
    PrintOverview();
    return kDone;
  }
  std::vector<std::string> names;
  for (const Command& command : Commands()) {
    if (command.name == words[0] && command.run != &Help) {
      constexpr const char* kHelpFlag[] = {"--help"};
      return command.run(kHelpFlag);
    }
    names.emplace_back(command.name);
  }
  if (std::string_view(words[0]) == "help") {
    PrintOverview();
    return kDone;
  }
  return RefuseUsage("There is no command '" + std::string(words[0]) + "'." +
                     DidYouMean(words[0], names));
}

}  // namespace tenon::command
