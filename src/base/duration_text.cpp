// SPDX-License-Identifier: Apache-2.0
#include "tenon/base/duration_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

namespace tenon {
namespace {

struct Unit {
  std::string_view name;
  // Two whole numbers in the place of one factor: 250 / 1000 is a quarter, 250 * 0.001 is not.
  long double multiplier;
  long double divisor;
};

constexpr std::array kUnits = {
    Unit{"", 1, 1},      Unit{"s", 1, 1},  Unit{"ms", 1, 1e3L}, Unit{"us", 1, 1e6L},
    Unit{"ns", 1, 1e9L}, Unit{"m", 60, 1}, Unit{"h", 3600, 1},
};

}  // namespace

std::optional<long double> ParseSeconds(std::string_view text) {
  long double number = 0;
  const char* const last = text.end();
  const auto [end, error] = std::from_chars(text.begin(), last, number);
  if (error != std::errc()) return std::nullopt;
  const std::string_view name(end, static_cast<std::size_t>(last - end));
  for (const Unit& unit : kUnits) {
    if (name != unit.name) continue;
    const long double seconds = number * unit.multiplier / unit.divisor;
    if (!std::isfinite(seconds)) return std::nullopt;
    return seconds;
  }
  return std::nullopt;
}

}  // namespace tenon
