// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "deploy/pace.hpp"
#include "services/sagemaker_api.hpp"

namespace tenon::sagemaker_tool {

// Waits until a package is Completed.
// Errors: throws Failure where it fails (with the reasons that the registry gives) and where the
// time is over; the ARN is in the text.
void WaitForPackage(SageMakerApi& api, const std::string& arn, const Pace& pace);

// Deletes a group that was made for a package which then could not be.
void TakeBackGroup(SageMakerApi& api, const std::string& group);

}  // namespace tenon::sagemaker_tool
