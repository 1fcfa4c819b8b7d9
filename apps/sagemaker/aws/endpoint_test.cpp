// SPDX-License-Identifier: Apache-2.0
#include "aws/endpoint.hpp"

#include <gtest/gtest.h>

#include "aws/failure.hpp"
#include "aws/partition.hpp"

namespace tenon::aws {
namespace {

std::optional<std::string> NoOverride(Service) { return std::nullopt; }

struct Case {
  Service service;
  const char* region;
  const char* plain;
  const char* fips;
  const char* dual;
  const char* both;
};

// As the rules of AWS's own SDKs resolve them.
TEST(Endpoint, HasTheHostsOfTheServices) {
  const Case cases[] = {
      {Service::kSageMaker, "eu-central-1", "api.sagemaker.eu-central-1.amazonaws.com",
       "api-fips.sagemaker.eu-central-1.amazonaws.com", "api.sagemaker.eu-central-1.api.aws",
       "api.sagemaker-fips.eu-central-1.api.aws"},
      {Service::kSageMaker, "us-gov-west-1", "api.sagemaker.us-gov-west-1.amazonaws.com",
       "api-fips.sagemaker.us-gov-west-1.amazonaws.com", "api.sagemaker.us-gov-west-1.api.aws",
       "api.sagemaker-fips.us-gov-west-1.api.aws"},
      {Service::kSageMaker, "cn-north-1", "api.sagemaker.cn-north-1.amazonaws.com.cn",
       "api.sagemaker-fips.cn-north-1.amazonaws.com.cn",
       "api.sagemaker.cn-north-1.api.amazonwebservices.com.cn",
       "api.sagemaker-fips.cn-north-1.api.amazonwebservices.com.cn"},
      {Service::kSageMakerRuntime, "eu-central-1", "runtime.sagemaker.eu-central-1.amazonaws.com",
       "runtime-fips.sagemaker.eu-central-1.amazonaws.com",
       "runtime.sagemaker.eu-central-1.api.aws", "runtime.sagemaker-fips.eu-central-1.api.aws"},
      {Service::kSageMakerRuntime, "us-gov-west-1", "runtime.sagemaker.us-gov-west-1.amazonaws.com",
       "runtime.sagemaker.us-gov-west-1.amazonaws.com", "runtime.sagemaker.us-gov-west-1.api.aws",
       "runtime.sagemaker-fips.us-gov-west-1.api.aws"},
      {Service::kIam, "eu-central-1", "iam.amazonaws.com", "iam-fips.amazonaws.com",
       "iam.global.api.aws", "iam-fips.global.api.aws"},
      {Service::kSts, "us-iso-east-1", "sts.us-iso-east-1.c2s.ic.gov",
       "sts-fips.us-iso-east-1.c2s.ic.gov", "sts.us-iso-east-1.api.aws.ic.gov",
       "sts-fips.us-iso-east-1.api.aws.ic.gov"},
      {Service::kSsoPortal, "eu-central-1", "portal.sso.eu-central-1.amazonaws.com",
       "portal.sso-fips.eu-central-1.amazonaws.com", "portal.sso.eu-central-1.api.aws",
       "portal.sso-fips.eu-central-1.api.aws"},
      {Service::kSsoOidc, "us-gov-west-1", "oidc.us-gov-west-1.amazonaws.com",
       "oidc.us-gov-west-1.amazonaws.com", "oidc.us-gov-west-1.api.aws",
       "oidc-fips.us-gov-west-1.api.aws"},
      {Service::kEcr, "eu-central-1", "api.ecr.eu-central-1.amazonaws.com",
       "api.ecr-fips.eu-central-1.amazonaws.com", "ecr.eu-central-1.api.aws",
       "ecr-fips.eu-central-1.api.aws"},
      {Service::kLogs, "us-gov-west-1", "logs.us-gov-west-1.amazonaws.com",
       "logs.us-gov-west-1.amazonaws.com", "logs.us-gov-west-1.api.aws",
       "logs-fips.us-gov-west-1.api.aws"},
      {Service::kS3, "eu-central-1", "s3.eu-central-1.amazonaws.com",
       "s3-fips.eu-central-1.amazonaws.com", "s3.dualstack.eu-central-1.amazonaws.com",
       "s3-fips.dualstack.eu-central-1.amazonaws.com"},
  };
  for (const Case& c : cases) {
    const auto host = [&](Fips fips, IpStack stack) {
      return ResolveEndpoint(
                 {.service = c.service, .region = c.region, .fips = fips, .stack = stack},
                 NoOverride)
          .url.host;
    };
    EXPECT_EQ(host(Fips::kOff, IpStack::kV4), c.plain);
    EXPECT_EQ(host(Fips::kOn, IpStack::kV4), c.fips);
    EXPECT_EQ(host(Fips::kOff, IpStack::kDual), c.dual);
    EXPECT_EQ(host(Fips::kOn, IpStack::kDual), c.both);
  }
}

TEST(Endpoint, SignsIamForItsPartition) {
  const auto region = [](const char* in) {
    return ResolveEndpoint({.service = Service::kIam, .region = in}, NoOverride).scope.region;
  };
  EXPECT_EQ(region("eu-central-1"), "us-east-1");
  EXPECT_EQ(region("us-gov-east-1"), "us-gov-west-1");
  EXPECT_EQ(region("cn-northwest-1"), "cn-north-1");
}

TEST(Endpoint, TakesAnAddressThatIsGiven) {
  const Endpoint endpoint = ResolveEndpoint({.service = Service::kS3, .region = "r"}, [](Service) {
    return std::optional<std::string>("http://h:1/base/");
  });
  EXPECT_EQ(endpoint.url.scheme, "http");
  EXPECT_EQ(endpoint.url.host, "h:1");
  EXPECT_EQ(endpoint.url.path, "/base");
  EXPECT_TRUE(endpoint.is_override);
  EXPECT_EQ(endpoint.scope.rules, SigningRules::kS3);
  EXPECT_THROW(ResolveEndpoint({.service = Service::kS3, .region = "r"},
                               [](Service) { return std::optional<std::string>("h:1"); }),
               Failure);
}

TEST(Partition, IsKnownByTheRegion) {
  EXPECT_EQ(PartitionOf("eu-central-1").name, "aws");
  EXPECT_EQ(PartitionOf("cn-north-1").name, "aws-cn");
  EXPECT_EQ(PartitionOf("us-gov-east-1").name, "aws-us-gov");
  EXPECT_EQ(PartitionOf("us-isob-east-1").name, "aws-iso-b");
  EXPECT_EQ(PartitionOf("us-iso-east-1").name, "aws-iso");
  EXPECT_EQ(PartitionOf("xx-new-9").name, "aws");
}

TEST(Url, IsTakenApartOrRefused) {
  EXPECT_EQ(ParseUrl("https://[::1]:8/x/?q=1")->host, "[::1]:8");
  EXPECT_EQ(ParseUrl("https://[::1]:8/x/?q=1")->path, "/x");
  for (const char* text : {"", "ftp://h", "http://", "http://a b", "http://user@h", "h:80"}) {
    EXPECT_FALSE(ParseUrl(text).has_value()) << text;
  }
  EXPECT_EQ(EncodeComponent("a/ü ~*'()"), "a%2F%C3%BC%20~%2A%27%28%29");
  EXPECT_EQ(EncodePath("a/b c+&"), "a/b%20c%2B%26");
}

}  // namespace
}  // namespace tenon::aws
