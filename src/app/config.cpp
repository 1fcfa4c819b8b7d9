// SPDX-License-Identifier: Apache-2.0
#include "app/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "app/artifact_config.hpp"
#include "app/config_keys.hpp"
#include "tenon/base/duration_text.hpp"

namespace tenon::app {
namespace {

using config_keys::Key;
using config_keys::ReadList;
using config_keys::ReadMap;
using config_keys::ReadNumber;
using config_keys::ReadSeconds;
using config_keys::ReadText;
using config_keys::Refuse;

Result<> ReadWeight(const ConfigNode& node, std::string_view file, std::string_view key,
                    std::optional<double>& out) {
  constexpr long double kMost = 1'000'000;
  const auto weight = ParseSeconds(node.text);
  if (node.kind != ConfigNode::Kind::kPlain || !weight || !(*weight > 0) || *weight > kMost) {
    return Refuse(node, file, key, "a number above 0, such as 0.5 or 2");
  }
  out = static_cast<double>(*weight);
  return {};
}

constexpr std::size_t kMostReplicas = 10'000;
constexpr std::size_t kMostRequests = 1'000'000;

template <std::optional<std::size_t> DeploymentOverride::* kMember>
Result<> ReadCount(const ConfigNode& node, std::string_view file, std::string_view key,
                   std::size_t least, std::size_t most, DeploymentOverride& out) {
  return ReadNumber(node, file, key, least, most, out.*kMember);
}

constexpr std::array kDeploymentKeys = {
    Key<DeploymentOverride>{
        "name", [](const ConfigNode& node, std::string_view file,
                   DeploymentOverride& out) { return ReadText(node, file, "name", out.name); }},
    Key<DeploymentOverride>{
        "num_replicas",
        [](const ConfigNode& node, std::string_view file, DeploymentOverride& out) {
          return ReadCount<&DeploymentOverride::num_replicas>(node, file, "num_replicas", 1,
                                                              kMostReplicas, out);
        }},
    Key<DeploymentOverride>{
        "max_ongoing_requests",
        [](const ConfigNode& node, std::string_view file, DeploymentOverride& out) {
          return ReadCount<&DeploymentOverride::max_ongoing_requests>(
              node, file, "max_ongoing_requests", 1, kMostRequests, out);
        }},
    Key<DeploymentOverride>{
        "max_queued_requests",
        [](const ConfigNode& node, std::string_view file, DeploymentOverride& out) {
          return ReadCount<&DeploymentOverride::max_queued_requests>(
              node, file, "max_queued_requests", 0, kMostRequests, out);
        }},
    Key<DeploymentOverride>{
        "user_config",
        [](const ConfigNode& node, std::string_view, DeploymentOverride& out) -> Result<> {
          if (node.kind != ConfigNode::Kind::kNull) {
            out.user_config = ConfigJson(node);
          }
          return {};
        }},
    Key<DeploymentOverride>{
        "max_batch_size",
        [](const ConfigNode& node, std::string_view file, DeploymentOverride& out) {
          return ReadCount<&DeploymentOverride::max_batch_size>(node, file, "max_batch_size", 1,
                                                                kMostRequests, out);
        }},
    Key<DeploymentOverride>{
        "batch_wait_timeout_s",
        [](const ConfigNode& node, std::string_view file, DeploymentOverride& out) {
          return ReadSeconds(node, file, "batch_wait_timeout_s", out.batch_wait_timeout);
        }},
    Key<DeploymentOverride>{
        "max_concurrent_batches",
        [](const ConfigNode& node, std::string_view file, DeploymentOverride& out) {
          return ReadCount<&DeploymentOverride::max_concurrent_batches>(
              node, file, "max_concurrent_batches", 1, kMostReplicas, out);
        }},
    Key<DeploymentOverride>{
        "compute_weight",
        [](const ConfigNode& node, std::string_view file, DeploymentOverride& out) {
          return ReadWeight(node, file, "compute_weight", out.compute_weight);
        }},
    Key<DeploymentOverride>{"ray_actor_options", nullptr},
    Key<DeploymentOverride>{"autoscaling_config", nullptr},
    Key<DeploymentOverride>{"placement_group_bundles", nullptr},
    Key<DeploymentOverride>{"placement_group_strategy", nullptr},
    Key<DeploymentOverride>{"max_replicas_per_node", nullptr},
    Key<DeploymentOverride>{"graceful_shutdown_wait_loop_s", nullptr},
    Key<DeploymentOverride>{"graceful_shutdown_timeout_s", nullptr},
    Key<DeploymentOverride>{"health_check_period_s", nullptr},
    Key<DeploymentOverride>{"health_check_timeout_s", nullptr},
    Key<DeploymentOverride>{"logging_config", nullptr},
    Key<DeploymentOverride>{"request_router_config", nullptr},
};

Result<DeploymentOverride> ReadDeployment(const ConfigNode& node, std::string_view file) {
  DeploymentOverride deployment;
  auto read = ReadMap<DeploymentOverride>(node, file, "a deployment", kDeploymentKeys, deployment);
  if (!read) return std::move(read).Error();
  if (deployment.name.empty()) {
    return ConfigError(file, node.line,
                       "This deployment has no 'name'; it says which one is meant.");
  }
  deployment.place = fmt::format("{}:{}", file, node.line);
  return deployment;
}

Result<> ReadPrefix(const ConfigNode& node, std::string_view file, ApplicationConfig& out) {
  const std::string& text = node.text;
  const bool is_path = node.IsScalar() && text.starts_with('/') &&
                       (text.size() == 1 || !text.ends_with('/')) &&
                       text.find_first_of("?# {}") == std::string::npos;
  if (!is_path) {
    return Refuse(node, file, "route_prefix",
                  "/ or a path such as /letters, without a slash at "
                  "its end");
  }
  out.route_prefix = text;
  return {};
}

Result<> ReadArguments(const ConfigNode& node, std::string_view file, ApplicationConfig& out) {
  if (node.kind == ConfigNode::Kind::kNull) return {};
  if (node.kind != ConfigNode::Kind::kMap) return Refuse(node, file, "args", "keys with values");
  for (const ConfigEntry& entry : node.entries) {
    if (entry.value.kind == ConfigNode::Kind::kNull) continue;
    out.arguments.emplace_back(entry.key,
                               entry.value.IsScalar() ? entry.value.text : ConfigJson(entry.value));
  }
  return {};
}

constexpr std::array kApplicationKeys = {
    Key<ApplicationConfig>{
        "name", [](const ConfigNode& node, std::string_view file,
                   ApplicationConfig& out) { return ReadText(node, file, "name", out.name); }},
    Key<ApplicationConfig>{"route_prefix", &ReadPrefix},
    Key<ApplicationConfig>{
        "import_path",
        [](const ConfigNode& node, std::string_view file, ApplicationConfig& out) {
          return ReadText(node, file, "import_path", out.import_path);
        }},
    Key<ApplicationConfig>{"args", &ReadArguments},
    Key<ApplicationConfig>{
        "deployments",
        [](const ConfigNode& node, std::string_view file, ApplicationConfig& out) {
          return ReadList(node, file, "deployments", &ReadDeployment, out.deployments);
        }},
    Key<ApplicationConfig>{"runtime_env", nullptr},
    Key<ApplicationConfig>{"host", nullptr},
    Key<ApplicationConfig>{"port", nullptr},
    Key<ApplicationConfig>{"logging_config", nullptr},
    Key<ApplicationConfig>{"autoscaling_policy", nullptr},
    Key<ApplicationConfig>{"external_scaler_enabled", nullptr},
};

Result<ApplicationConfig> ReadApplication(const ConfigNode& node, std::string_view file) {
  ApplicationConfig application;
  auto read =
      ReadMap<ApplicationConfig>(node, file, "an application", kApplicationKeys, application);
  if (!read) return std::move(read).Error();
  if (application.import_path.empty()) {
    return ConfigError(file, node.line,
                       "This application has no 'import_path', such as hello:handle.");
  }
  application.place = fmt::format("{}:{}", file, node.line);
  return application;
}

constexpr std::array kHttpKeys = {
    Key<ServerConfig>{"host",
                      [](const ConfigNode& node, std::string_view file, ServerConfig& out) {
                        return ReadText(node, file, "host", out.host.emplace());
                      }},
    Key<ServerConfig>{"port",
                      [](const ConfigNode& node, std::string_view file, ServerConfig& out) {
                        return ReadNumber<std::uint16_t>(node, file, "port", 0, 65'535, out.port);
                      }},
    Key<ServerConfig>{
        "request_timeout_s",
        [](const ConfigNode& node, std::string_view file, ServerConfig& out) -> Result<> {
          if (node.kind == ConfigNode::Kind::kNull) return {};
          return ReadSeconds(node, file, "request_timeout_s", out.request_timeout);
        }},
    Key<ServerConfig>{"root_path", nullptr},
    Key<ServerConfig>{"keep_alive_timeout_s", nullptr},
    Key<ServerConfig>{"num_cpus", nullptr},
    Key<ServerConfig>{"location", nullptr},
    Key<ServerConfig>{"middlewares", nullptr},
};

constexpr std::array kServerKeys = {
    Key<ServerConfig>{"http_options",
                      [](const ConfigNode& node, std::string_view file, ServerConfig& out) {
                        return ReadMap<ServerConfig>(node, file, "http_options", kHttpKeys, out);
                      }},
    Key<ServerConfig>{"applications",
                      [](const ConfigNode& node, std::string_view file, ServerConfig& out) {
                        return ReadList(node, file, "applications", &ReadApplication,
                                        out.applications);
                      }},
    Key<ServerConfig>{"proxy_location", nullptr},
    Key<ServerConfig>{"grpc_options", nullptr},
    Key<ServerConfig>{"logging_config", nullptr},
    Key<ServerConfig>{"target_capacity", nullptr},
};

// Two applications must differ in name and in prefix; metrics and routes could not tell them apart.
Result<> CheckApart(const ServerConfig& config) {
  for (std::size_t i = 0; i < config.applications.size(); ++i) {
    const ApplicationConfig& late = config.applications[i];
    for (std::size_t j = 0; j < i; ++j) {
      const ApplicationConfig& early = config.applications[j];
      for (const auto& [key, member] : {std::pair{"name", &ApplicationConfig::name},
                                        {"route_prefix", &ApplicationConfig::route_prefix}}) {
        if (early.*member != late.*member) continue;
        return Error(ErrorCode::kInvalid,
                     fmt::format("{}: The {} '{}' is also that of the application at {}. Give one "
                                 "of them another.",
                                 late.place, key, late.*member, early.place));
      }
    }
  }
  return {};
}

}  // namespace

bool NamesConfig(std::string_view target) {
  return target.ends_with(".yaml") || target.ends_with(".yml");
}

Result<ServerConfig> ReadConfigNode(const ConfigNode& root, std::string_view file) {
  ServerConfig config;
  if (root.kind != ConfigNode::Kind::kNull) {
    auto read = ReadMap<ServerConfig>(root, file, "a configuration", kServerKeys, config);
    if (!read) return std::move(read).Error();
  }
  if (config.applications.empty()) {
    return ConfigError(file, root.line,
                       "It names no application: there is nothing to serve. "
                       "'tenon build MODULE:NAME' writes such a file.");
  }
  if (auto apart = CheckApart(config); !apart) return std::move(apart).Error();
  return config;
}

Result<ServerConfig> ReadConfig(const std::filesystem::path& file) {
  if (file.filename() == kArtifactConfigName) {
    return Error(
        ErrorCode::kInvalid,
        fmt::format("{} says how one artifact is served. Name its folder: tenon run {}",
                    file.string(), file.has_parent_path() ? file.parent_path().string() : "."));
  }
  auto tree = ReadConfigTree(file);
  if (!tree) return std::move(tree).Error();
  return ReadConfigNode(*tree, file.string());
}

}  // namespace tenon::app
