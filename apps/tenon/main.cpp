// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "command.hpp"
#include "tenon/app/options.hpp"
#include "tenon/app/replica.hpp"
#include "tenon/base/nearest_name.hpp"

namespace tenon::command {

std::span<const Command> Commands() {
  static constexpr Command kCommands[] = {
      {"run", "serve an application", &Run, &app::RunFlags},
      {"serve", "serve in a SageMaker container, by its environment", &Serve},
      {"schema", "print an application's OpenAPI document", &Schema, &SchemaFlags},
      {"build", "write a configuration file for applications", &Build, &BuildFlags},
      {"new", "make a project", &New, &NewFlags},
      {"inspect", "say what an artifact is and how it would be served", &Inspect, &InspectFlags},
      {"check", "prove that a container follows SageMaker's contract", &Check},
      {"bench", "load a server and measure it", &Bench},
      {"tune", "explain what batching has learned", &Tune},
      {"sagemaker", "register, deploy, call and delete models on SageMaker", &Sagemaker},
      {"completion", "print a script for bash or zsh", &Completion},
      {"version", "print the version", &Version},
      {"help", "explain a command", &Help},
  };
  return kCommands;
}

int RefuseUsage(std::string_view what, std::string_view command) {
  const std::string help = "tenon " + (command.empty() ? "" : std::string(command) + " ");
  std::fprintf(stderr, "tenon: %.*s See '%s--help'.\n", static_cast<int>(what.size()), what.data(),
               help.c_str());
  return kUsage;
}

namespace {

int Dispatch(Words words) {
  if (words.empty()) {
    Help({});
    return kUsage;
  }
  std::string_view name = words[0];
  if (name == "--help" || name == "-h") name = "help";
  if (name == "--version") name = "version";
  // For engines, not for people: it stands in no list.
  if (name == app::kReplicaCommand) return Replica(words.subspan(1));
  std::vector<std::string> names;
  for (const Command& command : Commands()) {
    if (command.name == name) return command.run(words.subspan(1));
    names.emplace_back(command.name);
  }
  return RefuseUsage("There is no command '" + std::string(name) + "'." + DidYouMean(name, names));
}

}  // namespace
}  // namespace tenon::command

int main(int argc, char** argv) {
  const std::vector<const char*> words(argv, argv + argc);
  try {
    return tenon::command::Dispatch(std::span(words).subspan(words.empty() ? 0 : 1));
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "tenon: %s\n", exception.what());
    return tenon::command::kFailed;
  }
}
