// SPDX-License-Identifier: Apache-2.0
#pragma once

// The subcommands of `tenon`: one file each.

#include <span>
#include <string_view>

#include "tenon/app/command_line.hpp"

namespace tenon::command {

// Exit statuses; docs and scripts rely on them.
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;  // The start failed.
inline constexpr int kUsage = 2;   // The command line or an environment variable is wrong.

using Words = std::span<const char* const>;

struct Command {
  std::string_view name;
  std::string_view summary;
  int (*run)(Words words);
  std::span<const app::Flag> (*flags)() = nullptr;  // Null: none, or another program has them.
};

int Run(Words words);
int Replica(Words words);
int Serve(Words words);
int Schema(Words words);
int Inspect(Words words);
int Check(Words words);
int Bench(Words words);
int Tune(Words words);
int Sagemaker(Words words);
int Build(Words words);
int New(Words words);
int Completion(Words words);
int Version(Words words);
int Help(Words words);

std::span<const app::Flag> SchemaFlags();
std::span<const app::Flag> BuildFlags();
std::span<const app::Flag> InspectFlags();
std::span<const app::Flag> NewFlags();

std::span<const Command> Commands();

// Says what is wrong and how to learn more, on stderr. Returns kUsage.
int RefuseUsage(std::string_view what, std::string_view command = {});

}  // namespace tenon::command
