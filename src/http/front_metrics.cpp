// SPDX-License-Identifier: Apache-2.0
#include "http/front_metrics.hpp"

#include <string>

namespace tenon::http {
namespace {

Counter ReplyCounter(MetricsRegistry& registry, std::string status) {
  return registry.AddCounter("tenon_http_requests_total",
                             "Requests by status; 499: the client went away before the answer.",
                             {{"status", std::move(status)}});
}

}  // namespace

std::string_view Name(CutOff reason) noexcept {
  switch (reason) {
    case CutOff::kIdle: return "idle";
    case CutOff::kHead: return "head";
    case CutOff::kBody: return "body";
    case CutOff::kWrite: return "write";
  }
  return {};
}

FrontMetrics::FrontMetrics(MetricsRegistry& registry)
    : connections_(registry.AddGauge("tenon_http_connections", "Connections that are open.")),
      in_flight_(registry.AddGauge("tenon_http_requests_in_flight",
                                   "Requests being worked on, those nobody waits for included.")),
      other_replies_(ReplyCounter(registry, "other")),
      latency_(registry.AddHistogram(
          "tenon_http_request_seconds",
          "From the wake-up that brought a request's end to its reply; without /ping.",
          LatencyBounds())),
      refused_connections_(registry.AddCounter("tenon_http_refused_connections_total",
                                               "Connections beyond the limit.")) {
  for (std::size_t i = 0; i < kStatuses.size(); ++i) {
    replies_[i] = ReplyCounter(registry, std::to_string(kStatuses[i]));
  }
  for (std::size_t i = 0; i < kCutOffs; ++i) {
    cut_offs_[i] =
        registry.AddCounter("tenon_http_cut_off_connections_total",
                            "Connections closed because the client was too slow.",
                            {{"waiting_for", std::string(Name(static_cast<CutOff>(i)))}});
  }
}

void FrontMetrics::OnReply(int status) const noexcept {
  for (std::size_t i = 0; i < kStatuses.size(); ++i) {
    if (kStatuses[i] == status) return replies_[i].Add();
  }
  other_replies_.Add();
}

}  // namespace tenon::http
