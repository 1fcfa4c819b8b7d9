// SPDX-License-Identifier: Apache-2.0
#include "schema/duration_ticks.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "schema/element_types.hpp"

namespace tenon::schema {
namespace {

struct WholeTicks {
  Uint128 count = 0;       // Cut, not rounded.
  bool has_rest = false;   // Something is left.
  bool rounds_up = false;  // It is half a tick or more.
  bool is_too_many = false;
};

WholeTicks CountTicks(const Period& period, const Decimal& seconds) {
  constexpr Uint128 kMostDigits = 10'000'000'000'000'000'000U;
  constexpr Uint128 kMostParts = ~Uint128{0} / 10;
  // Nineteen digits leave room for the denominator.
  Uint128 digits = seconds.digits;
  std::int64_t exponent = seconds.exponent;
  bool has_rest = seconds.is_cut;
  while (digits >= kMostDigits) {
    has_rest = has_rest || digits % 10 != 0;
    digits /= 10;
    ++exponent;
  }
  if (digits == 0) return {};
  Uint128 parts = digits * static_cast<std::uint64_t>(period.denominator);
  Uint128 tick = static_cast<std::uint64_t>(period.numerator);
  for (; exponent > 0; --exponent) {
    if (parts > kMostParts) return {.is_too_many = true};
    parts *= 10;
  }
  for (; exponent < 0; ++exponent) {
    // Less than a tenth of a tick, whatever follows.
    if (tick > kMostParts) return {.has_rest = true};
    tick *= 10;
  }
  const Uint128 rest = parts % tick;
  return {
      .count = parts / tick, .has_rest = has_rest || rest != 0, .rounds_up = rest >= tick - rest};
}

template <class T>
Fit StoreWhole(const Type& type, const Decimal& seconds, T& out) {
  const WholeTicks ticks = CountTicks(type.period, seconds);
  if (ticks.is_too_many) return Fit::kOutOfRange;
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<T>::max());
  const std::uint64_t most = !seconds.is_negative  ? kMost
                             : std::is_signed_v<T> ? kMost + 1
                                                   : std::uint64_t{0};
  if (ticks.count > most || (ticks.count == most && ticks.has_rest)) return Fit::kOutOfRange;
  if (ticks.has_rest && type.period.numerator >= type.period.denominator) return Fit::kNotWhole;
  const std::uint64_t count = static_cast<std::uint64_t>(ticks.count) + (ticks.rounds_up ? 1U : 0U);
  out = static_cast<T>(seconds.is_negative ? 0 - count : count);
  return Fit::kFits;
}

}  // namespace

long double AsSeconds(const Decimal& seconds) noexcept {
  // 10^27 is the largest power of ten that a long double holds exactly.
  constexpr std::int64_t kExact = 27;
  const auto digits = static_cast<long double>(seconds.digits);
  const std::int64_t exponent = std::clamp<std::int64_t>(seconds.exponent, -10'000, 10'000);
  long double value = 0;
  if (exponent >= -kExact && exponent <= kExact) {
    long double power = 1;
    for (std::int64_t i = 0; i < std::abs(exponent); ++i) power *= 10;
    value = exponent < 0 ? digits / power : digits * power;
  } else {
    value = digits * std::pow(10.0L, static_cast<long double>(exponent));
  }
  return seconds.is_negative ? -value : value;
}

Fit StoreTicks(const Type& type, std::string_view token, const Decimal& seconds, void* ticks) {
  return VisitElementType(type.representation, [&]<class T>(std::type_identity<T>) -> Fit {
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
      return StoreWhole(type, seconds, *static_cast<T*>(ticks));
    } else if constexpr (std::is_floating_point_v<T>) {
      double value = 0;
      if (const Fit fit = Convert(token, seconds, value); fit != Fit::kFits) return fit;
      const auto count = static_cast<T>(value * static_cast<long double>(type.period.denominator) /
                                        static_cast<long double>(type.period.numerator));
      if (!std::isfinite(count)) return Fit::kOutOfRange;
      *static_cast<T*>(ticks) = count;
      return Fit::kFits;
    } else {
      return Fit::kOutOfRange;
    }
  });
}

}  // namespace tenon::schema
