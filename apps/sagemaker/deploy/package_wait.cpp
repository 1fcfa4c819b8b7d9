// SPDX-License-Identifier: Apache-2.0
#include "deploy/package_wait.hpp"

#include "aws/failure.hpp"
#include "terminal/terminal.hpp"

namespace tenon::sagemaker_tool {
namespace {

std::string Reasons(const ModelPackage& package) {
  std::string text;
  if (package.ModelPackageStatusDetails && package.ModelPackageStatusDetails->ValidationStatuses) {
    for (const ValidationStatus& status : *package.ModelPackageStatusDetails->ValidationStatuses) {
      if (status.FailureReason) text += " " + status.Name + ": " + *status.FailureReason;
    }
  }
  return text.empty() ? " The registry gives no reason." : text;
}

void WaitUntilCompleted(SageMakerApi& api, const std::string& arn, const Pace& pace) {
  const auto begin = std::chrono::steady_clock::now();
  api.Client().SetDeadline(pace.LastLookFromNow());
  Progress progress;
  for (;;) {
    const ModelPackage package = api.DescribeModelPackage(arn);
    if (package.ModelPackageStatus == "Completed") return;
    if (package.ModelPackageStatus == "Failed") {
      throw aws::Failure("The model package " + arn + " has failed." + Reasons(package));
    }
    const auto age = std::chrono::steady_clock::now() - begin;
    if (age + pace.interval > pace.timeout) {
      throw aws::Failure("The model package " + arn + " is still " + package.ModelPackageStatus +
                         " after " + AgeText(age) + ".");
    }
    progress.Show(package.ModelPackageStatus + "  " + AgeText(age));
    api.Client().GetInterrupts().Sleep(pace.interval);
  }
}

}  // namespace

void WaitForPackage(SageMakerApi& api, const std::string& arn, const Pace& pace) {
  try {
    WaitUntilCompleted(api, arn, pace);
  } catch (const aws::Interrupted&) {
    throw aws::Failure("Interrupted. The model package " + arn + " is registered and stays.");
  }
}

void TakeBackGroup(SageMakerApi& api, const std::string& group) {
  try {
    api.Client().GetInterrupts().Forget();
    api.DeleteModelPackageGroup(group);
  } catch (const aws::Failure& failure) {
    PrintNote("the new model package group '" + group + "' stays: " + failure.what());
  }
}

}  // namespace tenon::sagemaker_tool
