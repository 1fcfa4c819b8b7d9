// SPDX-License-Identifier: Apache-2.0
#pragma once

// Subcommands that are programs of their own, so that the serving program stays small.

#include <string_view>

#include "command.hpp"

namespace tenon::command {

// Becomes the program `tenon-NAME`: the one beside this program, else the first on PATH. Returns
// kFailed, after a line on stderr, only where there is none or it cannot be started.
int RunExternal(std::string_view name, Words words);

}  // namespace tenon::command
