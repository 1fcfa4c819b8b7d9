// SPDX-License-Identifier: Apache-2.0
#include "aws/endpoint.hpp"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <vector>

#include "aws/failure.hpp"
#include "aws/partition.hpp"

namespace tenon::aws {
namespace {

std::optional<std::string> NoOverride(Service) { return std::nullopt; }

// Where AWS's own SDKs call a service: tests/sagemaker/aws_hosts.py asks them.
struct Known {
  std::string service;
  std::string region;
  std::string signed_for;  // "sagemaker/eu-central-1"
  std::array<std::string, 4> hosts;
};

std::vector<Known> KnownHosts() {
  std::ifstream file(TENON_TEST_AWS_HOSTS);
  std::vector<Known> all;
  std::string line;
  std::getline(file, line);  // The heading.
  while (std::getline(file, line)) {
    std::stringstream fields(line);
    Known known;
    for (std::string* field : {&known.service, &known.region, &known.signed_for, &known.hosts[0],
                               &known.hosts[1], &known.hosts[2], &known.hosts[3]}) {
      std::getline(fields, *field, '\t');
    }
    all.push_back(known);
  }
  return all;
}

Service ServiceOf(const std::string& name) {
  static const std::map<std::string, Service> kServices = {
      {"sagemaker", Service::kSageMaker},
      {"sagemaker-runtime", Service::kSageMakerRuntime},
      {"iam", Service::kIam},
      {"sts", Service::kSts},
      {"sso", Service::kSsoPortal},
      {"sso-oidc", Service::kSsoOidc},
      {"ecr", Service::kEcr},
      {"logs", Service::kLogs},
      {"s3", Service::kS3}};
  return kServices.at(name);
}

std::string HostOr(const EndpointChoice& choice, const char* none) {
  try {
    return ResolveEndpoint(choice, NoOverride).url.host;
  } catch (const Failure&) {
    return none;
  }
}

TEST(Endpoint, HasTheHostsOfEveryServiceInEveryRegion) {
  const std::vector<Known> all = KnownHosts();
  ASSERT_GT(all.size(), 400U);
  std::set<std::string> services;
  for (const Known& known : all) {
    services.insert(known.service);
    EndpointChoice choice{.service = ServiceOf(known.service), .region = known.region};
    const SigningScope scope = ResolveEndpoint(choice, NoOverride).scope;
    EXPECT_EQ(scope.service + "/" + scope.region, known.signed_for);
    EXPECT_EQ(HostOr(choice, "-"), known.hosts[0]);
    choice.fips = Fips::kOn;
    EXPECT_EQ(HostOr(choice, "-"), known.hosts[1]);
    choice.stack = IpStack::kDual;
    EXPECT_EQ(HostOr(choice, "-"), known.hosts[3]);
    choice.fips = Fips::kOff;
    EXPECT_EQ(HostOr(choice, "-"), known.hosts[2]);
  }
  EXPECT_EQ(services.size(), 9U);
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
