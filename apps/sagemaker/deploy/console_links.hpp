// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tenon::sagemaker_tool {

// Pages of the AWS console.
std::string EndpointLink(const std::string& region, const std::string& endpoint);
std::string LogGroupLink(const std::string& region, const std::string& group);

}  // namespace tenon::sagemaker_tool
