// SPDX-License-Identifier: Apache-2.0
#include "services/iam_api.hpp"

#include "aws/failure.hpp"
#include "aws/sts.hpp"
#include "aws/xml.hpp"

namespace tenon::sagemaker_tool {

std::optional<std::string> FindRoleArn(aws::ServiceClient& client, const std::string& name) {
  aws::ServiceRequest request{.service = aws::Service::kIam, .operation = "GetRole"};
  request.http.SetHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  request.http.body =
      aws::QueryBody({{"Action", "GetRole"}, {"Version", "2010-05-08"}, {"RoleName", name}});
  try {
    return aws::XmlText(client.Send(request).body, "Arn");
  } catch (const aws::ServiceError& error) {
    if (!error.SaysMissing()) throw;
    return std::nullopt;
  }
}

}  // namespace tenon::sagemaker_tool
