// SPDX-License-Identifier: Apache-2.0
#include "app/deployment_metrics.hpp"

#include <array>
#include <cstddef>
#include <numeric>

namespace tenon::app {
namespace {

struct Metric {
  std::string_view name;
  std::string_view type;
  std::string_view help;
  std::size_t (*read)(const serving::DeploymentStatus& status);
  bool batching = false;  // Only of deployments that batch.
};

template <std::size_t serving::BatchCounts::*kMember>
std::size_t Sum(const serving::DeploymentStatus& status) {
  return std::accumulate(
      status.batching.begin(), status.batching.end(), std::size_t{0},
      [](std::size_t sum, const serving::BatchCounts& counts) { return sum + counts.*kMember; });
}

constexpr std::array kMetrics = {
    Metric{"tenon_deployment_replicas", "gauge", "Objects constructed.",
           [](const serving::DeploymentStatus& status) { return status.replicas; }},
    Metric{"tenon_deployment_ongoing_requests", "gauge", "Calls that run.",
           [](const serving::DeploymentStatus& status) { return status.admission.ongoing; }},
    Metric{"tenon_deployment_max_ongoing_requests", "gauge", "Calls that may run at once.",
           [](const serving::DeploymentStatus& status) { return status.limits.max_ongoing_requests; }},
    Metric{"tenon_deployment_queued_requests", "gauge", "Calls that wait to be run.",
           [](const serving::DeploymentStatus& status) { return status.admission.queued; }},
    Metric{"tenon_deployment_max_queued_requests", "gauge",
           "Calls that may wait; what comes on top is refused.",
           [](const serving::DeploymentStatus& status) { return status.limits.max_queued_requests; }},
    Metric{"tenon_deployment_refused_requests_total", "counter",
           "Calls that were refused because the queue was full.",
           [](const serving::DeploymentStatus& status) { return status.admission.refused; }},
    Metric{"tenon_deployment_batch_waiting", "gauge", "Items that wait for their batch.",
           &Sum<&serving::BatchCounts::waiting>, true},
    Metric{"tenon_deployment_batch_running", "gauge", "Batches that run.",
           &Sum<&serving::BatchCounts::running>, true},
    Metric{"tenon_deployment_batches_total", "counter", "Batches that were run.",
           &Sum<&serving::BatchCounts::runs>, true},
    Metric{"tenon_deployment_batch_items_total", "counter", "Items that were run in batches.",
           &Sum<&serving::BatchCounts::items>, true},
    Metric{"tenon_deployment_batch_stopped_total", "counter",
           "Items whose request ended before their batch began.",
           &Sum<&serving::BatchCounts::stopped>, true},
};

void AppendLabel(std::string_view name, std::string_view value, std::string& out) {
  out += name;
  out += "=\"";
  for (const char c : value) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

}  // namespace

void WriteDeploymentMetrics(std::string_view application,
                            std::span<const DeploymentReading> deployments, std::string& out) {
  for (const Metric& metric : kMetrics) {
    bool has_head = false;
    for (const DeploymentReading& deployment : deployments) {
      if (metric.batching && deployment.status.batching.empty()) continue;
      if (!has_head) {
        out.append("# HELP ").append(metric.name).append(" ").append(metric.help);
        out.append("\n# TYPE ").append(metric.name).append(" ").append(metric.type).append("\n");
        has_head = true;
      }
      out.append(metric.name).append("{");
      AppendLabel("application", application, out);
      out += ',';
      AppendLabel("deployment", deployment.name, out);
      out.append("} ").append(std::to_string(metric.read(deployment.status))).append("\n");
    }
  }
}

}  // namespace tenon::app
