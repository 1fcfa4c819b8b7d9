// SPDX-License-Identifier: Apache-2.0
#include "deploy/role.hpp"

#include "aws/failure.hpp"
#include "services/iam_api.hpp"
#include "terminal/terminal.hpp"

namespace tenon::sagemaker_tool {

std::string ResolveRole(aws::ServiceClient& client, const Role& role, const Arn& package) {
  try {
    const auto arn = FindRoleArn(client, role.name);
    if (!arn) {
      throw aws::Failure("There is no role '" + role.name +
                         "' in the account (--role). SageMaker needs one that it may assume; "
                         "docs/sagemaker.md shows the smallest.");
    }
    if (!role.arn.empty() && *arn != role.arn) {
      throw aws::Failure("--role is " + role.arn + ", but the role of that name is " + *arn + ".");
    }
    return *arn;
  } catch (const aws::ServiceError& error) {
    if (!error.SaysDenied()) throw;
    const std::string arn =
        !role.arn.empty()
            ? role.arn
            : "arn:" + package.partition + ":iam::" + package.account + ":role/" + role.name;
    PrintNote("the caller may not look at roles (iam:GetRole); going on with " + arn + ".");
    return arn;
  }
}

}  // namespace tenon::sagemaker_tool
