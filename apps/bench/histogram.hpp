// SPDX-License-Identifier: Apache-2.0
#pragma once

// Counts of times, by log-linear buckets: any percentile to three digits, from nanoseconds to
// hours, at the price of one increment a value.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace tenon::bench {

// Thread safety: thread-compatible.
class Histogram {
 public:
  // A value is known to one part in 2^10: to three digits.
  static constexpr unsigned kDigits = 10;

  // Nanoseconds; below zero counts as zero.
  void Add(std::int64_t value);
  void Add(const Histogram& other);

  std::uint64_t Count() const { return count_; }
  // Of what was added, exactly; 0 where nothing was.
  std::int64_t Largest() const { return largest_; }
  double Mean() const;

  // The smallest value that at least `percent` of all are not above: nearest rank. `failed`
  // requests count as slower than any value, so a percentile that falls among them does not exist.
  // REQUIRES: 0 <= percent <= 100.
  std::optional<double> Percentile(double percent, std::uint64_t failed = 0) const;

 private:
  std::vector<std::uint64_t> buckets_;  // As long as the largest value needs.
  std::uint64_t count_ = 0;
  std::int64_t largest_ = 0;
  double sum_ = 0;
};

}  // namespace tenon::bench
