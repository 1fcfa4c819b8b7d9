// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/application.hpp"

#include <algorithm>

namespace tenon {

Application::Application(std::string name, std::vector<DeploymentOverride> overrides)
    : name_(std::move(name)), overrides_(std::move(overrides)) {}
Application::~Application() = default;

void Application::Prepare(DeploymentOptions& options, std::string_view class_name) const {
  if (options.name.empty()) options.name = class_name;
  const std::string wanted = options.name;
  const auto is_taken = [this](const std::string& name) {
    return std::any_of(deployments_.begin(), deployments_.end(),
                       [&](const auto& deployment) { return deployment->Name() == name; });
  };
  for (int i = 1; is_taken(options.name); ++i) options.name = wanted + "_" + std::to_string(i);
  for (const DeploymentOverride& override : overrides_) {
    if (override.name == options.name) Apply(override, options);
  }
  Validate(options).Value();
}

}  // namespace tenon
