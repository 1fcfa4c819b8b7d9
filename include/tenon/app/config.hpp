// SPDX-License-Identifier: Apache-2.0
#pragma once

// A configuration file: several applications in one server, in Ray Serve's layout.
//
//   http_options: {host: 0.0.0.0, port: 8080, request_timeout_s: 60}
//   applications:
//     - name: letters
//       route_prefix: /letters
//       import_path: example_serving.multi:handle
//       args: {k: 5}
//       deployments:
//         - {name: Orchestrator, num_replicas: 2, max_ongoing_requests: 100}
//
// What a key says wins over `Bind`; a flag or a variable wins over it.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/serving/deployment_options.hpp"

namespace tenon::app {

// One application of a server.
struct ApplicationConfig {
  std::string name = "default";    // In `/-/routes` and metrics.
  std::string route_prefix = "/";  // Stands before each of its paths; ends with no slash but "/".
  std::string import_path;         // "module:name", or the path of an artifact.
  std::vector<std::pair<std::string, std::string>> arguments = {};
  std::vector<DeploymentOverride> deployments = {};
  std::string place = {};  // "config.yaml:7", for errors; empty for the command line's.
};

struct ServerConfig {
  std::optional<std::string> host;
  std::optional<std::uint16_t> port;
  std::optional<std::chrono::milliseconds> request_timeout;
  std::vector<ApplicationConfig> applications;
};

// Whether `tenon run` is told a configuration file: its name ends with .yaml or .yml.
TENON_EXPORT bool NamesConfig(std::string_view target);

// Errors: kNotFound for a file that is not there; kInvalid, beginning with file and line, for what
// is no YAML, for keys that are not known (the nearest one is named), and for values that a key
// does not take.
TENON_EXPORT Result<ServerConfig> ReadConfig(const std::filesystem::path& file);

// A configuration file that serves the applications as they are bound. It can be read by
// `ReadConfig`, and shows what can be changed.
struct BuiltDeployment {
  std::string name;
  DeploymentOptions options;
};
struct BuiltConfig {
  std::string import_path;
  std::vector<BuiltDeployment> deployments;
};
TENON_EXPORT std::string WriteConfig(const std::vector<BuiltConfig>& applications);

}  // namespace tenon::app
