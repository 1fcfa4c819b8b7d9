// SPDX-License-Identifier: Apache-2.0
#include "deploy/plan.hpp"

#include <algorithm>

#include "checks/usage_error.hpp"
#include "deploy/owned_names.hpp"
#include "tenon/base/nearest_name.hpp"

namespace tenon::sagemaker_tool {
namespace {

const std::vector<std::string>& MembersOf(MemberOf of) {
  static const std::vector<std::string> kModel = {"Containers",       "EnableNetworkIsolation",
                                                  "ExecutionRoleArn", "InferenceExecutionConfig",
                                                  "PrimaryContainer", "Tags",
                                                  "VpcConfig"};
  static const std::vector<std::string> kConfig = {"AsyncInferenceConfig",
                                                   "CrossRegionTrafficConfig",
                                                   "DataCaptureConfig",
                                                   "EnableNetworkIsolation",
                                                   "ExecutionRoleArn",
                                                   "ExplainerConfig",
                                                   "KmsKeyId",
                                                   "MetricsConfig",
                                                   "ProductionVariants",
                                                   "ShadowProductionVariants",
                                                   "Tags",
                                                   "VpcConfig"};
  return of == MemberOf::kModel ? kModel : kConfig;
}

std::string Listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

JsonObject ContainerBody(const DeployChoice& choice, const ContainerChoice& container,
                         const std::string& image) {
  JsonObject body;
  if (!container.name.empty()) body.SetText("ContainerHostname", container.name);
  if (choice.multi_model) {
    body.SetText("Image", image)
        .SetText("Mode", "MultiModel")
        .SetText("ModelDataUrl", *choice.multi_model);
  } else {
    body.SetText("ModelPackageName", container.package.text);
  }
  if (!choice.environment.empty()) body.SetObject("Environment", TextMembers(choice.environment));
  return body;
}

void Apply(const DeployChoice& choice, MemberOf of, JsonObject& body) {
  for (const MemberSetting& setting : choice.settings) {
    if (setting.of == of && !body.SetPath(setting.path, {setting.json})) {
      Refuse("--set", setting.path,
             "there is no such place: a number must name an item that is there, and what stands "
             "on the way must be an object or a list.");
    }
  }
}

}  // namespace

MemberSetting ParseMemberSetting(std::string_view text) {
  const std::size_t equals = text.find('=');
  MemberSetting setting;
  std::string_view path = text.substr(0, equals);
  if (path.starts_with("model.")) {
    setting.of = MemberOf::kModel;
    path.remove_prefix(6);
  } else if (path.starts_with("config.")) {
    setting.of = MemberOf::kConfig;
    path.remove_prefix(7);
  } else {
    path = {};
  }
  if (equals == std::string_view::npos || path.empty()) {
    Refuse("--set", text, "it takes model.KEY=JSON or config.KEY=JSON.");
  }
  setting.path = path;
  setting.json = text.substr(equals + 1);
  const std::string first(path.substr(0, path.find('.')));
  const auto& known = MembersOf(setting.of);
  if (std::find(known.begin(), known.end(), first) == known.end()) {
    Refuse("--set", text.substr(0, equals),
           std::string(setting.of == MemberOf::kModel ? "CreateModel" : "CreateEndpointConfig") +
               " has no such member." + DidYouMean(first, known) + " It has " + Listed(known) +
               ".");
  }
  if (!IsJson(setting.json)) {
    Refuse("--set", text, "the value is no JSON; texts need their quotes: '\"...\"'.");
  }
  return setting;
}

JsonObject ModelBody(const DeployChoice& choice, const std::string& name,
                     const std::string& role_arn, const std::string& image) {
  JsonObject body;
  body.SetText("ModelName", name)
      .SetText("ExecutionRoleArn", role_arn)
      .SetList("Tags", OwnedTags(choice.endpoint, choice.tags));
  if (choice.containers.size() == 1) {
    body.SetObject("PrimaryContainer", ContainerBody(choice, choice.containers[0], image));
  } else {
    std::vector<JsonObject> containers;
    containers.reserve(choice.containers.size());
    for (const ContainerChoice& container : choice.containers) {
      containers.push_back(ContainerBody(choice, container, image));
    }
    body.SetList("Containers", containers);
    body.SetObject("InferenceExecutionConfig",
                   JsonObject().SetText("Mode", choice.mode.value_or("Serial")));
  }
  Apply(choice, MemberOf::kModel, body);
  return body;
}

JsonObject ConfigBody(const DeployChoice& choice, const std::string& name, const std::string& model,
                      std::string_view variant) {
  JsonObject production;
  production.SetText("VariantName", variant).SetText("ModelName", model);
  if (choice.serverless) {
    production.SetObject("ServerlessConfig",
                         JsonObject()
                             .SetNumber("MemorySizeInMB", choice.serverless->memory_mb)
                             .SetNumber("MaxConcurrency", choice.serverless->concurrency));
  } else {
    production.SetText("InstanceType", choice.instance_type)
        .SetNumber("InitialInstanceCount", choice.instance_count)
        .SetNumber("InitialVariantWeight", 1);
  }
  if (choice.startup_timeout_s) {
    production.SetNumber("ContainerStartupHealthCheckTimeoutInSeconds", *choice.startup_timeout_s);
  }
  if (choice.model_data_timeout_s) {
    production.SetNumber("ModelDataDownloadTimeoutInSeconds", *choice.model_data_timeout_s);
  }
  JsonObject body;
  body.SetText("EndpointConfigName", name)
      .SetList("ProductionVariants", {production})
      .SetList("Tags", OwnedTags(choice.endpoint, choice.tags));
  if (choice.async) {
    JsonObject async;
    async.SetObject("OutputConfig", JsonObject().SetText("S3OutputPath", choice.async->output));
    if (choice.async->max_concurrent) {
      async.SetObject("ClientConfig", JsonObject().SetNumber("MaxConcurrentInvocationsPerInstance",
                                                             *choice.async->max_concurrent));
    }
    body.SetObject("AsyncInferenceConfig", async);
  }
  Apply(choice, MemberOf::kConfig, body);
  return body;
}

JsonObject EndpointBody(const DeployChoice& choice, const std::string& config) {
  return JsonObject()
      .SetText("EndpointName", choice.endpoint)
      .SetText("EndpointConfigName", config)
      .SetList("Tags", OwnedTags(choice.endpoint, choice.tags));
}

JsonObject UpdateBody(const DeployChoice& choice, const std::string& config,
                      InstanceCountWish wish) {
  JsonObject body;
  body.SetText("EndpointName", choice.endpoint).SetText("EndpointConfigName", config);
  if (choice.serverless) return body;  // It has no properties that could be retained.
  body.SetFlag("RetainAllVariantProperties", true);
  if (wish == InstanceCountWish::kAsGiven) {
    body.SetList("ExcludeRetainedVariantProperties",
                 {JsonObject().SetText("VariantPropertyType", "DesiredInstanceCount")});
  }
  return body;
}

}  // namespace tenon::sagemaker_tool
