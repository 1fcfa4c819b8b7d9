// SPDX-License-Identifier: Apache-2.0
#include <random>

#include "aws/digest.hpp"
#include "aws/failure.hpp"
#include "checks/names.hpp"
#include "commands/command.hpp"
#include "commands/dry_run.hpp"
#include "deploy/owned_names.hpp"
#include "deploy/package_wait.hpp"
#include "terminal/terminal.hpp"

namespace tenon::sagemaker_tool {
namespace {

constexpr app::Flag kFlags[] = {
    {"--model-package-group", "GROUP", "the model's name in the registry; made if missing"},
    {"--model-data-uri", "S3URI", "s3://.../model.tar.gz, or a folder that ends with /"},
    {"--image-uri", "IMAGE", "the serving image in its registry"},
    {"--env", "KEY=VALUE", "an environment variable of the container; may come often"},
    {"--approve", "", "approve it at once"},
    {"--description", "TEXT", "what is said of this version"},
    {"--content-type", "TYPE", "what it reads (application/json); may come often"},
    {"--response-type", "TYPE", "what it answers (application/json); may come often"},
    {"--instance-type", "TYPE", "what it is meant to run on; may come often"},
    {"--timeout", "SECONDS", "how long to wait until it is registered (600)"},
    kPollFlag,
    kJsonFlag,
    kDryRunFlag,
};

constexpr HelpText kHelp = {
    R"(Usage: tenon sagemaker register-model --model-package-group GROUP --model-data-uri S3URI
         --image-uri IMAGE [flags]

Registers a version of a model: an image, its data and its environment. Waits until the
registry has it and prints the ARN alone.
)",
    R"(
Example:
  ARN=$(tenon sagemaker register-model --model-package-group mine --approve \
    --model-data-uri s3://my-bucket/mine/model.tar.gz \
    --image-uri 123456789012.dkr.ecr.eu-central-1.amazonaws.com/tenon:1)
)"};

struct Registration {
  std::string group;
  std::string data;
  std::string image;
  Texts environment;
  std::string approval;
  std::optional<std::string> description;
  std::vector<std::string> content_types;
  std::vector<std::string> response_types;
  std::vector<std::string> instance_types;
};

std::vector<std::string> TypesOr(const std::vector<std::string>& types, std::string_view flag) {
  for (const std::string& type : types) CheckHeaderText(flag, type, 256);
  return types.empty() ? std::vector<std::string>{"application/json"} : types;
}

Registration ReadRegistration(const Flags& flags) {
  Registration registration;
  registration.group = flags.Required("--model-package-group");
  CheckName("--model-package-group", registration.group);
  registration.data = flags.Required("--model-data-uri");
  CheckModelDataUri("--model-data-uri", registration.data);
  registration.image = flags.Required("--image-uri");
  CheckImageUri("--image-uri", registration.image);
  registration.environment = ParsePairs("--env", flags.All("--env"));
  CheckEnvironment("--env", registration.environment);
  registration.approval = flags.Has("--approve") ? "Approved" : "PendingManualApproval";
  registration.description = flags.Text("--description");
  if (registration.description) CheckLength("--description", *registration.description, 1024);
  registration.content_types = TypesOr(flags.All("--content-type"), "--content-type");
  registration.response_types = TypesOr(flags.All("--response-type"), "--response-type");
  registration.instance_types = flags.All("--instance-type");
  for (const std::string& type : registration.instance_types) {
    CheckInstanceType("--instance-type", type);
    if (!IsKnownInstanceFamily(type))
      PrintNote("the instance family of " + type + " is not known here.");
  }
  return registration;
}

JsonObject GroupBody(const Registration& registration) {
  return JsonObject()
      .SetText("ModelPackageGroupName", registration.group)
      .SetList("Tags", {JsonObject().SetText("Key", kCreatedByTag).SetText("Value", kCreatedBy)});
}

JsonObject PackageBody(const Registration& registration, const std::string& client_token) {
  JsonObject container;
  container.SetText("Image", registration.image);
  if (registration.data.ends_with('/')) {
    container.SetObject(
        "ModelDataSource",
        JsonObject().SetObject("S3DataSource", JsonObject()
                                                   .SetText("S3Uri", registration.data)
                                                   .SetText("S3DataType", "S3Prefix")
                                                   .SetText("CompressionType", "None")));
  } else {
    container.SetText("ModelDataUrl", registration.data);
  }
  if (!registration.environment.empty()) {
    container.SetObject("Environment", TextMembers(registration.environment));
  }
  JsonObject specification;
  specification.SetList("Containers", {container})
      .SetTexts("SupportedContentTypes", registration.content_types)
      .SetTexts("SupportedResponseMIMETypes", registration.response_types);
  if (!registration.instance_types.empty()) {
    specification.SetTexts("SupportedRealtimeInferenceInstanceTypes", registration.instance_types);
  }
  JsonObject body;
  body.SetText("ModelPackageGroupName", registration.group)
      .SetObject("InferenceSpecification", specification)
      .SetText("ModelApprovalStatus", registration.approval)
      .SetText("ClientToken", client_token);
  if (registration.description) {
    body.SetText("ModelPackageDescription", *registration.description);
  }
  return body;
}

// By which the service knows a call that is repeated.
std::string NewClientToken() {
  std::random_device random;
  std::string bytes;
  for (int i = 0; i < 16; ++i) bytes += static_cast<char>(random() & 0xFF);
  return aws::Hex(bytes);
}

std::string Register(SageMakerApi& api, const Registration& registration) {
  const bool has_group = api.HasModelPackageGroup(registration.group);
  if (!has_group) api.CreateModelPackageGroup(GroupBody(registration));
  try {
    return api.CreateModelPackage(PackageBody(registration, NewClientToken()));
  } catch (const aws::Failure&) {
    if (!has_group) TakeBackGroup(api, registration.group);
    throw;
  }
}

}  // namespace

int RegisterModel(Words words, Surroundings& surroundings) {
  const auto flags = ReadFlags(kHelp, kFlags, words, surroundings);
  if (!flags) return kDone;
  flags->TakeWords({});
  const Registration registration = ReadRegistration(*flags);
  const Pace pace = ReadPace(*flags, std::chrono::minutes(10));
  if (flags->Has("--dry-run")) {
    Session session(*flags, surroundings, RegionLookUp::kMakesNoCall);
    PrintPlan({{.operation = "DescribeModelPackageGroup",
                .body = JsonObject().SetText("ModelPackageGroupName", registration.group),
                .why = "Is there the group?"},
               {.operation = "CreateModelPackageGroup",
                .body = GroupBody(registration),
                .why = "Where the group is missing"},
               {.operation = "CreateModelPackage",
                .body = PackageBody(registration, "(random)"),
                .why = "Registers the version"},
               {.operation = "DescribeModelPackage",
                .body = JsonObject().SetText("ModelPackageName", "(the ARN of the version)"),
                .why = "Until it is Completed"}},
              *flags, session.Client());
    return kDone;
  }
  Session session(*flags, surroundings);
  session.Client().SetDeadline(pace.LastLookFromNow());
  const std::string arn = Register(session.SageMaker(), registration);
  WaitForPackage(session.SageMaker(), arn, pace);
  if (flags->Has("--json")) {
    PrintLine(JsonObject()
                  .SetText("model_package_arn", arn)
                  .SetText("approval_status", registration.approval)
                  .Text());
  } else {
    PrintLine(arn);
  }
  return kDone;
}

}  // namespace tenon::sagemaker_tool
