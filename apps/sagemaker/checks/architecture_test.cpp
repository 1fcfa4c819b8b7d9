// SPDX-License-Identifier: Apache-2.0
#include "checks/architecture.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace tenon::sagemaker_tool {
namespace {

TEST(ArchitectureOfInstance, IsArmForGravitonFamilies) {
  for (const char* type : {"ml.m6g.large", "ml.c7g.xlarge", "ml.c6gn.2xlarge", "ml.r6gd.medium",
                           "ml.m8g.metal-24xl", "ml.x2gd.large", "ml.g5g.xlarge"}) {
    EXPECT_EQ(ArchitectureOfInstance(type), "arm64") << type;
  }
  for (const char* type : {"ml.m5.large", "ml.g5.xlarge", "ml.g4dn.xlarge", "ml.g6e.xlarge",
                           "ml.gr6.4xlarge", "ml.c6i.large", "ml.inf2.xlarge", "ml.p5en.48xlarge",
                           "ml.t2.medium", "ml.trn1.2xlarge", "", "ml."}) {
    EXPECT_EQ(ArchitectureOfInstance(type), "amd64") << type;
  }
}

TEST(ParseEcrImage, TakesApartWhatLiesInEcr) {
  struct Case {
    const char* uri;
    const char* parts;  // registry region repository tag digest, with '|'; empty: none.
  };
  const std::vector<Case> cases = {
      {"123456789012.dkr.ecr.eu-central-1.amazonaws.com/tenon:1",
       "123456789012|eu-central-1|tenon|1|"},
      {"123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/a/b/c:latest",
       "123456789012|cn-north-1|a/b/c|latest|"},
      {"123456789012.dkr.ecr-fips.us-east-1.amazonaws.com/a@sha256:00ff",
       "123456789012|us-east-1|a||sha256:00ff"},
      {"123456789012.dkr.ecr.us-east-1.amazonaws.com/a:1@sha256:00ff",
       "123456789012|us-east-1|a||sha256:00ff"},
      {"123456789012.dkr.ecr.us-east-1.amazonaws.com/a", ""},
      {"123456789012.dkr.ecr.us-east-1.amazonaws.com/:1", ""},
      {"12345678901.dkr.ecr.us-east-1.amazonaws.com/a:1", ""},
      {"public.ecr.aws/a/b:1", ""},
      {"registry.example.com/a:1", ""},
      {"a:1", ""},
      {"", ""},
  };
  for (const auto& [uri, parts] : cases) {
    const auto image = ParseEcrImage(uri);
    const std::string found = image ? image->registry + "|" + image->region + "|" +
                                          image->repository + "|" + image->tag + "|" + image->digest
                                    : std::string();
    EXPECT_EQ(found, parts) << uri;
  }
}

}  // namespace
}  // namespace tenon::sagemaker_tool
