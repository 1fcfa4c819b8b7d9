// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/terminal_prompt.hpp"
#include "aws/failure.hpp"
#include "commands/command.hpp"
#include "commands/dry_run.hpp"
#include "deploy/owned_names.hpp"
#include "deploy/teardown.hpp"
#include "terminal/terminal.hpp"

namespace tenon::sagemaker_tool {
namespace {

constexpr app::Flag kFlags[] = {
    kEndpointFlag,
    {"--yes", "", "do not ask"},
    {"--timeout", "SECONDS", "how long to wait until it is gone (1800)"},
    kPollFlag,
    kJsonFlag,
    kDryRunFlag,
};

constexpr HelpText kHelp = {
    R"(Usage: tenon sagemaker delete-endpoint [flags]

Deletes an endpoint, its config and its models: those that this tool made, known by their
tags. Waits until the endpoint is gone, also through Creating. Nothing there is no fault.
)",
    R"(
Example:
  tenon sagemaker delete-endpoint --yes
)"};

void PrintDryRun(const std::string& name, const Flags& flags, aws::ServiceClient& client) {
  const JsonObject endpoint = JsonObject().SetText("EndpointName", name);
  const JsonObject contained = JsonObject().SetText("NameContains", OwnedPrefix(name));
  const JsonObject config = JsonObject().SetText("EndpointConfigName", "(each)");
  const JsonObject model = JsonObject().SetText("ModelName", "(each)");
  PrintPlan(
      {{.operation = "DescribeEndpoint", .body = endpoint, .why = "Is it there?"},
       {.operation = "ListEndpointConfigs", .body = contained, .why = "Its configs"},
       {.operation = "DescribeEndpointConfig", .body = config, .why = "Their ARNs"},
       {.operation = "ListModels", .body = contained, .why = "Its models"},
       {.operation = "DescribeModel", .body = model, .why = "Their ARNs"},
       {.operation = "ListTags",
        .body = JsonObject().SetText("ResourceArn", "(of the endpoint, each config and model)"),
        .why = "Did this tool make it? The rest stays"},
       {.operation = "DeleteEndpoint", .body = endpoint, .why = "Then waits until it is gone"},
       {.operation = "DeleteEndpointConfig", .body = config, .why = "Each of this tool"},
       {.operation = "DeleteModel", .body = model, .why = "Each of this tool"}},
      flags, client);
}

// Of the endpoint or, where there is none, of what is left of it.
bool MayDelete(const std::string& name, const Flags& flags, aws::Interrupts& interrupts) {
  if (flags.Has("--yes")) return true;
  const std::string answer = AskTerminal(
      "Delete the endpoint '" + name + "' and what belongs to it (--yes does not ask)? [y/N] ",
      interrupts);
  return answer == "y" || answer == "Y" || answer == "yes";
}

void PrintResult(const Flags& flags, const std::string& name, bool was_there, const Parts& parts) {
  if (flags.Has("--json")) {
    PrintLine(JsonObject()
                  .SetText("endpoint_name", name)
                  .SetFlag("endpoint_deleted", was_there)
                  .SetTexts("endpoint_configs_deleted", parts.configs)
                  .SetTexts("models_deleted", parts.models)
                  .Text());
    return;
  }
  if (!was_there && parts.IsEmpty()) {
    PrintLine("There is no endpoint '" + name + "', and nothing is left of one.");
    return;
  }
  if (was_there) PrintLine("Deleted the endpoint '" + name + "'.");
  for (const std::string& config : parts.configs) PrintLine("Deleted the config '" + config + "'.");
  for (const std::string& model : parts.models) PrintLine("Deleted the model '" + model + "'.");
}

}  // namespace

int DeleteEndpoint(Words words, Surroundings& surroundings) {
  const auto flags = ReadFlags(kHelp, kFlags, words, surroundings);
  if (!flags) return kDone;
  flags->TakeWords({});
  const std::string name = EndpointName(*flags);
  const Pace pace = ReadPace(*flags, std::chrono::minutes(30));
  if (flags->Has("--dry-run")) {
    Session session(*flags, surroundings, RegionLookUp::kMakesNoCall);
    PrintDryRun(name, *flags, session.Client());
    return kDone;
  }
  Session session(*flags, surroundings);
  SageMakerApi& api = session.SageMaker();
  session.Client().SetDeadline(pace.LastLookFromNow());
  const auto endpoint = api.DescribeEndpoint(name);
  if (endpoint && !IsOwned(api.ListTags(endpoint->EndpointArn), name)) {
    throw aws::Failure("The endpoint '" + name + "' was not made by this tool: its tag " +
                       std::string(kCreatedByTag) +
                       " is missing. Nothing was deleted; delete it where it was made.");
  }
  Parts parts = FindParts(api, name);
  if (!endpoint && parts.IsEmpty()) {
    PrintResult(*flags, name, false, parts);
    return kDone;
  }
  if (!MayDelete(name, *flags, surroundings.interrupts)) {
    throw aws::Failure("Nothing was deleted.");
  }
  if (endpoint) DeleteEndpointAndWait(api, name, pace);
  DeleteParts(api, parts);
  PrintResult(*flags, name, endpoint.has_value(), parts);
  return kDone;
}

}  // namespace tenon::sagemaker_tool
