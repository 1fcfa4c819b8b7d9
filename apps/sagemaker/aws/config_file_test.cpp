// SPDX-License-Identifier: Apache-2.0
#include "aws/config_file.hpp"

#include <gtest/gtest.h>

#include "aws/failure.hpp"

namespace tenon::aws {
namespace {

constexpr const char* kConfig = R"(# comment
[default]
region = eu-central-1
; another
[profile dev]
role_arn=arn:aws:iam::1:role/x   # why
secret = a#b
s3 =
  addressing_style = path
[profile "with space"]
region = us-east-1
[sso-session corp]
sso_region = eu-west-1
)";

TEST(ConfigFile, ReadsSectionsKeysAndNestedKeys) {
  const ConfigFiles files(ParseConfigFile(kConfig, "config"),
                          ParseConfigFile("[dev]\naws_access_key_id = A\nregion = r\n", "c"));
  EXPECT_EQ(ValueOf(*files.Profile("default"), "region"), "eu-central-1");
  const Section dev = *files.Profile("dev");
  EXPECT_EQ(ValueOf(dev, "role_arn"), "arn:aws:iam::1:role/x");
  EXPECT_EQ(ValueOf(dev, "secret"), "a#b");  // No comment without a space.
  EXPECT_EQ(ValueOf(dev, "s3.addressing_style"), "path");
  EXPECT_EQ(ValueOf(dev, "aws_access_key_id"), "A");  // Of the other file.
  EXPECT_EQ(ValueOf(*files.Profile("with space"), "region"), "us-east-1");
  EXPECT_EQ(ValueOf(*files.Other("sso-session", "corp"), "sso_region"), "eu-west-1");
  EXPECT_FALSE(files.Profile("none").has_value());
  EXPECT_FALSE(files.Other("services", "none").has_value());
}

TEST(ConfigFile, NamesTheLineThatItCannotRead) {
  try {
    ParseConfigFile("[a]\nx = 1\nnonsense\n", "the file");
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_STREQ(failure.what(), "the file, line 3: expected [section] or key = value.");
  }
  EXPECT_THROW(ParseConfigFile("x = 1\n", "f"), Failure);
}

}  // namespace
}  // namespace tenon::aws
