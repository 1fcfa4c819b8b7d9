// SPDX-License-Identifier: Apache-2.0
#pragma once

// Reads the words of a command line against a table of flags.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"

namespace tenon::app {

// One flag, as it is written and explained.
struct Flag {
  std::string_view name;   // "--port".
  std::string_view value;  // "PORT" in the help; empty for a flag that takes none.
  std::string_view help;
};

// What was written. Everything points into the words.
struct TENON_EXPORT CommandLine {
  std::vector<std::string_view> words;  // Those that are no flags, in order.
  std::vector<std::pair<std::string_view, std::string_view>> flags;  // Name and value.
  bool wants_help = false;                                           // `--help` or `-h`.

  // The value of a flag; the last one counts where it was given twice.
  std::optional<std::string_view> Value(std::string_view name) const;
};

// Reads `--flag value`, `--flag=value`, words, and `--` after which everything is a word.
// Errors: kInvalid for an unknown flag (names the nearest) and for a value that is missing or too
// much. Lifetime: the result points into `words`.
TENON_EXPORT Result<CommandLine> ParseCommandLine(std::span<const Flag> flags,
                                                  std::span<const char* const> words);

// The flags as lines of a help text, aligned.
TENON_EXPORT std::string DescribeFlags(std::span<const Flag> flags);

}  // namespace tenon::app
