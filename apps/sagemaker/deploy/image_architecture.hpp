// SPDX-License-Identifier: Apache-2.0
#pragma once

// An image for another processor than the instance's ends there with "exec format error", after
// minutes. Where the image lies in ECR and may be read, this is known at once.

#include <string>

#include "aws/service_client.hpp"

namespace tenon::sagemaker_tool {

// `instance_type` is empty for a serverless endpoint.
// Errors: throws Failure where the image says another architecture than the instance has,
// Interrupted. What cannot be read (another registry or region, no permission, an index of several
// images) is not refused.
void CheckImageArchitecture(aws::ServiceClient& client, const std::string& image_uri,
                            const std::string& instance_type);

}  // namespace tenon::sagemaker_tool
