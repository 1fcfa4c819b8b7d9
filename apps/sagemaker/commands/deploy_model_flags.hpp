// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "deploy/deployment.hpp"
#include "flags/flags.hpp"

namespace tenon::sagemaker_tool {

std::span<const app::Flag> DeployFlags();

// What was asked for, checked as far as that goes without a call.
// Errors: throws UsageError.
DeployChoice ReadDeployChoice(const Flags& flags);
DeploymentOptions ReadDeploymentOptions(const Flags& flags);

}  // namespace tenon::sagemaker_tool
