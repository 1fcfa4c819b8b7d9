// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the front counts. Values that point into the registry; one object serves all loops.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tenon/base/clock.hpp"
#include "tenon/base/metrics.hpp"

namespace tenon::http {

// Why a connection was cut off.
enum class CutOff : std::uint8_t { kIdle, kHead, kBody, kWrite };
inline constexpr std::size_t kCutOffs = 4;
std::string_view Name(CutOff reason) noexcept;

// Thread safety: thread-safe.
class FrontMetrics {
 public:
  explicit FrontMetrics(MetricsRegistry& registry);

  void OnConnection() const noexcept { connections_.Add(1); }
  void OnConnectionEnd() const noexcept { connections_.Add(-1); }
  void OnRequest() const noexcept { in_flight_.Add(1); }
  void OnRequestEnd() const noexcept { in_flight_.Add(-1); }
  // A reply, or 499 for one that nobody waits for.
  void OnReply(int status) const noexcept;
  void OnLatency(Duration time) const noexcept { latency_.Record(time); }
  void OnCutOff(CutOff reason) const noexcept { cut_offs_[static_cast<std::size_t>(reason)].Add(); }
  void OnRefusedConnection() const noexcept { refused_connections_.Add(); }

 private:
  static constexpr std::array kStatuses = {200, 204, 302, 400, 404, 405, 406, 413,
                                           415, 422, 429, 499, 500, 503, 504, 507};

  Gauge connections_;
  Gauge in_flight_;
  std::array<Counter, kStatuses.size()> replies_;
  Counter other_replies_;
  Histogram latency_;
  std::array<Counter, kCutOffs> cut_offs_;
  Counter refused_connections_;
};

}  // namespace tenon::http
