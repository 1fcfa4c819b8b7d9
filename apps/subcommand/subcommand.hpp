// SPDX-License-Identifier: Apache-2.0
#pragma once

// What subcommands that are programs of their own have in common: how their words are read, how
// they refuse, and how they write what they have found.

#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include "tenon/app/command_line.hpp"
#include "tenon/base/error.hpp"

namespace tenon::subcommand {

// Exit statuses.
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUsage = 2;

// What `--help` prints: `text`, the flags, `example`.
struct Manual {
  std::string_view name;  // As it is typed behind `tenon`: "bench".
  std::string_view text;
  std::span<const app::Flag> flags;
  std::string_view example;
};

// Reads the words of `main` and gives them to `body`, whose status it returns; answers `--help` and
// refuses wrong flags itself. What `body` throws is said on stderr and is kFailed.
int Run(const Manual& manual, int argc, char** argv,
        const std::function<int(const app::CommandLine&)>& body);

// Says it on stderr, for kUsage with where to read on. Returns the status.
int Refuse(const Manual& manual, const Error& error, int status);

void Print(const std::string& text);

// False, and said on stderr: it cannot be written.
bool WriteReport(const std::filesystem::path& path, const std::string& text);

}  // namespace tenon::subcommand
