// SPDX-License-Identifier: Apache-2.0
#include "commands/command.hpp"
#include "commands/dry_run.hpp"
#include "deploy/endpoint_view.hpp"
#include "deploy/owned_names.hpp"
#include "terminal/terminal.hpp"

namespace tenon::sagemaker_tool {
namespace {

constexpr app::Flag kFlags[] = {kJsonFlag, kDryRunFlag};

constexpr HelpText kHelp = {
    R"(Usage: tenon sagemaker list [flags]

Lists every endpoint that this tool made in the region, with what it costs money for: instance
type, count and age.
)",
    R"(
Example:
  tenon sagemaker list --region eu-central-1
)"};

}  // namespace

int List(Words words, Surroundings& surroundings) {
  const auto flags = ReadFlags(kHelp, kFlags, words, surroundings);
  if (!flags) return kDone;
  flags->TakeWords({});
  if (flags->Has("--dry-run")) {
    Session session(*flags, surroundings, RegionLookUp::kMakesNoCall);
    PrintPlan({{.operation = "ListEndpoints",
                .body = JsonObject().SetNumber("MaxResults", 100),
                .why = "All of the region"},
               {.operation = "DescribeEndpoint",
                .body = JsonObject().SetText("EndpointName", "(each)"),
                .why = "Its state"},
               {.operation = "ListTags",
                .body = JsonObject().SetText("ResourceArn", "(of each)"),
                .why = "Did this tool make it?"},
               {.operation = "DescribeEndpointConfig",
                .body = JsonObject().SetText("EndpointConfigName", "(of each of this tool)"),
                .why = "Its instances"}},
              *flags, session.Client());
    return kDone;
  }
  Session session(*flags, surroundings);
  SageMakerApi& api = session.SageMaker();
  std::vector<std::vector<std::string>> rows = {{"ENDPOINT", "STATUS", "INSTANCE", "COUNT", "AGE"}};
  std::vector<JsonObject> list;
  for (const std::string& name : api.ListEndpoints()) {
    const auto endpoint = api.DescribeEndpoint(name);
    if (!endpoint || !IsOwned(api.ListTags(endpoint->EndpointArn), name)) continue;
    const EndpointView view = LookAt(api, *endpoint);
    rows.push_back(
        {name, endpoint->EndpointStatus, InstanceText(view), CountText(view), AgeOf(*endpoint)});
    list.push_back(AsJson(view));
  }
  if (flags->Has("--json")) {
    PrintLine(JsonObject().SetList("endpoints", list).Text());
  } else if (list.empty()) {
    PrintLine("This tool has no endpoints in " + session.Region() + ".");
  } else {
    std::string table = Table(rows);
    table.pop_back();
    PrintLine(table);
  }
  return kDone;
}

}  // namespace tenon::sagemaker_tool
