// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "aws/service_client.hpp"

namespace tenon::sagemaker_tool {

// The ARN of a role; nothing where there is no such role.
// Errors: as ServiceClient::Send; AccessDenied is common, for callers seldom may look at roles.
std::optional<std::string> FindRoleArn(aws::ServiceClient& client, const std::string& name);

}  // namespace tenon::sagemaker_tool
