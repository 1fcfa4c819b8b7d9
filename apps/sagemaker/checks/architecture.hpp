// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which processor an instance has, and where an image lies, as pure functions of their names.

#include <optional>
#include <string>
#include <string_view>

namespace tenon::sagemaker_tool {

// "amd64" or "arm64", as images name them. Graviton families have a 'g' behind their generation:
// ml.c7g.large, ml.m6gd.xlarge. https://docs.aws.amazon.com/ec2/latest/instancetypes/
std::string_view ArchitectureOfInstance(std::string_view type);

// An image in ECR.
struct EcrImage {
  std::string registry;  // The account: "123456789012".
  std::string region;
  std::string repository;
  std::string tag;     // Of the two, one is empty.
  std::string digest;  // "sha256:..."
};

// Nothing for an image in another registry, and for what is no image URI.
std::optional<EcrImage> ParseEcrImage(std::string_view uri);

}  // namespace tenon::sagemaker_tool
