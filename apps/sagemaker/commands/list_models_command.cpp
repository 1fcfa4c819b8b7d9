// SPDX-License-Identifier: Apache-2.0
#include "aws/times.hpp"
#include "checks/names.hpp"
#include "commands/command.hpp"
#include "commands/dry_run.hpp"
#include "terminal/terminal.hpp"

namespace tenon::sagemaker_tool {
namespace {

constexpr app::Flag kFlags[] = {kJsonFlag, kDryRunFlag};

constexpr HelpText kHelp = {
    R"(Usage: tenon sagemaker list-models GROUP [flags]

Lists the registered versions of a model, newest first, with status, age, image and data.
)",
    R"(
Example:
  tenon sagemaker list-models mine
)"};

constexpr std::string_view kWords[] = {"name of a model package group"};

struct Version {
  std::string arn;
  std::string status;
  std::string approval;
  std::string age;
  std::string image;
  std::string data;
};

Version Describe(const ModelPackage& package) {
  const auto age = std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::system_clock::now() - aws::FromEpochSeconds(package.CreationTime));
  Version version{.arn = package.ModelPackageArn,
                  .status = package.ModelPackageStatus,
                  .approval = package.ModelApprovalStatus.value_or("-"),
                  .age = AgeText(age),
                  .image = "-",
                  .data = "-"};
  if (package.InferenceSpecification && !package.InferenceSpecification->Containers.empty()) {
    const PackageContainer& container = package.InferenceSpecification->Containers.front();
    version.image = container.Image;
    version.data = container.ModelDataUrl.value_or("-");
  }
  return version;
}

}  // namespace

int ListModels(Words words, Surroundings& surroundings) {
  const auto flags = ReadFlags(kHelp, kFlags, words, surroundings);
  if (!flags) return kDone;
  const std::string group = flags->TakeWords(kWords)[0];
  CheckName("GROUP", group);
  if (flags->Has("--dry-run")) {
    Session session(*flags, surroundings, RegionLookUp::kMakesNoCall);
    PrintPlan({{.operation = "ListModelPackages",
                .body = JsonObject().SetText("ModelPackageGroupName", group),
                .why = "The versions"},
               {.operation = "DescribeModelPackage",
                .body = JsonObject().SetText("ModelPackageName", "(each version)"),
                .why = "Its image and data"}},
              *flags, session.Client());
    return kDone;
  }
  Session session(*flags, surroundings);
  std::vector<std::vector<std::string>> rows = {
      {"VERSION", "APPROVAL", "STATUS", "AGE", "IMAGE", "DATA", "ARN"}};
  std::vector<JsonObject> list;
  for (const std::string& arn : session.SageMaker().ListModelPackages(group)) {
    const Version version = Describe(session.SageMaker().DescribeModelPackage(arn));
    const std::string number = arn.substr(arn.rfind('/') + 1);
    rows.push_back(
        {number, version.approval, version.status, version.age, version.image, version.data, arn});
    list.push_back(JsonObject()
                       .SetText("model_package_arn", arn)
                       .SetText("version", number)
                       .SetText("approval_status", version.approval)
                       .SetText("status", version.status)
                       .SetText("age", version.age)
                       .SetText("image", version.image)
                       .SetText("model_data", version.data));
  }
  if (flags->Has("--json")) {
    PrintLine(JsonObject().SetList("models", list).Text());
  } else if (list.empty()) {
    PrintLine("The group '" + group + "' has no versions.");
  } else {
    std::string table = Table(rows);
    table.pop_back();
    PrintLine(table);
  }
  return kDone;
}

}  // namespace tenon::sagemaker_tool
