// SPDX-License-Identifier: Apache-2.0
#include "commands/deploy_model_flags.hpp"

#include <algorithm>

#include "checks/usage_error.hpp"
#include "commands/command.hpp"
#include "terminal/terminal.hpp"

namespace tenon::sagemaker_tool {
namespace {

constexpr std::string_view kFirstContainer = "main";
constexpr std::size_t kMaxContainers = 15;
constexpr Range kPlatformTimeout = {60, 3600};

constexpr app::Flag kFlags[] = {
    {"--role", "ROLE", "the execution role: name or ARN"},
    kEndpointFlag,
    {"--instance-type", "TYPE", "what it runs on (ml.m5.large)"},
    {"--instance-count", "COUNT", "how many (1)"},
    {"--serverless", "MB,COUNT", "no instances: memory and concurrency, as 2048,5"},
    {"--async", "S3URI", "asynchronous: where answers go"},
    {"--max-concurrent", "COUNT", "with --async: at once per instance"},
    {"--multi-model", "S3PREFIX", "many models from one prefix, by one container"},
    {"--container", "NAME=ARN", "a further container; may come often"},
    {"--mode", "MODE", "of several containers: direct or serial (serial)"},
    {"--startup-timeout", "SECONDS", "for the first good /ping (the platform's: 8 minutes)"},
    {"--model-data-timeout", "SECONDS", "for the download of the model"},
    {"--env", "KEY=VALUE", "an environment variable of the container; may come often"},
    {"--tag", "KEY=VALUE", "a tag of all that is made; may come often"},
    {"--set", "PLACE=JSON", "model.KEY=JSON or config.KEY=JSON: any member of the two calls"},
    {"--update", "", "change an endpoint that exists, in place"},
    {"--keep", "", "do not delete what failed"},
    {"--timeout", "SECONDS", "how long to wait until it is alive (1800)"},
    kPollFlag,
    {"--no-wait", "", "return as soon as it is being created"},
    kJsonFlag,
    kDryRunFlag,
};

void RefuseImpossible(const Flags& flags) {
  constexpr std::string_view kNoInstances = "a serverless endpoint has no instances.";
  flags.RefuseTogether("--serverless", "--instance-type", kNoInstances);
  flags.RefuseTogether("--serverless", "--instance-count", kNoInstances);
  flags.RefuseTogether("--serverless", "--async", "serverless endpoints are not asynchronous.");
  flags.RefuseTogether("--serverless", "--multi-model", "serverless endpoints have one model.");
  constexpr std::string_view kNoTimeouts = "the platform fixes this for serverless endpoints.";
  flags.RefuseTogether("--serverless", "--startup-timeout", kNoTimeouts);
  flags.RefuseTogether("--serverless", "--model-data-timeout", kNoTimeouts);
  flags.RefuseTogether("--multi-model", "--container", "many models are served by one container.");
  flags.RefuseTogether("--no-wait", "--keep", "without waiting nothing is deleted.");
  flags.RefuseWithout("--max-concurrent", "--async");
  flags.RefuseWithout("--mode", "--container");
}

ServerlessChoice ReadServerless(const std::string& text) {
  constexpr std::string_view kRule =
      "it takes MEMORY_MB,CONCURRENCY: 1024, 2048, ... 6144, and 1 to 200.";
  const std::size_t comma = text.find(',');
  const std::string memory = text.substr(0, comma);
  const std::string count = comma == std::string::npos ? "" : text.substr(comma + 1);
  const auto is_number = [](const std::string& digits) {
    return !digits.empty() && digits.size() < 6 &&
           digits.find_first_not_of("0123456789") == std::string::npos;
  };
  if (!is_number(memory) || !is_number(count)) Refuse("--serverless", text, kRule);
  const ServerlessChoice choice{.memory_mb = std::stoll(memory), .concurrency = std::stoll(count)};
  if (choice.memory_mb < 1024 || choice.memory_mb > 6144 || choice.memory_mb % 1024 != 0 ||
      choice.concurrency < 1 || choice.concurrency > 200) {
    Refuse("--serverless", text, kRule);
  }
  return choice;
}

std::vector<ContainerChoice> ReadContainers(const Flags& flags) {
  const std::vector<std::string> more = flags.All("--container");
  const auto& words = flags.AllWords();
  std::vector<ContainerChoice> containers;
  if (words.size() > 1) {
    throw UsageError("The word '" + std::string(words[1]) + "' is too much: one ARN is deployed.");
  }
  if (words.empty() && more.empty()) throw UsageError("The ARN of a model package is missing.");
  if (!words.empty()) {
    containers.push_back({.name = more.empty() ? std::string() : std::string(kFirstContainer),
                          .package = CheckPackageArn("ARN", words[0])});
  }
  for (const std::string& text : more) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) Refuse("--container", text, "it takes NAME=ARN.");
    const std::string name = text.substr(0, equals);
    CheckName("--container", name);
    if (std::any_of(containers.begin(), containers.end(),
                    [&](const ContainerChoice& other) { return other.name == name; })) {
      Refuse("--container", name, "two containers have this name.");
    }
    containers.push_back(
        {.name = name, .package = CheckPackageArn("--container", text.substr(equals + 1))});
  }
  if (!more.empty() && containers.size() < 2) {
    throw UsageError("--container is for several containers: give another one, or the ARN alone.");
  }
  if (containers.size() > kMaxContainers) {
    throw UsageError("There are " + std::to_string(containers.size()) +
                     " containers: an endpoint takes 15.");
  }
  return containers;
}

std::optional<std::string> ReadMode(const Flags& flags) {
  const auto mode = flags.Text("--mode");
  if (!mode) return std::nullopt;
  if (*mode == "direct") return "Direct";
  if (*mode == "serial") return "Serial";
  Refuse("--mode", *mode, "it takes direct or serial.");
}

}  // namespace

std::span<const app::Flag> DeployFlags() { return kFlags; }

DeployChoice ReadDeployChoice(const Flags& flags) {
  RefuseImpossible(flags);
  DeployChoice choice;
  choice.endpoint = EndpointName(flags);
  choice.containers = ReadContainers(flags);
  choice.mode = ReadMode(flags);
  choice.instance_type = flags.Text("--instance-type").value_or("ml.m5.large");
  CheckInstanceType("--instance-type", choice.instance_type);
  if (!IsKnownInstanceFamily(choice.instance_type)) {
    PrintNote("the instance family of " + choice.instance_type + " is not known here.");
  }
  choice.instance_count = flags.Integer("--instance-count", {1, 1000}).value_or(1);
  if (const auto text = flags.Text("--serverless")) choice.serverless = ReadServerless(*text);
  if (const auto output = flags.Text("--async")) {
    CheckS3Prefix("--async", *output);
    choice.async = {.output = *output,
                    .max_concurrent = flags.Integer("--max-concurrent", {1, 1000})};
  }
  if (const auto prefix = flags.Text("--multi-model")) {
    CheckS3Prefix("--multi-model", *prefix);
    if (!prefix->ends_with('/')) Refuse("--multi-model", *prefix, "a prefix ends with '/'.");
    choice.multi_model = prefix;
  }
  choice.startup_timeout_s = flags.Integer("--startup-timeout", kPlatformTimeout);
  choice.model_data_timeout_s = flags.Integer("--model-data-timeout", kPlatformTimeout);
  choice.environment = ParsePairs("--env", flags.All("--env"));
  CheckEnvironment("--env", choice.environment);
  choice.tags = ParsePairs("--tag", flags.All("--tag"));
  CheckTags("--tag", choice.tags);
  for (const std::string& text : flags.All("--set")) {
    choice.settings.push_back(ParseMemberSetting(text));
  }
  return choice;
}

DeploymentOptions ReadDeploymentOptions(const Flags& flags) {
  return {.pace = ReadPace(flags, std::chrono::minutes(30)),
          .on_failure = flags.Has("--keep") ? OnFailure::kKeep : OnFailure::kDelete,
          .wait = flags.Has("--no-wait") ? WaitWish::kReturn : WaitWish::kWait,
          .instance_count = flags.Text("--instance-count") ? InstanceCountWish::kAsGiven
                                                           : InstanceCountWish::kRetain};
}

}  // namespace tenon::sagemaker_tool
