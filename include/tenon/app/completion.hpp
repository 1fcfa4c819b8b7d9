// SPDX-License-Identifier: Apache-2.0
#pragma once

// Completion of the command line in a shell, from the tables that the command itself reads.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/app/command_line.hpp"
#include "tenon/base/export.hpp"

namespace tenon::app {

enum class Shell : std::uint8_t { kBash, kZsh };

// One subcommand, as a shell offers it.
struct CompletedCommand {
  std::string_view name;
  std::string_view summary;
  std::span<const Flag> flags = {};
  std::vector<std::string_view> words = {};  // What its words may be; files where it is empty.
};

// A script that the shell reads: `source <(tenon completion bash)`. Values called FILE or FOLDER
// are completed as such; of other values nothing is known.
TENON_EXPORT std::string CompletionScript(Shell shell, std::span<const CompletedCommand> commands);

}  // namespace tenon::app
