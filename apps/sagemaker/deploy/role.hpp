// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "aws/service_client.hpp"
#include "checks/arn.hpp"

namespace tenon::sagemaker_tool {

// The ARN of the execution role. Where the caller may not look, the name is taken for one in the
// package's account, and a note says so.
// Errors: throws Failure where there is no such role.
std::string ResolveRole(aws::ServiceClient& client, const Role& role, const Arn& package);

}  // namespace tenon::sagemaker_tool
