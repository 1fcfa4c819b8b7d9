// SPDX-License-Identifier: Apache-2.0
#include "aws/failure.hpp"
#include "commands/command.hpp"
#include "commands/dry_run.hpp"
#include "deploy/console_links.hpp"
#include "deploy/endpoint_view.hpp"
#include "deploy/judgement.hpp"
#include "terminal/terminal.hpp"

namespace tenon::sagemaker_tool {
namespace {

constexpr app::Flag kFlags[] = {kEndpointFlag, kJsonFlag, kDryRunFlag};

constexpr HelpText kHelp = {
    R"(Usage: tenon sagemaker status [flags]

Shows the state of an endpoint: its variants with weights and counts, and why it failed.
)",
    R"(
Example:
  tenon sagemaker status --endpoint-name mine
)"};

std::string Number(const std::optional<double>& number) {
  if (!number) return "-";
  char text[32];
  std::snprintf(text, sizeof text, "%g", *number);
  return text;
}

std::string Number(const std::optional<int>& number) {
  return number ? std::to_string(*number) : "-";
}

void PrintStatus(const EndpointView& view, const std::string& region) {
  const Endpoint& endpoint = view.endpoint;
  PrintLine(endpoint.EndpointName + " is " + endpoint.EndpointStatus + ", " + AgeOf(endpoint) +
            " old.");
  PrintLine("Config:  " + endpoint.EndpointConfigName + " (" + InstanceText(view) + ")");
  std::vector<std::vector<std::string>> rows = {
      {"VARIANT", "WEIGHT", "DESIRED", "INSTANCES", "DESIRED"}};
  for (const EndpointVariant& variant :
       endpoint.ProductionVariants.value_or(std::vector<EndpointVariant>())) {
    rows.push_back({variant.VariantName, Number(variant.CurrentWeight),
                    Number(variant.DesiredWeight), Number(variant.CurrentInstanceCount),
                    Number(variant.DesiredInstanceCount)});
  }
  if (rows.size() > 1) {
    std::string table = Table(rows);
    table.pop_back();
    PrintLine(table);
  }
  if (endpoint.FailureReason && !endpoint.FailureReason->empty()) {
    PrintLine("Reason:  " + *endpoint.FailureReason);
    const std::string_view cause = UsualCause(*endpoint.FailureReason);
    if (!cause.empty()) PrintLine("Usually: " + std::string(cause));
  }
  PrintLine("Console: " + EndpointLink(region, endpoint.EndpointName));
}

}  // namespace

int Status(Words words, Surroundings& surroundings) {
  const auto flags = ReadFlags(kHelp, kFlags, words, surroundings);
  if (!flags) return kDone;
  flags->TakeWords({});
  const std::string name = EndpointName(*flags);
  if (flags->Has("--dry-run")) {
    Session session(*flags, surroundings, RegionLookUp::kMakesNoCall);
    PrintPlan({{.operation = "DescribeEndpoint",
                .body = JsonObject().SetText("EndpointName", name),
                .why = "The state"},
               {.operation = "DescribeEndpointConfig",
                .body = JsonObject().SetText("EndpointConfigName", "(of the endpoint)"),
                .why = "The instances"}},
              *flags, session.Client());
    return kDone;
  }
  Session session(*flags, surroundings);
  const auto endpoint = session.SageMaker().DescribeEndpoint(name);
  if (!endpoint) {
    throw aws::Failure("There is no endpoint '" + name + "' in " + session.Region() + ".");
  }
  const EndpointView view = LookAt(session.SageMaker(), *endpoint);
  if (flags->Has("--json")) {
    PrintLine(AsJson(view).Text());
  } else {
    PrintStatus(view, session.Region());
  }
  return kDone;
}

}  // namespace tenon::sagemaker_tool
