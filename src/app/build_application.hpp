// SPDX-License-Identifier: Apache-2.0
#pragma once

// From the words of the command line to a graph of deployments with its driver.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tenon/base/result.hpp"
#include "tenon/http/route.hpp"
#include "tenon/serving/application.hpp"

namespace tenon::app {

// What to build; see RunOptions.
struct ApplicationSource {
  std::string target;
  std::vector<std::pair<std::string, std::string>> arguments;
  std::string application_name;
  std::vector<std::filesystem::path> folders;
  std::string route_prefix = "/";
  std::vector<DeploymentOverride> overrides = {};
  std::string place = {};  // In a configuration file; see ApplicationConfig.
  std::optional<std::filesystem::path> tuning_file = {};  // See RunOptions.
};

// Nothing is constructed yet.
struct BuiltApplication {
  std::unique_ptr<Application> application;
  http::Driver driver;
  std::filesystem::path module;
  std::string executed_by = {};  // Of an artifact: "ONNX Runtime 1.32.0, CPU, 2 threads".
};

// Errors: as LoadModule; kInvalid where the application refuses its arguments or settings; what
// else its body throws. The texts are for whoever starts the program.
Result<BuiltApplication> BuildApplication(const ApplicationSource& source);

// A failure of the start in one line: what a client may read, and what only the operator may.
std::string OneLine(const Error& error);

}  // namespace tenon::app
