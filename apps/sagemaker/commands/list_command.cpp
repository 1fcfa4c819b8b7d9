// SPDX-License-Identifier: Apache-2.0
#include "commands/command.hpp"
#include "commands/session.hpp"
#include "deploy/endpoint_view.hpp"
#include "deploy/owned_names.hpp"
#include "terminal/terminal.hpp"

namespace tenon::sagemaker_tool {
namespace {

constexpr app::Flag kFlags[] = {kJsonFlag};

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
