// SPDX-License-Identifier: Apache-2.0
#pragma once

// What each deployment holds, read when somebody scrapes.

#include <span>
#include <string>
#include <string_view>

#include "tenon/base/export.hpp"
#include "tenon/serving/bound_deployment.hpp"

namespace tenon::app {

struct DeploymentReading {
  std::string_view application;
  std::string_view name;
  serving::DeploymentStatus status;
};

// Appends gauges and counters of the deployments in Prometheus's text format.
TENON_EXPORT void WriteDeploymentMetrics(std::span<const DeploymentReading> deployments,
                                         std::string& out);

}  // namespace tenon::app
