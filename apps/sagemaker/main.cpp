// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "aws/failure.hpp"
#include "checks/usage_error.hpp"
#include "commands/command.hpp"
#include "tenon/base/nearest_name.hpp"
#include "tenon/base/version.hpp"

namespace tenon::sagemaker_tool {

std::span<const Command> Commands() {
  static constexpr Command kCommands[] = {
      {"register-model", "register a version of a model", &RegisterModel},
      {"approve-model", "approve a version by hand", &ApproveModel},
      {"list-models", "list the versions of a model", &ListModels},
      {"deploy-model", "deploy a version to an endpoint", &DeployModel},
      {"delete-endpoint", "delete an endpoint and what belongs to it", &DeleteEndpoint},
      {"status", "show the state of an endpoint", &Status},
      {"list", "list the endpoints that this tool made", &List},
      {"logs", "show what the containers write", &Logs},
      {"invoke", "call an endpoint", &Invoke},
      {"upload-model", "pack a folder and upload it to S3", &UploadModel},
      {"registry-login", "print the password for the image registry", &RegistryLogin},
  };
  return kCommands;
}

namespace {

void PrintOverview() {
  std::printf(
      "Usage: tenon sagemaker COMMAND [...]\n\n"
      "From an image and a model to a SageMaker endpoint, and back.\n\nCommands:\n");
  for (const Command& command : Commands()) {
    std::printf("  %-16.*s%.*s\n", static_cast<int>(command.name.size()), command.name.data(),
                static_cast<int>(command.summary.size()), command.summary.data());
  }
  std::printf(
      "\n'tenon sagemaker COMMAND --help' explains a command.\n\nExample:\n"
      "  tenon sagemaker deploy-model --role MyRole \\\n"
      "    arn:aws:sagemaker:eu-central-1:123456789012:model-package/mine/1\n");
}

int RunCommand(const Command& command, Words words, Surroundings& surroundings) {
  const std::string name(command.name);
  try {
    return command.run(words, surroundings);
  } catch (const UsageError& error) {
    std::fprintf(stderr, "tenon-sagemaker: %s See 'tenon sagemaker %s --help'.\n", error.what(),
                 name.c_str());
    return kUsage;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "tenon-sagemaker: %s\n", error.what());
    return kFailed;
  }
}

int Dispatch(Words words) {
  const std::string_view name = words.empty() ? "" : words[0];
  if (name.empty() || name == "--help" || name == "-h" || name == "help") {
    PrintOverview();
    return name.empty() ? kUsage : kDone;
  }
  if (name == "--version" || name == "version") {
    std::printf("tenon-sagemaker %s\n", TENON_VERSION);
    return kDone;
  }
  std::vector<std::string> names;
  for (const Command& command : Commands()) {
    if (command.name == name) {
      aws::Interrupts interrupts;
      Surroundings surroundings{.environment = app::ProcessEnvironment(), .interrupts = interrupts};
      return RunCommand(command, words.subspan(1), surroundings);
    }
    names.emplace_back(command.name);
  }
  std::fprintf(stderr,
               "tenon-sagemaker: There is no command '%s'.%s See 'tenon sagemaker --help'.\n",
               std::string(name).c_str(), DidYouMean(name, names).c_str());
  return kUsage;
}

}  // namespace
}  // namespace tenon::sagemaker_tool

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  const std::vector<const char*> words(argv, argv + argc);
  try {
    return tenon::sagemaker_tool::Dispatch(std::span(words).subspan(words.empty() ? 0 : 1));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "tenon-sagemaker: %s\n", error.what());
    return tenon::sagemaker_tool::kFailed;
  }
}
