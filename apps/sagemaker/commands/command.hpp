// SPDX-License-Identifier: Apache-2.0
#pragma once

// The subcommands of `tenon sagemaker`: one file each.

#include <optional>
#include <span>
#include <string_view>

#include "aws/interrupts.hpp"
#include "flags/flags.hpp"

namespace tenon::sagemaker_tool {

// Exit statuses, as those of `tenon`.
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUsage = 2;

struct Surroundings {
  app::Environment environment;
  aws::Interrupts& interrupts;
};

struct Command {
  std::string_view name;
  std::string_view summary;
  int (*run)(Words words, Surroundings& surroundings);
};

int RegisterModel(Words words, Surroundings& surroundings);
int ApproveModel(Words words, Surroundings& surroundings);
int ListModels(Words words, Surroundings& surroundings);
int DeployModel(Words words, Surroundings& surroundings);
int DeleteEndpoint(Words words, Surroundings& surroundings);
int Status(Words words, Surroundings& surroundings);
int List(Words words, Surroundings& surroundings);
int Logs(Words words, Surroundings& surroundings);
int Invoke(Words words, Surroundings& surroundings);
int UploadModel(Words words, Surroundings& surroundings);
int RegistryLogin(Words words, Surroundings& surroundings);

std::span<const Command> Commands();

struct HelpText {
  std::string_view usage;    // Up to the flags.
  std::string_view example;  // After them.
};

// The flags of a command beside its own: those of every command. Prints the help and gives nothing
// where it was asked for.
std::optional<Flags> ReadFlags(const HelpText& help, std::span<const app::Flag> flags, Words words,
                               const Surroundings& surroundings);

// So that testing never leaves a trail: the same name each time.
inline constexpr std::string_view kDefaultEndpoint = "tenon-test-endpoint";

// --endpoint-name, checked.
std::string EndpointName(const Flags& flags);

inline constexpr app::Flag kEndpointFlag = {"--endpoint-name", "NAME",
                                            "the endpoint (tenon-test-endpoint)"};
inline constexpr app::Flag kJsonFlag = {"--json", "", "print JSON"};
inline constexpr app::Flag kDryRunFlag = {"--dry-run", "", "print the calls, make none"};
inline constexpr app::Flag kPollFlag = {"--poll-interval", "SECONDS",
                                        "how often to look while waiting (10)"};

}  // namespace tenon::sagemaker_tool
