// SPDX-License-Identifier: Apache-2.0
#include "capacity.hpp"

#include <charconv>
#include <cmath>

#include "tenon/base/duration_text.hpp"

namespace tenon::bench {
namespace {

constexpr double kLeastRate = 0.1;
constexpr double kMostRate = 1e7;

}  // namespace

Result<Slo> ParseSlo(std::string_view text) {
  const Error wrong(ErrorCode::kInvalid, "--slo says '" + std::string(text) +
                                             "'; it takes a percentile and a time, like p99=50ms.");
  const std::size_t equals = text.find('=');
  if (!text.starts_with('p') || equals == std::string_view::npos) return wrong;
  Slo slo;
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + equals, slo.percent);
  if (error != std::errc() || end != text.data() + equals) return wrong;
  const auto seconds = ParseSeconds(text.substr(equals + 1));
  if (!seconds || !(*seconds > 0) || !(slo.percent > 0) || !(slo.percent < 100)) return wrong;
  slo.bound_ms = static_cast<double>(*seconds) * 1e3;
  return slo;
}

std::optional<double> CapacitySearch::Next() const {
  if (has_ended_) return std::nullopt;
  return next_;
}

void CapacitySearch::Report(bool held) {
  (held ? held_ : failed_) = next_;
  if (failed_ == 0) {
    next_ = held_ * 2;
  } else if (held_ == 0) {
    next_ = failed_ / 4;
  } else {
    next_ = std::sqrt(held_ * failed_);
    has_ended_ = failed_ / held_ <= 1 + precision_;
  }
  has_ended_ = has_ended_ || next_ < kLeastRate || next_ > kMostRate;
}

std::optional<double> CapacitySearch::Best() const {
  if (held_ == 0) return std::nullopt;
  return held_;
}

}  // namespace tenon::bench
