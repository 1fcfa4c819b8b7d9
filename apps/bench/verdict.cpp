// SPDX-License-Identifier: Apache-2.0
#include "verdict.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tenon::bench {
namespace {

constexpr double kMostCores = 0.95;
constexpr double kMostLagMs = 1;
constexpr double kMostLagShare = 0.1;

}  // namespace

std::string WhyBottleneck(const GeneratorLoad& load) {
  if (load.is_open_loop) {
    // A schedule of small gaps keeps the thread awake, so its CPU time proves nothing: being late
    // does.
    const double most = std::max(kMostLagMs, kMostLagShare * load.latency_p99_ms.value_or(0));
    if (load.lag_p99_ms <= most) return {};
    return fmt::format(
        "requests went out {:.3g} ms late at the 99th percentile, more than {:.3g} ms: ask for a "
        "lower rate, or give the generator a core of its own",
        load.lag_p99_ms, most);
  }
  if (load.cores <= kMostCores) return {};
  return fmt::format(
      "the generator used {:.2f} of its one core, so the server may be faster than it: use fewer "
      "connections, or --rate",
      load.cores);
}

}  // namespace tenon::bench
