// SPDX-License-Identifier: Apache-2.0
#pragma once

// Two results side by side, and whether they differ by more than chance.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "result.hpp"

namespace tenon::bench {

// B by A, of the means of batches; the interval holds the truth in 95 of 100 cases.
struct Ratio {
  double value = 1;
  double low = 1;
  double high = 1;
  bool IsClear() const { return low > 1 || high < 1; }
};

// By bootstrap over batches, so without a guess at how they are distributed. The same input gives
// the same interval. Nothing where a side has fewer than five batches or a mean of zero.
std::optional<Ratio> CompareBatches(std::span<const double> a, std::span<const double> b);

struct Comparison {
  std::string figure;
  double a = 0;  // Means of batches.
  double b = 0;
  std::optional<Ratio> ratio;
};
std::vector<Comparison> Compare(const RunResult& a, const RunResult& b);

std::string ToText(std::span<const Comparison> comparisons);

}  // namespace tenon::bench
