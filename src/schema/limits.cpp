// SPDX-License-Identifier: Apache-2.0
#include "schema/limits.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <type_traits>

#include "schema/element_types.hpp"
#include "schema/json_number.hpp"
#include "schema/number_text.hpp"

namespace tenon::schema {
namespace {

template <class T>
std::string ShortText(T value) {
  std::array<char, kLongestNumber> text;
  std::string shortest(text.data(), PutNumber(text.data(), value));
  if (shortest.ends_with(".0")) shortest.resize(shortest.size() - 2);
  return shortest;
}

struct Range {
  long double least;
  long double most;
};

Range RangeOfInteger(ElementType type) {
  return VisitElementType(type, []<class T>(std::type_identity<T>) -> Range {
    if constexpr (std::is_integral_v<T>) {
      return {static_cast<long double>(std::numeric_limits<T>::min()),
              static_cast<long double>(std::numeric_limits<T>::max())};
    } else {
      return {0, 0};
    }
  });
}

std::string IntegerText(long double value) {
  return value < 0 ? ShortText(static_cast<std::int64_t>(value))
                   : ShortText(static_cast<std::uint64_t>(value));
}

// What a duration can hold, in seconds.
NumberLimits LimitsOfTicks(const Type& type) {
  std::string least;
  std::string most;
  VisitElementType(type.representation, [&]<class T>(std::type_identity<T>) {
    if constexpr (std::is_integral_v<T>) {
      const T limits[] = {std::numeric_limits<T>::min(), std::numeric_limits<T>::max()};
      AppendSeconds(type, &limits[0], least);
      AppendSeconds(type, &limits[1], most);
    } else if constexpr (std::is_floating_point_v<T>) {
      const long double tick = static_cast<long double>(type.period.numerator) /
                               static_cast<long double>(type.period.denominator);
      const long double limit = std::numeric_limits<T>::max() * std::min(tick, 1.0L);
      most = ShortText(static_cast<double>(limit));
      least = "-" + most;
    }
  });
  return {.minimum = least, .maximum = most};
}

double AsDouble(std::string_view token) {
  Decimal decimal;
  double value = 0;
  if (ScanNumber(token.data(), token.data() + token.size(), decimal) == nullptr) return value;
  Convert(token, decimal, value);
  return value;
}

// How a number stands to a limit: below 0, 0, above 0. A schema compares decimals, so that a float
// that rounds to the limit is compared as it was written.
int Compare(const Type& type, long double value, std::string_view token, long double limit) {
  if (type.kind == Kind::kNumber && type.representation == ElementType::kFloat32) {
    const auto narrow = static_cast<float>(limit);
    if (static_cast<float>(value) == narrow) {
      value = AsDouble(token);
      limit = AsDouble(ShortText(narrow));
    }
  }
  return value < limit ? -1 : value > limit ? 1 : 0;
}

}  // namespace

NumberLimits LimitsOfType(ElementType type) {
  if (type == ElementType::kFloat32) {
    constexpr float kMost = std::numeric_limits<float>::max();
    return {.minimum = ShortText(-kMost), .maximum = ShortText(kMost)};
  }
  if (type == ElementType::kFloat64) {
    constexpr double kMost = std::numeric_limits<double>::max();
    return {.minimum = ShortText(-kMost), .maximum = ShortText(kMost)};
  }
  const Range range = RangeOfInteger(type);
  return {.minimum = IntegerText(range.least), .maximum = IntegerText(range.most)};
}

NumberLimits LimitsOf(const Type& type, const Constraints& constraints) {
  NumberLimits limits =
      type.kind == Kind::kDuration ? LimitsOfTicks(type) : LimitsOfType(type.representation);
  // A field's limits are of its own type, and so the narrower ones; a record's may be anything.
  const bool is_integer = type.kind == Kind::kInteger;
  const Range range = is_integer ? RangeOfInteger(type.representation)
                                 : Range{-std::numeric_limits<long double>::infinity(),
                                         std::numeric_limits<long double>::infinity()};
  const auto narrows_below = [&](const std::optional<long double>& limit) {
    return limit && *limit >= range.least;
  };
  const auto narrows_above = [&](const std::optional<long double>& limit) {
    return limit && *limit <= range.most;
  };
  if (narrows_below(constraints.minimum) || narrows_below(constraints.exclusive_minimum)) {
    limits.minimum.reset();
    limits.exclusive_minimum.reset();
  }
  if (narrows_above(constraints.maximum) || narrows_above(constraints.exclusive_maximum)) {
    limits.maximum.reset();
    limits.exclusive_maximum.reset();
  }
  if (narrows_below(constraints.minimum)) limits.minimum = LimitText(type, *constraints.minimum);
  if (narrows_above(constraints.maximum)) limits.maximum = LimitText(type, *constraints.maximum);
  if (narrows_below(constraints.exclusive_minimum)) {
    limits.exclusive_minimum = LimitText(type, *constraints.exclusive_minimum);
  }
  if (narrows_above(constraints.exclusive_maximum)) {
    limits.exclusive_maximum = LimitText(type, *constraints.exclusive_maximum);
  }
  return limits;
}

std::string LimitText(const Type& type, long double limit) {
  if (type.kind == Kind::kInteger && limit == std::trunc(limit)) return IntegerText(limit);
  if (type.representation == ElementType::kFloat32) return ShortText(static_cast<float>(limit));
  return ShortText(static_cast<double>(limit));
}

bool AllowsInteger(const Constraints& constraints, long double value) noexcept {
  return !(constraints.minimum && value < *constraints.minimum) &&
         !(constraints.maximum && value > *constraints.maximum) &&
         !(constraints.exclusive_minimum && value <= *constraints.exclusive_minimum) &&
         !(constraints.exclusive_maximum && value >= *constraints.exclusive_maximum);
}

bool AllowsNumber(const Type& type, const Constraints& constraints, long double value,
                  std::string_view token) {
  const auto compare = [&](long double limit) { return Compare(type, value, token, limit); };
  return !(constraints.minimum && compare(*constraints.minimum) < 0) &&
         !(constraints.maximum && compare(*constraints.maximum) > 0) &&
         !(constraints.exclusive_minimum && compare(*constraints.exclusive_minimum) <= 0) &&
         !(constraints.exclusive_maximum && compare(*constraints.exclusive_maximum) >= 0);
}

}  // namespace tenon::schema
