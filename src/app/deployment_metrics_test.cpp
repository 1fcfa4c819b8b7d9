// SPDX-License-Identifier: Apache-2.0
#include "app/deployment_metrics.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace tenon::app {
namespace {

std::string Written(std::vector<DeploymentReading> deployments) {
  std::string out;
  WriteDeploymentMetrics(deployments, out);
  return out;
}

DeploymentReading Plain(std::string_view name) {
  DeploymentReading reading{.application = "default", .name = name, .status = {}};
  reading.status.replicas = 2;
  reading.status.admission = {.ongoing = 3, .queued = 4, .refused = 5, .concurrency = 6};
  reading.status.limits = {.max_ongoing_requests = 6, .max_queued_requests = 7};
  return reading;
}

TEST(DeploymentMetrics, WritesEachFamilyOnceWithAllDeployments) {
  const std::string text = Written({Plain("a"), Plain("b")});
  EXPECT_TRUE(
      text.starts_with("# HELP tenon_deployment_replicas Objects constructed.\n"
                       "# TYPE tenon_deployment_replicas gauge\n"
                       "tenon_deployment_replicas{application=\"default\",deployment=\"a\"} 2\n"
                       "tenon_deployment_replicas{application=\"default\",deployment=\"b\"} 2\n"))
      << text;
  for (const char* line :
       {"tenon_deployment_ongoing_requests{application=\"default\",deployment=\"a\"} 3\n",
        "tenon_deployment_max_ongoing_requests{application=\"default\",deployment=\"a\"} 6\n",
        "tenon_deployment_queued_requests{application=\"default\",deployment=\"b\"} 4\n",
        "tenon_deployment_max_queued_requests{application=\"default\",deployment=\"b\"} 7\n",
        "# TYPE tenon_deployment_refused_requests_total counter\n",
        "tenon_deployment_refused_requests_total{application=\"default\",deployment=\"b\"} 5\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "in\n" << text;
  }
}

TEST(DeploymentMetrics, SaysNothingOfBatchesWhereThereAreNone) {
  EXPECT_EQ(Written({Plain("a")}).find("batch"), std::string::npos);
}

TEST(DeploymentMetrics, AddsUpTheBatchesOfAllReplicas) {
  DeploymentReading reading = Plain("a");
  reading.status.batching.resize(2);
  reading.status.batching[0].counts = {
      .waiting = 1, .running = 1, .runs = 10, .items = 20, .stopped = 2};
  reading.status.batching[1].counts = {.waiting = 2, .runs = 1, .items = 2};
  const std::string text = Written({Plain("plain"), reading});
  for (const char* end : {"batch_waiting{application=\"default\",deployment=\"a\"} 3\n",
                          "batch_running{application=\"default\",deployment=\"a\"} 1\n",
                          "batches_total{application=\"default\",deployment=\"a\"} 11\n",
                          "batch_items_total{application=\"default\",deployment=\"a\"} 22\n",
                          "batch_stopped_total{application=\"default\",deployment=\"a\"} 2\n"}) {
    EXPECT_NE(text.find(end), std::string::npos) << end << "in\n" << text;
  }
  EXPECT_EQ(text.find("batches_total{application=\"default\",deployment=\"plain\"}"),
            std::string::npos);
}

TEST(DeploymentMetrics, ExplainEachBatchedFunction) {
  DeploymentReading reading = Plain("a");
  reading.status.batching.resize(2);
  serving::BatchReport& report = reading.status.batching[1];
  report.counts.limit = 48;
  report.counts.causes = {0, 7, 8, 9, 10};
  report.curve = {{.size = 1, .samples = 5, .item_cost_ns = 84'000}};
  report.waits.Record(std::chrono::microseconds(20));
  report.runs.Record(std::chrono::hours(1));
  const std::string text = Written({reading});
  const std::string labels = "{application=\"default\",deployment=\"a\",batch=\"1\"";
  for (const std::string& line :
       {"batch_limit" + labels + "} 48\n", "batch_closed_total" + labels + ",cause=\"full\"} 7\n",
        "batch_closed_total" + labels + ",cause=\"deadline\"} 10\n",
        "batch_item_cost_seconds" + labels + ",size=\"1\"} 8.4e-05\n",
        "batch_wait_seconds_bucket" + labels + ",le=\"1.6e-05\"} 0\n",
        "batch_wait_seconds_bucket" + labels + ",le=\"6.4e-05\"} 1\n",
        "batch_wait_seconds_count" + labels + "} 1\n",
        "batch_run_seconds_bucket" + labels + ",le=\"+Inf\"} 1\n",
        "batch_run_seconds_sum" + labels + "} 3600\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "in\n" << text;
  }
}

TEST(DeploymentMetrics, EscapesLabels) {
  EXPECT_NE(Written({Plain("a\"b\\c\nd")}).find("deployment=\"a\\\"b\\\\c\\nd\"} 2"),
            std::string::npos);
}

TEST(DeploymentMetrics, WritesNothingForNoDeployment) { EXPECT_EQ(Written({}), ""); }

}  // namespace
}  // namespace tenon::app
