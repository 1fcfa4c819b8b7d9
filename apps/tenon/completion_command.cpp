// SPDX-License-Identifier: Apache-2.0
#include "tenon/app/completion.hpp"

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "command.hpp"

namespace tenon::command {
namespace {

constexpr const char* kText =
    R"(Usage: tenon completion bash|zsh

Prints a script with which the shell completes commands, flags and files.

Example:
  source <(tenon completion bash)
  tenon completion zsh > ~/.zfunc/_tenon    # With ~/.zfunc in fpath.
)";

std::vector<app::CompletedCommand> CompletedCommands() {
  std::vector<app::CompletedCommand> completed;
  std::vector<std::string_view> names;
  for (const Command& command : Commands()) {
    names.push_back(command.name);
    completed.push_back({.name = command.name, .summary = command.summary});
    if (command.flags != nullptr) completed.back().flags = command.flags();
    if (command.run == &Completion) completed.back().words = {"bash", "zsh"};
  }
  for (app::CompletedCommand& command : completed) {
    if (command.name == "help") command.words = names;
  }
  return completed;
}

}  // namespace

int Completion(Words words) {
  const auto line = app::ParseCommandLine({}, words);
  if (!line) return RefuseUsage(line.Error().Detail(), "completion");
  if (line->wants_help) {
    std::printf("%s", kText);
    return kDone;
  }
  const std::string_view shell = line->words.size() == 1 ? line->words.front() : "";
  if (shell != "bash" && shell != "zsh") {
    return RefuseUsage("'completion' takes one word, bash or zsh.", "completion");
  }
  const std::string script = app::CompletionScript(
      shell == "bash" ? app::Shell::kBash : app::Shell::kZsh, CompletedCommands());
  std::fwrite(script.data(), 1, script.size(), stdout);
  return kDone;
}

}  // namespace tenon::command
