// SPDX-License-Identifier: Apache-2.0
#pragma once

// The highest rate that holds a bound, found by doubling and then halving the gap.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tenon/base/result.hpp"

namespace tenon::bench {

// "p99=50ms": that share of all requests is answered within that time.
struct Slo {
  double percent = 99;
  double bound_ms = 0;
};
// Errors: kInvalid.
Result<Slo> ParseSlo(std::string_view text);

class CapacitySearch {
 public:
  // REQUIRES: first_rate > 0. Ends when what held and what did not are within `precision` (0.05: 5
  // %).
  explicit CapacitySearch(double first_rate, double precision = 0.05)
      : next_(first_rate), precision_(precision) {}

  // The rate to try; nothing when the search has ended.
  std::optional<double> Next() const;
  // What came of it.
  void Report(bool held);

  // The highest rate that held.
  std::optional<double> Best() const;

 private:
  double next_;
  double precision_;
  double held_ = 0;    // 0: none did.
  double failed_ = 0;  // 0: none did.
  bool has_ended_ = false;
};

}  // namespace tenon::bench
