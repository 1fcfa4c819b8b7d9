// SPDX-License-Identifier: Apache-2.0
#include "checks/names.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "checks/arn.hpp"
#include "checks/usage_error.hpp"

namespace tenon::sagemaker_tool {
namespace {

struct Case {
  const char* what;
  std::function<void(std::string_view)> check;
  std::vector<std::string> good;
  std::vector<std::string> bad;
};

TEST(Checks, TakeWhatAwsTakesAndRefuseTheRest) {
  const std::string arn = "arn:aws:sagemaker:eu-central-1:123456789012:model-package/";
  const Case cases[] = {
      {"name",
       [](std::string_view text) { CheckName("--x", text); },
       {"a", "A-1-b", std::string(63, 'x')},
       {"", "-a", "a-", "a_b", "a.b", "ü", std::string(64, 'x')}},
      {"image",
       [](std::string_view text) { CheckImageUri("--x", text); },
       {"1.dkr.ecr.r.amazonaws.com/a/b:1", "reg.io/x@sha256:12"},
       {"", "x:1", "reg.io/x", "reg.io/x:", "https://reg.io/x:1", "reg.io/a b:1", "/x:1",
        "reg.io/" + std::string(250, 'x') + ":1"}},
      {"data",
       [](std::string_view text) { CheckModelDataUri("--x", text); },
       {"s3://bucket/model.tar.gz", "s3://my.bucket-1/a/"},
       {"", "s3://bucket", "s3://b/x.tar.gz", "https://bucket/x.tar.gz", "s3://Bucket/x.tar.gz",
        "s3://bucket/model.zip", "s3://bucket/" + std::string(1020, 'x') + ".tar.gz"}},
      {"instance",
       [](std::string_view text) { CheckInstanceType("--x", text); },
       {"ml.m5.large", "ml.g5.12xlarge", "ml.t2.medium", "ml.inf2.xlarge", "ml.zz9.metal-24xl"},
       {"", "m5.large", "ml.m5", "ml..large", "ml.m5.huge", "ml.M5.large", "ml.m5.12large2"}},
      {"package",
       [](std::string_view text) { CheckPackageArn("ARN", text); },
       {arn + "g/1", "arn:aws-cn:sagemaker:cn-north-1:123456789012:model-package/g/12"},
       {"", "g/1", arn + "g", arn + "g/", arn + "/1", arn + "g/x", "arn:aws:s3:::bucket",
        "arn:aws:sagemaker:r:12:model-package/g/1", "arn:aws:sagemaker:r:123456789012:model/g/1"}},
      {"role",
       [](std::string_view text) { CheckRole("--role", text); },
       {"MyRole", "a+=,.@_-", "arn:aws:iam::123456789012:role/deep/er/Name"},
       {"", "a/b", "arn:aws:iam::12:role/x", "arn:aws:iam::123456789012:user/x",
        "arn:aws:iam::123456789012:role/", std::string(65, 'x')}},
      {"header",
       [](std::string_view text) { CheckHeaderText("--x", text, 8); },
       {"a b~", "12345678"},
       {"", "a\nb", "\x7F", "ü", "123456789"}},
  };
  for (const Case& c : cases) {
    for (const std::string& text : c.good) {
      EXPECT_NO_THROW(c.check(text)) << c.what << " " << text;
    }
    for (const std::string& text : c.bad) {
      EXPECT_THROW(c.check(text), UsageError) << c.what << " " << text;
    }
  }
}

TEST(Checks, NameFlagValueAndRule) {
  try {
    CheckName("--endpoint-name", "a_b");
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(),
                 "--endpoint-name is 'a_b': a name has 1 to 63 letters, digits and hyphens, and no "
                 "hyphen at its ends (this has 3).");
  }
}

TEST(Checks, KnowInstanceFamilies) {
  EXPECT_TRUE(IsKnownInstanceFamily("ml.m5.large"));
  EXPECT_FALSE(IsKnownInstanceFamily("ml.zz9.large"));
}

TEST(Environment, KeepsToTheLimits) {
  Texts exact;
  for (int i = 0; i < 100; ++i) exact["K" + std::to_string(i)] = "v";
  EXPECT_NO_THROW(CheckEnvironment("--env", exact));
  exact["ONE_MORE"] = "v";
  EXPECT_THROW(CheckEnvironment("--env", exact), UsageError);

  EXPECT_NO_THROW(CheckEnvironment("--env", {{"K", std::string(1024, 'x')}}));
  EXPECT_THROW(CheckEnvironment("--env", {{"K", std::string(1025, 'x')}}), UsageError);
  EXPECT_THROW(CheckEnvironment("--env", {{std::string(1025, 'K'), ""}}), UsageError);
  EXPECT_THROW(CheckEnvironment("--env", {{"1K", ""}}), UsageError);
  EXPECT_THROW(CheckEnvironment("--env", {{"K-1", ""}}), UsageError);

  Texts full;
  for (int i = 0; i < 32; ++i) full["K" + std::to_string(10 + i)] = std::string(1021, 'x');
  EXPECT_NO_THROW(CheckEnvironment("--env", full));  // 32,768 bytes.
  full["K10"] += "x";
  EXPECT_THROW(CheckEnvironment("--env", full), UsageError);
}

TEST(Environment, DoesNotShowAValueThatIsTooLong) {
  try {
    CheckEnvironment("--env", {{"TOKEN", std::string(2000, 's')}});
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(), "--env TOKEN has a value of 2000 bytes: it may have 1,024.");
  }
}

TEST(Pairs, AreKeyAndValueAndNoKeyTwice) {
  EXPECT_EQ(ParsePairs("--env", {"A=1", "B=x=y", "C="}),
            (Texts{{"A", "1"}, {"B", "x=y"}, {"C", ""}}));
  EXPECT_THROW(ParsePairs("--env", {"A"}), UsageError);
  EXPECT_THROW(ParsePairs("--env", {"=1"}), UsageError);
  EXPECT_THROW(ParsePairs("--env", {"A=1", "A=2"}), UsageError);
}

TEST(Tags, LeaveThePlatformsAndOursAlone) {
  EXPECT_NO_THROW(CheckTags("--tag", {{"team", "ml"}}));
  EXPECT_THROW(CheckTags("--tag", {{"aws:x", ""}}), UsageError);
  EXPECT_THROW(CheckTags("--tag", {{"tenon:created-by", "me"}}), UsageError);
  EXPECT_THROW(CheckTags("--tag", {{"k", std::string(257, 'x')}}), UsageError);
}

}  // namespace
}  // namespace tenon::sagemaker_tool
