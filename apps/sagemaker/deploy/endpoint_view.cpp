// SPDX-License-Identifier: Apache-2.0
#include "deploy/endpoint_view.hpp"

#include "aws/times.hpp"
#include "terminal/terminal.hpp"

namespace tenon::sagemaker_tool {
namespace {

std::string Joined(const std::string& a, const std::string& b) {
  return a.empty() ? b : a + ", " + b;
}

std::string Weight(const std::optional<double>& weight) {
  if (!weight) return "-";
  std::string text = std::to_string(*weight);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

}  // namespace

EndpointView LookAt(SageMakerApi& api, Endpoint endpoint) {
  auto config = api.DescribeEndpointConfig(endpoint.EndpointConfigName);
  return {.endpoint = std::move(endpoint), .config = std::move(config)};
}

std::string InstanceText(const EndpointView& view) {
  if (!view.config) return "-";
  std::string text;
  for (const ConfigVariant& variant : view.config->ProductionVariants) {
    text = Joined(
        text, variant.ServerlessConfig
                  ? "serverless " + std::to_string(variant.ServerlessConfig->MemorySizeInMB) + " MB"
                  : variant.InstanceType.value_or("-"));
  }
  return text;
}

std::string CountText(const EndpointView& view) {
  std::string text;
  for (const EndpointVariant& variant :
       view.endpoint.ProductionVariants.value_or(std::vector<EndpointVariant>())) {
    std::string count =
        variant.CurrentInstanceCount ? std::to_string(*variant.CurrentInstanceCount) : "-";
    if (variant.DesiredInstanceCount &&
        variant.DesiredInstanceCount != variant.CurrentInstanceCount) {
      count += " of " + std::to_string(*variant.DesiredInstanceCount);
    }
    text = Joined(text, count);
  }
  if (!text.empty() || !view.config) return text.empty() ? "-" : text;
  for (const ConfigVariant& variant : view.config->ProductionVariants) {
    text = Joined(
        text, variant.InitialInstanceCount ? std::to_string(*variant.InitialInstanceCount) : "-");
  }
  return text;
}

std::string AgeOf(const Endpoint& endpoint) {
  return AgeText(std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::system_clock::now() - aws::FromEpochSeconds(endpoint.CreationTime)));
}

JsonObject AsJson(const EndpointView& view) {
  const Endpoint& endpoint = view.endpoint;
  std::vector<JsonObject> variants;
  for (const EndpointVariant& variant :
       endpoint.ProductionVariants.value_or(std::vector<EndpointVariant>())) {
    JsonObject object;
    object.SetText("name", variant.VariantName);
    if (variant.CurrentWeight) object.SetRaw("current_weight", {Weight(variant.CurrentWeight)});
    if (variant.DesiredWeight) object.SetRaw("desired_weight", {Weight(variant.DesiredWeight)});
    if (variant.CurrentInstanceCount) {
      object.SetNumber("current_instance_count", *variant.CurrentInstanceCount);
    }
    if (variant.DesiredInstanceCount) {
      object.SetNumber("desired_instance_count", *variant.DesiredInstanceCount);
    }
    variants.push_back(object);
  }
  JsonObject object;
  object.SetText("endpoint_name", endpoint.EndpointName)
      .SetText("endpoint_arn", endpoint.EndpointArn)
      .SetText("status", endpoint.EndpointStatus)
      .SetText("endpoint_config_name", endpoint.EndpointConfigName)
      .SetText("instance_type", InstanceText(view))
      .SetText("instance_count", CountText(view))
      .SetText("age", AgeOf(endpoint))
      .SetList("variants", variants);
  if (endpoint.FailureReason) object.SetText("failure_reason", *endpoint.FailureReason);
  return object;
}

}  // namespace tenon::sagemaker_tool
