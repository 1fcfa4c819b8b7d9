// SPDX-License-Identifier: Apache-2.0
#include "deploy/teardown.hpp"

#include <algorithm>

#include "aws/failure.hpp"
#include "deploy/owned_names.hpp"
#include "terminal/terminal.hpp"

namespace tenon::sagemaker_tool {
namespace {

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void AddOwnedConfig(SageMakerApi& api, const std::string& endpoint, const std::string& name,
                    Parts& parts) {
  if (Contains(parts.configs, name)) return;
  const auto config = api.DescribeEndpointConfig(name);
  if (config && IsOwned(api.ListTags(config->EndpointConfigArn), endpoint)) {
    parts.configs.push_back(name);
  }
}

void AddOwnedModel(SageMakerApi& api, const std::string& endpoint, const std::string& name,
                   Parts& parts) {
  if (Contains(parts.models, name)) return;
  const auto model = api.DescribeModel(name);
  if (model && IsOwned(api.ListTags(model->ModelArn), endpoint)) parts.models.push_back(name);
}

std::string Billed(const std::string& name) {
  return " and is billed until it is. Call again: tenon sagemaker delete-endpoint "
         "--endpoint-name " +
         name + " --yes";
}

void WaitUntilGone(SageMakerApi& api, const std::string& name, const Pace& pace) {
  const auto begin = std::chrono::steady_clock::now();
  api.Client().SetDeadline(pace.LastLookFromNow());
  Progress progress;
  for (;;) {
    const auto endpoint = api.DescribeEndpoint(name);
    if (!endpoint) return;
    if (endpoint->EndpointStatus != "Deleting") {
      try {
        api.DeleteEndpoint(name);
      } catch (const aws::ServiceError& error) {
        // Refused while it is created or updated: that ends, one way or the other.
        const bool passes = endpoint->EndpointStatus != "InService" &&
                            endpoint->EndpointStatus != "Failed" && !error.SaysDenied();
        if (!passes) throw;
      }
    }
    const auto age = std::chrono::steady_clock::now() - begin;
    if (age + pace.interval > pace.timeout) {
      throw aws::Failure("The endpoint '" + name + "' is still " + endpoint->EndpointStatus +
                         " after " + AgeText(age) + ", not gone," + Billed(name));
    }
    progress.Show("Deleting " + name + " (" + endpoint->EndpointStatus + ")  " + AgeText(age));
    api.Client().GetInterrupts().Sleep(pace.interval);
  }
}

}  // namespace

Parts OwnedPartsOf(SageMakerApi& api, const std::string& endpoint, const std::string& config) {
  Parts parts;
  const auto description = api.DescribeEndpointConfig(config);
  if (!description) return parts;
  AddOwnedConfig(api, endpoint, config, parts);
  for (const ConfigVariant& variant : description->ProductionVariants) {
    if (variant.ModelName) AddOwnedModel(api, endpoint, *variant.ModelName, parts);
  }
  return parts;
}

Parts FindParts(SageMakerApi& api, const std::string& endpoint) {
  const std::string prefix = OwnedPrefix(endpoint);
  Parts parts;
  for (const std::string& name : api.ListEndpointConfigs(prefix)) {
    if (name.starts_with(prefix)) AddOwnedConfig(api, endpoint, name, parts);
  }
  for (const std::string& name : api.ListModels(prefix)) {
    if (name.starts_with(prefix)) AddOwnedModel(api, endpoint, name, parts);
  }
  return parts;
}

void DeleteParts(SageMakerApi& api, const Parts& parts) {
  for (const std::string& name : parts.configs) api.DeleteEndpointConfig(name);
  for (const std::string& name : parts.models) api.DeleteModel(name);
}

void DeleteEndpointAndWait(SageMakerApi& api, const std::string& name, const Pace& pace) {
  try {
    WaitUntilGone(api, name, pace);
  } catch (const aws::Interrupted&) {
    throw aws::Failure("Interrupted. The endpoint '" + name + "' is not gone yet" + Billed(name));
  }
}

}  // namespace tenon::sagemaker_tool
