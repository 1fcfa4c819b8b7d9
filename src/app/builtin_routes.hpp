// SPDX-License-Identifier: Apache-2.0
#pragma once

// The routes that every application has beside its driver's.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tenon/base/export.hpp"
#include "tenon/http/route.hpp"

namespace tenon::app {

struct BuiltinContent {
  std::string application;                    // Its name; several are separated by commas.
  std::map<std::string, std::string> owners;  // The application of each path that is not builtin.
  std::string openapi;                        // The document.
  std::function<void(std::string& out)> write_metrics;  // From any loop.
  // `/execution-parameters`, for SageMaker's batch transform; empty: there is no such route.
  std::function<void(std::string& out)> write_execution_parameters = {};
};

// Adds `/openapi.json`, `/docs`, `/metrics`, `/-/healthz`, `/-/routes` and `/` to the driver's
// routes. What the application serves itself under one of these stays the application's.
TENON_EXPORT std::vector<http::Route> WithBuiltinRoutes(std::vector<http::Route> routes,
                                                        BuiltinContent content);

}  // namespace tenon::app
