// SPDX-License-Identifier: Apache-2.0
#include "schema/number_text.hpp"

#include <fmt/compile.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <cmath>
#include <string_view>

#include "schema/element_types.hpp"
#include "schema/json_number.hpp"
#include "tenon/schema/json.hpp"

namespace tenon::schema {
namespace {

std::atomic<std::uint64_t> non_finite_written{0};

template <class T>
char* PutFloating(char* to, T value) {
  constexpr std::string_view kNull = "null";
  if (!std::isfinite(value)) {
    non_finite_written.fetch_add(1, std::memory_order_relaxed);
    return std::copy(kNull.begin(), kNull.end(), to);
  }
  char* end = fmt::format_to(to, FMT_COMPILE("{}"), value);
  // From here on an exponent is written, which no integer has.
  constexpr auto kFirstExponent = static_cast<T>(1e16);
  if (std::abs(value) < kFirstExponent &&
      static_cast<T>(static_cast<std::int64_t>(value)) == value) {
    *end++ = '.';
    *end++ = '0';
  }
  return end;
}

char* PutUint128(char* to, Uint128 value) {
  std::array<char, 40> digits;
  char* first = digits.data() + digits.size();
  do {
    *--first = static_cast<char>('0' + static_cast<int>(value % 10));
    value /= 10;
  } while (value != 0);
  return std::copy(first, digits.data() + digits.size(), to);
}

bool IsPowerOfTen(std::int64_t value) {
  while (value % 10 == 0) value /= 10;
  return value == 1;
}

// Seconds without rounding: an integer, a point, and what is left of a second.
char* PutExactSeconds(char* to, std::int64_t ticks, bool is_unsigned, const Period& period) {
  const bool is_negative = !is_unsigned && ticks < 0;
  auto magnitude = static_cast<std::uint64_t>(ticks);
  if (is_negative) {
    magnitude = 0 - magnitude;
    *to++ = '-';
  }
  const Uint128 parts = Uint128{magnitude} * static_cast<std::uint64_t>(period.numerator);
  const auto whole = static_cast<std::uint64_t>(period.denominator);
  to = PutUint128(to, parts / whole);
  auto rest = static_cast<std::uint64_t>(parts % whole);
  if (rest == 0) return to;
  *to++ = '.';
  for (std::uint64_t unit = whole / 10; rest != 0; unit /= 10) {
    *to++ = static_cast<char>('0' + rest / unit);
    rest %= unit;
  }
  return to;
}

}  // namespace

char* PutNumber(char* to, std::int64_t value) noexcept {
  return std::to_chars(to, to + kLongestNumber, value).ptr;
}
char* PutNumber(char* to, std::uint64_t value) noexcept {
  return std::to_chars(to, to + kLongestNumber, value).ptr;
}
char* PutNumber(char* to, double value) { return PutFloating(to, value); }
char* PutNumber(char* to, float value) { return PutFloating(to, value); }

void AppendSeconds(const Type& type, const void* ticks, std::string& out) {
  std::array<char, kLongestNumber> text;
  char* end = nullptr;
  const auto tick = static_cast<long double>(type.period.numerator) /
                    static_cast<long double>(type.period.denominator);
  if (type.representation == ElementType::kFloat64) {
    end = PutNumber(text.data(), static_cast<double>(tick * *static_cast<const double*>(ticks)));
  } else if (type.representation == ElementType::kFloat32) {
    end = PutNumber(text.data(), static_cast<float>(tick * *static_cast<const float*>(ticks)));
  } else {
    const bool is_unsigned = type.representation == ElementType::kUint64;
    const std::int64_t count = LoadInteger(type.representation, ticks);
    if (IsPowerOfTen(type.period.denominator)) {
      end = PutExactSeconds(text.data(), count, is_unsigned, type.period);
    } else {
      const long double value = is_unsigned
                                    ? static_cast<long double>(static_cast<std::uint64_t>(count))
                                    : static_cast<long double>(count);
      end = PutNumber(text.data(), static_cast<double>(tick * value));
    }
  }
  out.append(text.data(), end);
}

std::uint64_t NonFiniteNumbersWritten() noexcept {
  return non_finite_written.load(std::memory_order_relaxed);
}

}  // namespace tenon::schema
