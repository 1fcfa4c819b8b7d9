// SPDX-License-Identifier: Apache-2.0
#include "histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace tenon::bench {
namespace {

constexpr std::uint64_t kPerOctave = std::uint64_t{1} << Histogram::kDigits;

// Values below 2 * kPerOctave have a bucket each; each octave above has kPerOctave of them.
std::size_t BucketOf(std::uint64_t value) {
  if (value < kPerOctave) return static_cast<std::size_t>(value);
  const auto shift = static_cast<unsigned>(std::bit_width(value)) - 1 - Histogram::kDigits;
  return static_cast<std::size_t>(shift * kPerOctave + (value >> shift));
}

// The middle of a bucket.
double ValueOf(std::size_t bucket) {
  if (bucket < 2 * kPerOctave) return static_cast<double>(bucket);
  const auto shift = static_cast<unsigned>(bucket / kPerOctave) - 1;
  const std::uint64_t first = (bucket - shift * kPerOctave) << shift;
  return static_cast<double>(first) + static_cast<double>((std::uint64_t{1} << shift) - 1) / 2;
}

}  // namespace

void Histogram::Add(std::int64_t value) {
  value = std::max<std::int64_t>(value, 0);
  const std::size_t bucket = BucketOf(static_cast<std::uint64_t>(value));
  if (bucket >= buckets_.size()) buckets_.resize(bucket + 1);
  ++buckets_[bucket];
  ++count_;
  largest_ = std::max(largest_, value);
  sum_ += static_cast<double>(value);
}

void Histogram::Add(const Histogram& other) {
  if (other.buckets_.size() > buckets_.size()) buckets_.resize(other.buckets_.size());
  for (std::size_t i = 0; i < other.buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  largest_ = std::max(largest_, other.largest_);
  sum_ += other.sum_;
}

double Histogram::Mean() const { return count_ == 0 ? 0 : sum_ / static_cast<double>(count_); }

std::optional<double> Histogram::Percentile(double percent, std::uint64_t failed) const {
  const double rank = std::ceil(percent / 100 * static_cast<double>(count_ + failed));
  const auto wanted = static_cast<std::uint64_t>(std::max(rank, 1.0));
  if (wanted > count_) return std::nullopt;
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen >= wanted) return std::min(ValueOf(i), static_cast<double>(largest_));
  }
  return std::nullopt;
}

}  // namespace tenon::bench
