// SPDX-License-Identifier: Apache-2.0
#include "services/ecr_api.hpp"

#include <vector>

#include "aws/answer.hpp"
#include "aws/digest.hpp"
#include "aws/uri.hpp"

namespace tenon::sagemaker_tool {
namespace {

struct AuthorizationData {
  Secret authorizationToken;
  std::string proxyEndpoint;
};
struct AuthorizationAnswer {
  std::vector<AuthorizationData> authorizationData;
};

}  // namespace

RegistryPassword GetRegistryPassword(aws::ServiceClient& client) {
  const auto answer = aws::ReadAnswer<AuthorizationAnswer>(
      client.CallJson(aws::Service::kEcr, "GetAuthorizationToken", "{}"),
      "The answer to GetAuthorizationToken");
  if (answer.authorizationData.empty()) {
    throw aws::Failure("GetAuthorizationToken answers without a token.");
  }
  const AuthorizationData& data = answer.authorizationData.front();
  const auto decoded = aws::DecodeBase64(data.authorizationToken.Reveal());
  const std::size_t colon = decoded ? decoded->find(':') : std::string::npos;
  if (colon == std::string::npos) {
    throw aws::Failure("GetAuthorizationToken answers with a token that is no user:password.");
  }
  const auto url = aws::ParseUrl(data.proxyEndpoint);
  return {.host = url ? url->host : data.proxyEndpoint,
          .user = decoded->substr(0, colon),
          .password = Secret(decoded->substr(colon + 1))};
}

}  // namespace tenon::sagemaker_tool
