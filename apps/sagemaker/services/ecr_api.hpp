// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "aws/service_client.hpp"
#include "checks/architecture.hpp"
#include "json/json_object.hpp"
#include "tenon/schema/secret.hpp"

namespace tenon::sagemaker_tool {

struct RegistryPassword {
  std::string host;  // "123456789012.dkr.ecr.eu-central-1.amazonaws.com".
  std::string user;  // "AWS".
  Secret password;   // Valid for twelve hours.
};

// Errors: as ServiceClient::Send, and Failure for an answer without a token.
RegistryPassword GetRegistryPassword(aws::ServiceClient& client);

// The body of BatchGetImage that asks for the image's manifest.
JsonObject ManifestBody(const EcrImage& image);

// "amd64", "arm64": by the image's manifest and its config. Empty for an index of several images.
// Errors: as ServiceClient::Send, and Failure for an answer that is no manifest.
std::string GetImageArchitecture(aws::ServiceClient& client, const EcrImage& image);

}  // namespace tenon::sagemaker_tool
