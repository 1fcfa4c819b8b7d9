// SPDX-License-Identifier: Apache-2.0
#include "aws/endpoint.hpp"

#include "aws/failure.hpp"
#include "aws/partition.hpp"

namespace tenon::aws {
namespace {

// What stands before ".REGION.SUFFIX".
struct Row {
  Service service;
  std::string_view variable;
  std::string_view signing_name;
  std::string_view plain;
  std::string_view fips;  // In other partitions than the two that follow.
  std::string_view fips_in_aws;
  std::string_view fips_in_gov;
  std::string_view dual;
  std::string_view dual_fips;
};

constexpr Row kRows[] = {
    {Service::kSageMaker, "SAGEMAKER", "sagemaker", "api.sagemaker", "api.sagemaker-fips",
     "api-fips.sagemaker", "api-fips.sagemaker", "api.sagemaker", "api.sagemaker-fips"},
    {Service::kSageMakerRuntime, "SAGEMAKER_RUNTIME", "sagemaker", "runtime.sagemaker",
     "runtime.sagemaker-fips", "runtime-fips.sagemaker", "runtime.sagemaker", "runtime.sagemaker",
     "runtime.sagemaker-fips"},
    {Service::kIam, "IAM", "iam", "", "", "", "", "", ""},  // The partition has its hosts.
    {Service::kSts, "STS", "sts", "sts", "sts-fips", "sts-fips", "sts", "sts", "sts-fips"},
    {Service::kSsoPortal, "SSO", "awsssoportal", "portal.sso", "portal.sso-fips", "portal.sso-fips",
     "portal.sso", "portal.sso", "portal.sso-fips"},
    {Service::kSsoOidc, "SSO_OIDC", "sso-oauth", "oidc", "oidc-fips", "oidc-fips", "oidc", "oidc",
     "oidc-fips"},
    {Service::kEcr, "ECR", "ecr", "api.ecr", "api.ecr-fips", "api.ecr-fips", "api.ecr-fips", "ecr",
     "ecr-fips"},
    {Service::kLogs, "CLOUDWATCH_LOGS", "logs", "logs", "logs-fips", "logs-fips", "logs", "logs",
     "logs-fips"},
    {Service::kS3, "S3", "s3", "s3", "s3-fips", "s3-fips", "s3-fips", "s3.dualstack",
     "s3-fips.dualstack"},
};

const Row& RowOf(Service service) {
  for (const Row& row : kRows) {
    if (row.service == service) return row;
  }
  return kRows[0];  // Every service has a row.
}

std::string_view IamHostOf(const IamHosts& hosts, const EndpointChoice& choice) {
  const bool fips = choice.fips == Fips::kOn;
  if (choice.stack == IpStack::kDual) return fips ? hosts.dual_fips : hosts.dual;
  return fips ? hosts.fips : hosts.plain;
}

std::string HostOf(const Row& row, const EndpointChoice& choice) {
  const Partition& partition = PartitionOf(choice.region);
  if (row.service == Service::kIam) return std::string(IamHostOf(partition.iam, choice));
  const bool fips = choice.fips == Fips::kOn;
  if (fips && row.service == Service::kS3 && partition.name == "aws-cn") {
    throw Failure("S3 has no FIPS endpoints in " + choice.region +
                  " (AWS_USE_FIPS_ENDPOINT, use_fips_endpoint in the profile).");
  }
  std::string_view prefix = row.plain;
  if (choice.stack == IpStack::kDual) {
    prefix = fips ? row.dual_fips : row.dual;
  } else if (fips) {
    prefix = partition.name == "aws"          ? row.fips_in_aws
             : partition.name == "aws-us-gov" ? row.fips_in_gov
                                              : row.fips;
  }
  // S3 says "dualstack" in front instead of behind.
  const bool other_suffix = choice.stack == IpStack::kDual && row.service != Service::kS3;
  return std::string(prefix) + "." + choice.region + "." +
         std::string(other_suffix ? partition.dual_stack_suffix : partition.suffix);
}

}  // namespace

std::string_view VariableNameOf(Service service) { return RowOf(service).variable; }

Endpoint ResolveEndpoint(const EndpointChoice& choice, const EndpointOverride& override_of) {
  const Row& row = RowOf(choice.service);
  Endpoint endpoint;
  endpoint.scope.service = row.signing_name;
  endpoint.scope.region = choice.service == Service::kIam
                              ? std::string(PartitionOf(choice.region).iam_region)
                              : choice.region;
  endpoint.scope.rules = choice.service == Service::kS3 ? SigningRules::kS3 : SigningRules::kCommon;
  if (const auto given = override_of(choice.service)) {
    const auto url = ParseUrl(*given);
    if (!url) {
      throw Failure("The endpoint URL '" + *given + "' (AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_" +
                    std::string(row.variable) +
                    " or endpoint_url in the profile) is no http:// or https:// URL.");
    }
    endpoint.url = *url;
    endpoint.is_override = true;
    return endpoint;
  }
  endpoint.url = {.scheme = "https", .host = HostOf(row, choice), .path = ""};
  return endpoint;
}

}  // namespace tenon::aws
