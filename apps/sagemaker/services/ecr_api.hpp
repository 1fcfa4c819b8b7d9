// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "aws/service_client.hpp"
#include "tenon/schema/secret.hpp"

namespace tenon::sagemaker_tool {

struct RegistryPassword {
  std::string host;  // "123456789012.dkr.ecr.eu-central-1.amazonaws.com".
  std::string user;  // "AWS".
  Secret password;   // Valid for twelve hours.
};

// Errors: as ServiceClient::Send, and Failure for an answer without a token.
RegistryPassword GetRegistryPassword(aws::ServiceClient& client);

}  // namespace tenon::sagemaker_tool
