// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whether the generator measured itself.

#include <optional>
#include <string>

namespace tenon::bench {

struct GeneratorLoad {
  bool is_open_loop = true;
  double cores = 0;                      // CPU time by time; it has one thread.
  double lag_p99_ms = 0;                 // Open loop only.
  std::optional<double> latency_p99_ms;  // Absent where too many failed.
};

// Why no figure of this run counts; empty where the generator kept up.
std::string WhyBottleneck(const GeneratorLoad& load);

}  // namespace tenon::bench
