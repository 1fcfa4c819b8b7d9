// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a deployment will create, as pure functions of what was asked for.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "checks/arn.hpp"
#include "checks/names.hpp"
#include "json/json_object.hpp"

namespace tenon::sagemaker_tool {

struct ContainerChoice {
  std::string name;  // Empty for the only one.
  PackageArn package;
};

struct ServerlessChoice {
  std::int64_t memory_mb = 0;
  std::int64_t concurrency = 0;
};

struct AsyncChoice {
  std::string output;  // s3://...
  std::optional<std::int64_t> max_concurrent;
};

enum class MemberOf : std::uint8_t { kModel, kConfig };

// One `--set`.
struct MemberSetting {
  MemberOf of = MemberOf::kModel;
  std::string path;
  std::string json;
};

struct DeployChoice {
  std::string endpoint;
  std::vector<ContainerChoice> containers;
  std::optional<std::string> mode;  // "Direct" or "Serial".
  std::string instance_type;
  std::int64_t instance_count = 1;
  std::optional<ServerlessChoice> serverless;
  std::optional<AsyncChoice> async;
  std::optional<std::string> multi_model;  // s3://.../
  std::optional<std::int64_t> startup_timeout_s;
  std::optional<std::int64_t> model_data_timeout_s;
  Texts environment;
  Texts tags;
  std::vector<MemberSetting> settings;
};

inline constexpr std::string_view kVariantName = "AllTraffic";

// "model.KEY=JSON" or "config.KEY=JSON".
// Errors: throws UsageError for another shape, an unknown member (the known ones are listed) and a
// value that is no JSON.
MemberSetting ParseMemberSetting(std::string_view text);

// `image` is that of the package, for a multi-model endpoint only, which no package describes.
// Errors of the three: throws UsageError for a `--set` whose path leads nowhere.
JsonObject ModelBody(const DeployChoice& choice, const std::string& name,
                     const std::string& role_arn, const std::string& image);
JsonObject ConfigBody(const DeployChoice& choice, const std::string& name, const std::string& model,
                      std::string_view variant);
JsonObject EndpointBody(const DeployChoice& choice, const std::string& config);

// Whether the number of instances was asked for, so that it is not retained.
enum class InstanceCountWish : std::uint8_t { kRetain, kAsGiven };
JsonObject UpdateBody(const DeployChoice& choice, const std::string& config,
                      InstanceCountWish wish);

}  // namespace tenon::sagemaker_tool
