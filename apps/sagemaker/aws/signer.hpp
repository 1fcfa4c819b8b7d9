// SPDX-License-Identifier: Apache-2.0
#pragma once

// Signature Version 4, in headers.

#include <cstdint>
#include <string>

#include "aws/credentials.hpp"
#include "aws/http_message.hpp"

namespace tenon::aws {

// S3 signs the path as it is sent and wants the body's digest as a header; every other service
// signs the path encoded once more.
enum class SigningRules : std::uint8_t { kCommon, kS3 };

struct SigningScope {
  std::string service;  // As in the credential scope: "sagemaker".
  std::string region;
  SigningRules rules = SigningRules::kCommon;
};

// Adds X-Amz-Date, X-Amz-Security-Token where there is one, the S3 digest header, and
// Authorization; replaces what an earlier attempt left there. Everything in `request.headers` is
// signed, so it must reach the service unchanged.
void Sign(HttpRequest& request, const Credentials& credentials, const SigningScope& scope,
          WallTime now);

}  // namespace tenon::aws
