// SPDX-License-Identifier: Apache-2.0
#include "aws/failure.hpp"
#include "checks/usage_error.hpp"
#include "commands/command.hpp"
#include "commands/deploy_model_flags.hpp"
#include "commands/dry_run.hpp"
#include "deploy/console_links.hpp"
#include "deploy/deployment.hpp"
#include "deploy/image_architecture.hpp"
#include "deploy/role.hpp"
#include "terminal/terminal.hpp"

namespace tenon::sagemaker_tool {
namespace {

constexpr HelpText kHelp = {
    R"(Usage: tenon sagemaker deploy-model --role ROLE [flags] ARN

Deploys a registered and approved version of a model to an endpoint, and waits until it is
alive. Where it does not come alive, shows why and deletes what was made. An endpoint costs
money until it is deleted. With --container, ARN is the first container, 'main'; it may be
left out.
)",
    R"(
Example:
  tenon sagemaker deploy-model --role MyRole \
    arn:aws:sagemaker:eu-central-1:123456789012:model-package/mine/1
  tenon sagemaker deploy-model --role MyRole --serverless 2048,5 "$ARN"
  tenon sagemaker deploy-model --role MyRole "$ARN" \
    --set 'model.VpcConfig={"Subnets":["subnet-1"],"SecurityGroupIds":["sg-1"]}' \
    --set config.ProductionVariants.0.VolumeSizeInGB=100
)"};

ModelPackage CheckPackage(SageMakerApi& api, const PackageArn& given) {
  const std::string& arn = given.text;
  if (given.arn.region != api.Client().Region()) {
    throw UsageError("The package " + arn + " is not in the region " + api.Client().Region() +
                     ": an endpoint takes packages of its own region (--region).");
  }
  ModelPackage package;
  try {
    package = api.DescribeModelPackage(arn);
  } catch (const aws::ServiceError& error) {
    if (!error.SaysMissing()) throw;
    throw aws::Failure("There is no model package " + arn + ". 'list-models' shows what there is.");
  }
  if (package.ModelPackageStatus != "Completed") {
    throw aws::Failure("The model package " + arn + " is " + package.ModelPackageStatus +
                       ", not Completed.");
  }
  if (package.ModelApprovalStatus != "Approved") {
    throw aws::Failure("The model package " + arn + " is " +
                       package.ModelApprovalStatus.value_or("not approved") +
                       ". Approve it with: tenon sagemaker approve-model " + arn);
  }
  return package;
}

// The image of the first container, which a multi-model endpoint needs by itself.
std::string CheckPackages(SageMakerApi& api, const DeployChoice& choice) {
  std::string image;
  for (const ContainerChoice& container : choice.containers) {
    const ModelPackage package = CheckPackage(api, container.package);
    if (!package.InferenceSpecification || package.InferenceSpecification->Containers.empty()) {
      continue;
    }
    const std::string& its_image = package.InferenceSpecification->Containers.front().Image;
    CheckImageArchitecture(api.Client(), its_image,
                           choice.serverless ? std::string() : choice.instance_type);
    if (image.empty()) image = its_image;
  }
  return image;
}

void AddUpdate(const DeployChoice& choice, const std::string& name,
               const DeploymentOptions& options, std::vector<PlannedCall>& calls) {
  const JsonObject config = JsonObject().SetText("EndpointConfigName", "(the one in use)");
  const JsonObject model = JsonObject().SetText("ModelName", "(each in use)");
  calls.push_back({.operation = "DescribeEndpointConfig",
                   .body = config,
                   .why = "Its variants and models, if the endpoint exists"});
  calls.push_back({.operation = "UpdateEndpoint",
                   .body = UpdateBody(choice, name, options.instance_count),
                   .why = "Changes the endpoint in place, if it exists"});
  calls.push_back({.operation = "DescribeModel", .body = model, .why = "Its ARN"});
  calls.push_back({.operation = "ListTags",
                   .body = JsonObject().SetText("ResourceArn", "(of what is replaced)"),
                   .why = "Did this tool make it? The rest stays"});
  calls.push_back({.operation = "DeleteEndpointConfig", .body = config, .why = "Once replaced"});
  calls.push_back({.operation = "DeleteModel", .body = model, .why = "Once replaced"});
}

void PrintDryRun(const DeployChoice& choice, const Flags& flags, const Role& role,
                 const DeploymentOptions& options, aws::ServiceClient& client) {
  const std::string name = choice.endpoint + "-(time)-(random)";
  const std::string role_arn =
      role.arn.empty() ? "(the ARN of the role " + role.name + ")" : role.arn;
  std::vector<PlannedCall> calls;
  calls.reserve(choice.containers.size() + 13);
  for (const ContainerChoice& container : choice.containers) {
    calls.push_back({.operation = "DescribeModelPackage",
                     .body = JsonObject().SetText("ModelPackageName", container.package.text),
                     .why = "Is it Completed and Approved?"});
  }
  calls.push_back({.service = aws::Service::kEcr,
                   .operation = "BatchGetImage",
                   .body = JsonObject().SetText("repositoryName", "(of the image)"),
                   .why = "Where it may be read: is it for the instance's processor?"});
  calls.push_back({.service = aws::Service::kEcr,
                   .operation = "GetDownloadUrlForLayer",
                   .body = JsonObject().SetText("layerDigest", "(of the image's config)"),
                   .why = "The same"});
  calls.push_back({.service = aws::Service::kIam,
                   .operation = "GetRole",
                   .body = JsonObject().SetText("RoleName", role.name),
                   .why = "Is there the role?"});
  calls.push_back({.operation = "DescribeEndpoint",
                   .body = JsonObject().SetText("EndpointName", choice.endpoint),
                   .why = "Is there an endpoint already?"});
  calls.push_back({.operation = "CreateModel",
                   .body = ModelBody(choice, name, role_arn, "(the image of the package)"),
                   .why = "The model"});
  calls.push_back({.operation = "CreateEndpointConfig",
                   .body = ConfigBody(choice, name, name, kVariantName),
                   .why = "The endpoint's config"});
  if (flags.Has("--update")) {
    AddUpdate(choice, name, options, calls);
  } else {
    calls.push_back({.operation = "CreateEndpoint",
                     .body = EndpointBody(choice, name),
                     .why = "The endpoint; it is billed until deleted"});
  }
  if (!flags.Has("--no-wait")) {
    calls.push_back({.operation = "DescribeEndpoint",
                     .body = JsonObject().SetText("EndpointName", choice.endpoint),
                     .why = "Until it is InService"});
  }
  PrintPlan(calls, flags, client);
}

void CheckExisting(const std::optional<Endpoint>& existing, const Flags& flags,
                   const std::string& name) {
  if (!existing) {
    if (flags.Has("--update")) PrintNote("there is no endpoint '" + name + "' yet; it is created.");
    return;
  }
  if (!flags.Has("--update")) {
    throw aws::Failure("There is an endpoint '" + name + "' already (" + existing->EndpointStatus +
                       "). Either delete it with: " + DeleteCommand(name) +
                       "\nor change it in place with: deploy-model --update.");
  }
  if (existing->EndpointStatus != "InService") {
    throw aws::Failure(
        "The endpoint '" + name + "' is " + existing->EndpointStatus +
        "; it can be updated when InService. Delete it with: " + DeleteCommand(name));
  }
}

std::string InvokeLine(const DeployChoice& choice) {
  std::string line = "tenon sagemaker invoke --endpoint-name " + choice.endpoint;
  if (choice.async) line += " --async";
  if (choice.multi_model) line += " --target-model MODEL.tar.gz";
  if (choice.mode == "Direct") line += " --target-container " + choice.containers.front().name;
  return line + " --body request.json";
}

void PrintDeployed(const DeployChoice& choice, const Flags& flags, const Deployed& deployed,
                   const std::string& region) {
  const std::string link = EndpointLink(region, choice.endpoint);
  if (flags.Has("--json")) {
    PrintLine(JsonObject()
                  .SetText("endpoint_name", choice.endpoint)
                  .SetText("endpoint_arn", deployed.endpoint_arn)
                  .SetText("model_name", deployed.model)
                  .SetText("endpoint_config_name", deployed.config)
                  .SetText("status", deployed.status)
                  .SetText("console", link)
                  .SetText("delete_command", DeleteCommand(choice.endpoint))
                  .Text());
    return;
  }
  PrintLine("The endpoint '" + choice.endpoint + "' is " + deployed.status + ".");
  PrintLine("Console: " + link);
  PrintLine("Call:    " + InvokeLine(choice));
  PrintLine("It is billed until deleted: " + DeleteCommand(choice.endpoint));
}

}  // namespace

int DeployModel(Words words, Surroundings& surroundings) {
  const auto flags = ReadFlags(kHelp, DeployFlags(), words, surroundings);
  if (!flags) return kDone;
  const Role role = CheckRole("--role", flags->Required("--role"));
  const DeployChoice choice = ReadDeployChoice(*flags);
  const DeploymentOptions options = ReadDeploymentOptions(*flags);
  // A `--set` that leads nowhere is found before anything is called.
  ModelBody(choice, choice.endpoint, role.name, "image");
  ConfigBody(choice, choice.endpoint, choice.endpoint, kVariantName);
  if (flags->Has("--dry-run")) {
    Session session(*flags, surroundings, RegionLookUp::kMakesNoCall);
    PrintDryRun(choice, *flags, role, options, session.Client());
    return kDone;
  }
  Session session(*flags, surroundings);
  session.Client().SetDeadline(options.pace.DeadlineFromNow());
  const std::string image = CheckPackages(session.SageMaker(), choice);
  const std::string role_arn =
      ResolveRole(session.Client(), role, choice.containers.front().package.arn);
  const auto existing = session.SageMaker().DescribeEndpoint(choice.endpoint);
  CheckExisting(existing, *flags, choice.endpoint);
  Deployment deployment(session.SageMaker(), session.Logs(), choice, options);
  PrintDeployed(choice, *flags, deployment.Run(role_arn, image, existing), session.Region());
  return kDone;
}

}  // namespace tenon::sagemaker_tool
