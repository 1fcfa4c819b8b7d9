// SPDX-License-Identifier: Apache-2.0
#include "schema/json_number.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <system_error>

namespace tenon::schema {
namespace {

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Eight digits at once, as one 64-bit word.
bool AreEightDigits(std::uint64_t word) noexcept {
  constexpr std::uint64_t kHigh = 0xF0F0F0F0F0F0F0F0U;
  return (word & kHigh) == 0x3030303030303030U &&
         ((word + 0x0606060606060606U) & kHigh) == 0x3030303030303030U;
}
std::uint32_t EightDigits(std::uint64_t word) noexcept {
  word -= 0x3030303030303030U;
  word = word * 10 + (word >> 8U);
  constexpr std::uint64_t kMask = 0x000000FF000000FFU;
  constexpr std::uint64_t kHundreds = 0x000F424000000064U;   // 100 + (1000000 << 32)
  constexpr std::uint64_t kThousands = 0x0000271000000001U;  // 1 + (10000 << 32)
  return static_cast<std::uint32_t>(
      ((word & kMask) * kHundreds + ((word >> 16U) & kMask) * kThousands) >> 32U);
}

const char* ScanDigits(const char* at, const char* end, std::uint64_t& digits) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    while (end - at >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, at, sizeof(word));
      if (!AreEightDigits(word)) break;
      digits = digits * 100'000'000U + EightDigits(word);
      at += 8;
    }
  }
  for (; at != end && IsDigit(*at); ++at) digits = digits * 10 + static_cast<unsigned>(*at - '0');
  return at;
}

// More digits than 64 bits hold: the first 38 that matter, and whether others follow.
void CountAgain(std::string_view digits_and_point, Decimal& out) noexcept {
  constexpr int kMost = 38;
  int taken = 0;
  bool in_fraction = false;
  out.digits = 0;
  out.exponent = 0;
  for (const char c : digits_and_point) {
    if (c == '.') {
      in_fraction = true;
      continue;
    }
    if (taken < kMost) {
      out.digits = out.digits * 10 + static_cast<unsigned>(c - '0');
      if (out.digits != 0) ++taken;
      if (in_fraction) --out.exponent;
    } else {
      if (c != '0') out.is_cut = true;
      if (!in_fraction) ++out.exponent;
    }
  }
}

// `e` and what follows. Exponents beyond this mean the same as it.
const char* ScanExponent(const char* at, const char* end, std::int64_t& exponent) noexcept {
  constexpr std::int64_t kMost = std::int64_t{1} << 60U;
  ++at;
  bool is_negative = false;
  if (at != end && (*at == '+' || *at == '-')) {
    is_negative = *at == '-';
    ++at;
  }
  if (at == end || !IsDigit(*at)) return nullptr;
  std::int64_t value = 0;
  for (; at != end && IsDigit(*at); ++at) {
    if (value < kMost / 16) value = value * 10 + (*at - '0');
  }
  exponent += is_negative ? -value : value;
  return at;
}

// Whether a number lies further out than `most * 10^exponent`, compared as decimals, as a reader of
// the schema does. `most` has no zeros at its end.
bool IsBeyond(const Decimal& decimal, std::uint64_t most, std::int64_t exponent) noexcept {
  Uint128 digits = decimal.digits;
  Uint128 limit = most;
  if (digits == 0) return false;
  const auto count = [](Uint128 value) {
    std::int64_t places = 0;
    for (; value != 0; value /= 10) ++places;
    return places;
  };
  const std::int64_t places = count(digits);
  const std::int64_t limit_places = count(limit);
  if (places + decimal.exponent != limit_places + exponent) {
    return places + decimal.exponent > limit_places + exponent;
  }
  for (std::int64_t i = places; i < limit_places; ++i) digits *= 10;
  for (std::int64_t i = limit_places; i < places; ++i) limit *= 10;
  return digits > limit || (digits == limit && decimal.is_cut);
}

// The largest ones by their shortest texts, which the schema names: 3.4028235e+38 and
// 1.7976931348623157e+308. What lies beyond them is refused, even where it would round to them.
bool IsBeyond(const Decimal& decimal, float) noexcept { return IsBeyond(decimal, 34028235, 31); }
bool IsBeyond(const Decimal& decimal, double) noexcept {
  return IsBeyond(decimal, 17976931348623157, 292);
}

template <class T>
Fit FromChars(std::string_view token, const Decimal& decimal, T& out) noexcept {
  T value = 0;
  const auto [end, fault] = std::from_chars(token.data(), token.data() + token.size(), value);
  if (fault == std::errc::result_out_of_range) {
    // Too large and too small are told alike.
    const bool is_small = decimal.exponent < 0;
    if (!is_small) return Fit::kOutOfRange;
    value = decimal.is_negative ? -T{0} : T{0};
  }
  if (std::isinf(value) || IsBeyond(decimal, value)) return Fit::kOutOfRange;
  out = value;
  return Fit::kFits;
}

}  // namespace

const char* ScanNumber(const char* begin, const char* end, Decimal& out) noexcept {
  const char* at = begin;
  out.is_cut = false;
  out.is_negative = at != end && *at == '-';
  at += out.is_negative ? 1 : 0;
  const char* const first = at;
  std::uint64_t digits = 0;
  for (; at != end && IsDigit(*at); ++at) digits = digits * 10 + static_cast<unsigned>(*at - '0');
  auto count = static_cast<std::size_t>(at - first);
  if (count == 0 || (count > 1 && *first == '0')) return nullptr;
  out.exponent = 0;
  if (at != end && *at == '.') {
    const char* const fraction = ++at;
    at = ScanDigits(at, end, digits);
    if (at == fraction) return nullptr;
    out.exponent = fraction - at;
    count += static_cast<std::size_t>(at - fraction);
  }
  out.digits = digits;
  constexpr std::size_t kSafe = 19;
  if (count > kSafe) CountAgain({first, static_cast<std::size_t>(at - first)}, out);
  if (at != end && (*at == 'e' || *at == 'E')) return ScanExponent(at, end, out.exponent);
  return at;
}

Fit ToMagnitude(const Decimal& decimal, std::uint64_t& out) noexcept {
  constexpr Uint128 kMost = std::numeric_limits<std::uint64_t>::max();
  Uint128 value = decimal.digits;
  if (value != 0 && decimal.exponent > 0) {
    for (std::int64_t i = 0; i < decimal.exponent; ++i) {
      if (value > kMost) return Fit::kOutOfRange;
      value *= 10;
    }
  } else if (value != 0) {
    for (std::int64_t i = decimal.exponent; i < 0; ++i) {
      if (value % 10 != 0) return Fit::kNotWhole;
      value /= 10;
    }
  }
  if (value > kMost) return Fit::kOutOfRange;
  if (decimal.is_cut) return decimal.exponent > 0 ? Fit::kOutOfRange : Fit::kNotWhole;
  out = static_cast<std::uint64_t>(value);
  return Fit::kFits;
}

Fit ToFloatingSlowly(std::string_view token, const Decimal& decimal, double& out) noexcept {
  return FromChars(token, decimal, out);
}
Fit ToFloatingSlowly(std::string_view token, const Decimal& decimal, float& out) noexcept {
  return FromChars(token, decimal, out);
}

}  // namespace tenon::schema
