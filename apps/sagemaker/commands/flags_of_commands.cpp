// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "checks/names.hpp"
#include "commands/command.hpp"

namespace tenon::sagemaker_tool {
namespace {

constexpr app::Flag kCommonFlags[] = {
    {"--region", "REGION", "the AWS region (AWS_REGION, the profile)"},
    {"--profile", "NAME", "the profile of ~/.aws (AWS_PROFILE, default)"},
};

constexpr std::string_view kEnd = R"(
Each flag is also read from the environment, as TENON_SAGEMAKER_REGION for --region; the flag
wins. A flag that may come often takes one value a line there.

Exit status: 0 when done, 1 when it failed, 2 for wrong usage.
)";

}  // namespace

std::optional<Flags> ReadFlags(const HelpText& help, std::span<const app::Flag> flags, Words words,
                               const Surroundings& surroundings) {
  std::vector<app::Flag> all(flags.begin(), flags.end());
  all.insert(all.end(), std::begin(kCommonFlags), std::end(kCommonFlags));
  Flags read(all, words, surroundings.environment);
  if (!read.WantsHelp()) return read;
  std::printf("%.*s\nFlags:\n%s%.*s%.*s", static_cast<int>(help.usage.size()), help.usage.data(),
              app::DescribeFlags(all).c_str(), static_cast<int>(help.example.size()),
              help.example.data(), static_cast<int>(kEnd.size()), kEnd.data());
  return std::nullopt;
}

std::string EndpointName(const Flags& flags) {
  std::string name = flags.Text("--endpoint-name").value_or(std::string(kDefaultEndpoint));
  CheckName("--endpoint-name", name);
  return name;
}

}  // namespace tenon::sagemaker_tool
