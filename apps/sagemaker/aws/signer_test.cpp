// SPDX-License-Identifier: Apache-2.0
#include "aws/signer.hpp"

#include <gtest/gtest.h>

#include "aws/digest.hpp"

namespace tenon::aws {
namespace {

constexpr WallTime kMoment{std::chrono::seconds(1440938160)};  // 2015-08-30 12:36:00 UTC.

Credentials ExampleKeys() {
  Credentials credentials;
  credentials.access_key_id = "AKIDEXAMPLE";
  credentials.secret_access_key = Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
  return credentials;
}

std::string HeaderOf(const HttpRequest& request, std::string_view name) {
  std::string found;
  int count = 0;
  for (const auto& [key, value] : request.headers) {
    if (key == name) {
      found = value;
      ++count;
    }
  }
  return count > 1 ? "twice" : found;
}

// The published example of the signature's documentation.
TEST(Signer, GivesThePublishedSignature) {
  HttpRequest request;
  request.method = "GET";
  request.host = "iam.amazonaws.com";
  request.query = {{"Version", "2010-05-08"}, {"Action", "ListUsers"}};
  request.SetHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  Sign(request, ExampleKeys(), {.service = "iam", .region = "us-east-1"}, kMoment);
  EXPECT_EQ(HeaderOf(request, "Authorization"),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
            "SignedHeaders=content-type;host;x-amz-date, "
            "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
}

TEST(Signer, ReplacesAnEarlierSignatureAndToken) {
  HttpRequest request;
  request.host = "h";
  Credentials keys = ExampleKeys();
  keys.session_token = Secret("first");
  Sign(request, keys, {.service = "s3", .region = "r", .rules = SigningRules::kS3}, kMoment);
  const std::string first = HeaderOf(request, "Authorization");
  keys.session_token = Secret("second");
  Sign(request, keys, {.service = "s3", .region = "r", .rules = SigningRules::kS3}, kMoment);
  EXPECT_EQ(HeaderOf(request, "X-Amz-Security-Token"), "second");
  EXPECT_NE(HeaderOf(request, "Authorization"), first);
  EXPECT_NE(HeaderOf(request, "Authorization"), "twice");
  EXPECT_EQ(HeaderOf(request, "X-Amz-Content-SHA256"), Hex(Sha256("")));
}

TEST(Signer, EncodesThePathOnceMoreExceptForS3) {
  const auto signature = [](SigningRules rules) {
    HttpRequest request;
    request.host = "h";
    request.path = "/a%20b";
    Sign(request, ExampleKeys(), {.service = "x", .region = "r", .rules = rules}, kMoment);
    return HeaderOf(request, "Authorization");
  };
  EXPECT_NE(signature(SigningRules::kCommon), signature(SigningRules::kS3));
}

TEST(Digest, DecodesBase64AndRefusesOtherText) {
  EXPECT_EQ(DecodeBase64("QVdTOnB3"), "AWS:pw");
  EXPECT_EQ(DecodeBase64("QQ=="), "A");
  EXPECT_EQ(DecodeBase64(""), "");
  EXPECT_EQ(DecodeBase64("Q"), std::nullopt);
  EXPECT_EQ(DecodeBase64("QQ!="), std::nullopt);
}

}  // namespace
}  // namespace tenon::aws
