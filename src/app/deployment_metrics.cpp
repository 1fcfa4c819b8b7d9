// SPDX-License-Identifier: Apache-2.0
#include "app/deployment_metrics.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
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

template <std::size_t serving::BatchCounts::* kMember>
std::size_t Sum(const serving::DeploymentStatus& status) {
  return std::accumulate(status.batching.begin(), status.batching.end(), std::size_t{0},
                         [](std::size_t sum, const serving::BatchReport& report) {
                           return sum + report.counts.*kMember;
                         });
}

constexpr std::array kMetrics = {
    Metric{"tenon_deployment_replicas", "gauge", "Objects constructed.",
           [](const serving::DeploymentStatus& status) { return status.replicas; }},
    Metric{"tenon_deployment_ongoing_requests", "gauge", "Calls that run.",
           [](const serving::DeploymentStatus& status) { return status.admission.ongoing; }},
    Metric{
        "tenon_deployment_max_ongoing_requests", "gauge", "Calls that may run at once.",
        [](const serving::DeploymentStatus& status) { return status.limits.max_ongoing_requests; }},
    Metric{"tenon_deployment_queued_requests", "gauge", "Calls that wait to be run.",
           [](const serving::DeploymentStatus& status) { return status.admission.queued; }},
    Metric{
        "tenon_deployment_max_queued_requests", "gauge",
        "Calls that may wait; what comes on top is refused.",
        [](const serving::DeploymentStatus& status) { return status.limits.max_queued_requests; }},
    Metric{"tenon_deployment_refused_requests_total", "counter",
           "Calls that were refused because the queue was full.",
           [](const serving::DeploymentStatus& status) { return status.admission.refused; }},
    Metric{"tenon_deployment_concurrency_limit", "gauge",
           "Calls that may run at once so that they keep their deadlines.",
           [](const serving::DeploymentStatus& status) { return status.admission.concurrency; }},
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
    Metric{"tenon_deployment_batch_hopeless_total", "counter",
           "Of those, items that had less time left than a run takes.",
           &Sum<&serving::BatchCounts::hopeless>, true},
    Metric{"tenon_deployment_batch_decisions_total", "counter",
           "How often the learned batch size has changed.", &Sum<&serving::BatchCounts::decisions>,
           true},
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

// Metrics of single batched functions; `batch` is the place of the function in its deployment.
class BatchWriter {
 public:
  BatchWriter(std::span<const DeploymentReading> deployments, std::string& out)
      : deployments_(deployments), out_(out) {}

  void Write() {
    Family("tenon_deployment_batch_limit", "gauge", "Most items in one run: set, or learned.",
           [this](const serving::BatchReport& report) {
             Line("", {}, {}, std::to_string(report.counts.limit));
           });
    Family("tenon_deployment_batch_closed_total", "counter", "Batches by what closed them.",
           [this](const serving::BatchReport& report) {
             for (std::size_t i = 1; i < serving::kBatchCauses; ++i) {
               Line("", "cause", kCauses[i], std::to_string(report.counts.causes[i]));
             }
           });
    Family("tenon_deployment_batch_item_cost_seconds", "gauge",
           "The learned curve: what an item costs in a run of that size.",
           [this](const serving::BatchReport& report) {
             for (const serving::BatchCostPoint& point : report.curve) {
               Line("", "size", std::to_string(point.size), Seconds(point.item_cost_ns));
             }
           });
    Family("tenon_deployment_batch_wait_seconds", "histogram",
           "How long items waited for their batch.",
           [this](const serving::BatchReport& report) { Histogram(report.waits); });
    Family("tenon_deployment_batch_wasted_wait_seconds_total", "counter",
           "How long batches waited for company after their last item had come.",
           [this](const serving::BatchReport& report) {
             Line("", {}, {}, Seconds(report.wasted_wait));
           });
    Family("tenon_deployment_batch_run_seconds", "histogram", "How long batches ran.",
           [this](const serving::BatchReport& report) { Histogram(report.runs); });
  }

 private:
  static constexpr std::array<std::string_view, serving::kBatchCauses> kCauses{
      "none", "full", "free_permit", "timeout", "deadline"};

  static std::string Seconds(double nanoseconds) {
    return fmt::format("{:.9g}", nanoseconds / 1e9);
  }
  static std::string Seconds(Duration duration) {
    return Seconds(std::chrono::duration<double, std::nano>(duration).count());
  }

  template <class F>
  void Family(std::string_view name, std::string_view type, std::string_view help, F write) {
    name_ = name;
    bool has_head = false;
    for (const DeploymentReading& deployment : deployments_) {
      application_ = deployment.application;
      deployment_ = deployment.name;
      for (std::size_t i = 0; i < deployment.status.batching.size(); ++i) {
        if (!has_head) {
          out_.append("# HELP ").append(name).append(" ").append(help);
          out_.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
          has_head = true;
        }
        batch_ = std::to_string(i);
        write(deployment.status.batching[i]);
      }
    }
  }

  void Line(std::string_view suffix, std::string_view label, std::string_view value,
            const std::string& number) {
    out_.append(name_).append(suffix).append("{");
    AppendLabel("application", application_, out_);
    out_ += ',';
    AppendLabel("deployment", deployment_, out_);
    out_ += ',';
    AppendLabel("batch", batch_, out_);
    if (!label.empty()) {
      out_ += ',';
      AppendLabel(label, value, out_);
    }
    out_.append("} ").append(number).append("\n");
  }

  void Histogram(const serving::TimeHistogram& histogram) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
      sum += histogram.counts[i];
      const bool is_last = i + 1 == histogram.counts.size();
      Line("_bucket", "le", is_last ? "+Inf" : Seconds(serving::TimeHistogram::UpperBound(i)),
           std::to_string(sum));
    }
    Line("_sum", {}, {}, Seconds(histogram.sum));
    Line("_count", {}, {}, std::to_string(sum));
  }

  std::string_view application_;
  std::span<const DeploymentReading> deployments_;
  std::string& out_;
  std::string_view name_;
  std::string_view deployment_;
  std::string batch_;
};

}  // namespace

void WriteDeploymentMetrics(std::span<const DeploymentReading> deployments, std::string& out) {
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
      AppendLabel("application", deployment.application, out);
      out += ',';
      AppendLabel("deployment", deployment.name, out);
      out.append("} ").append(std::to_string(metric.read(deployment.status))).append("\n");
    }
  }
  BatchWriter(deployments, out).Write();
}

}  // namespace tenon::app
