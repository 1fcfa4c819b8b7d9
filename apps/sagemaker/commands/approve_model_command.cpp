// SPDX-License-Identifier: Apache-2.0
#include "checks/arn.hpp"
#include "commands/command.hpp"
#include "commands/dry_run.hpp"
#include "terminal/terminal.hpp"

namespace tenon::sagemaker_tool {
namespace {

constexpr app::Flag kFlags[] = {kJsonFlag, kDryRunFlag};

constexpr HelpText kHelp = {
    R"(Usage: tenon sagemaker approve-model ARN [flags]

Approves a version of a model, so that it may be deployed.
)",
    R"(
Example:
  tenon sagemaker approve-model arn:aws:sagemaker:eu-central-1:123456789012:model-package/mine/1
)"};

constexpr std::string_view kWords[] = {"ARN of a model package"};

}  // namespace

int ApproveModel(Words words, Surroundings& surroundings) {
  const auto flags = ReadFlags(kHelp, kFlags, words, surroundings);
  if (!flags) return kDone;
  const std::string arn = CheckPackageArn("ARN", flags->TakeWords(kWords)[0]).text;
  JsonObject body;
  body.SetText("ModelPackageArn", arn).SetText("ModelApprovalStatus", "Approved");
  if (flags->Has("--dry-run")) {
    Session session(*flags, surroundings, RegionLookUp::kMakesNoCall);
    PrintPlan({{.operation = "UpdateModelPackage", .body = body, .why = "Approves the version"}},
              *flags, session.Client());
    return kDone;
  }
  Session session(*flags, surroundings);
  session.SageMaker().UpdateModelPackage(body);
  if (flags->Has("--json")) {
    PrintLine(JsonObject()
                  .SetText("model_package_arn", arn)
                  .SetText("approval_status", "Approved")
                  .Text());
  } else {
    PrintLine(arn + " is Approved.");
  }
  return kDone;
}

}  // namespace tenon::sagemaker_tool
