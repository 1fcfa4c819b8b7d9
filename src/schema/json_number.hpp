// SPDX-License-Identifier: Apache-2.0
#pragma once

// JSON numbers: from text to a decimal, which is exact, and from there to a C++ type.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>

namespace tenon::schema {

__extension__ using Uint128 = unsigned __int128;

// `digits * 10^exponent`, exact unless `is_cut`.
struct Decimal {
  Uint128 digits = 0;
  std::int64_t exponent = 0;
  bool is_negative = false;
  bool is_cut = false;  // More than 38 significant digits: the value lies a little further out.
};

// The number that [begin, end) starts with. The answer is where it ends, or null where there is no
// JSON number.
const char* ScanNumber(const char* begin, const char* end, Decimal& out) noexcept;

enum class Fit : std::uint8_t {
  kFits,
  kNotWhole,
  kOutOfRange,
};

// The absolute value as an integer. 1.0 and 1e3 are whole.
Fit ToMagnitude(const Decimal& decimal, std::uint64_t& out) noexcept;

// `token` is the text that the decimal came from.
Fit ToFloatingSlowly(std::string_view token, const Decimal& decimal, double& out) noexcept;
Fit ToFloatingSlowly(std::string_view token, const Decimal& decimal, float& out) noexcept;

// The powers of ten that a double holds exactly.
inline constexpr double kPowersOfTen[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                          1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                          1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

// The nearest double to the absolute value where digits and power are both exact, as they are in
// most numbers that people and programs write: then one operation rounds once. Else false.
inline bool ToMagnitudeFast(const Decimal& decimal, double& out) noexcept {
  constexpr Uint128 kExact = Uint128{1} << 53U;
  if (decimal.digits > kExact || decimal.exponent < -22 || decimal.exponent > 22) return false;
  const auto digits = static_cast<double>(static_cast<std::uint64_t>(decimal.digits));
  out = decimal.exponent < 0 ? digits / kPowersOfTen[-decimal.exponent]
                             : digits * kPowersOfTen[decimal.exponent];
  return true;
}

// Without a branch: signs cannot be foretold.
template <class T>
T WithSign(const Decimal& decimal, T magnitude) noexcept {
  constexpr T kSigns[] = {1, -1};
  return magnitude * kSigns[decimal.is_negative ? 1 : 0];
}

inline Fit Convert(std::string_view token, const Decimal& decimal, double& out) noexcept {
  double magnitude = 0;
  if (!ToMagnitudeFast(decimal, magnitude)) return ToFloatingSlowly(token, decimal, out);
  out = WithSign(decimal, magnitude);
  return Fit::kFits;
}

// Rounding the double again is right unless that lies exactly between two floats, or the float is
// not a normal one.
inline Fit Convert(std::string_view token, const Decimal& decimal, float& out) noexcept {
  double magnitude = 0;
  if (ToMagnitudeFast(decimal, magnitude)) {
    constexpr std::uint64_t kBelowFloat = (std::uint64_t{1} << 29U) - 1;
    constexpr std::uint64_t kHalfway = std::uint64_t{1} << 28U;
    const bool is_normal = magnitude == 0 || (magnitude >= 0x1p-126 && magnitude <= 0x1.fffffep127);
    if (is_normal && (__builtin_bit_cast(std::uint64_t, magnitude) & kBelowFloat) != kHalfway) {
      out = WithSign(decimal, static_cast<float>(magnitude));
      return Fit::kFits;
    }
  }
  return ToFloatingSlowly(token, decimal, out);
}

template <class T>
  requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
Fit Convert(std::string_view, const Decimal& decimal, T& out) noexcept {
  std::uint64_t magnitude = 0;
  if (const Fit fit = ToMagnitude(decimal, magnitude); fit != Fit::kFits) return fit;
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<T>::max());
  if (!decimal.is_negative) {
    if (magnitude > kMost) return Fit::kOutOfRange;
    out = static_cast<T>(magnitude);
  } else {
    constexpr std::uint64_t kLeast = std::is_signed_v<T> ? kMost + 1 : 0;
    if (magnitude > kLeast) return Fit::kOutOfRange;
    out = static_cast<T>(std::uint64_t{0} - magnitude);
  }
  return Fit::kFits;
}

}  // namespace tenon::schema
