// SPDX-License-Identifier: Apache-2.0
#pragma once

// The ARNs that are given and made.

#include <optional>
#include <string>
#include <string_view>

namespace tenon::sagemaker_tool {

struct Arn {
  std::string partition;
  std::string service;
  std::string region;
  std::string account;
  std::string resource;
};

std::optional<Arn> ParseArn(std::string_view text);

// One version of a model package.
struct PackageArn {
  std::string text;
  Arn arn;
};

// arn:aws:sagemaker:REGION:ACCOUNT:model-package/GROUP/VERSION.
// Errors: throws UsageError. `flag` is "ARN" for the word.
PackageArn CheckPackageArn(std::string_view flag, std::string_view text);

// A role as it is given: by name or by ARN.
struct Role {
  std::string name;
  std::string arn;  // Empty where only the name is known.
};

// Errors: throws UsageError.
Role CheckRole(std::string_view flag, std::string_view text);

}  // namespace tenon::sagemaker_tool
