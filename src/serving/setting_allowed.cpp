// SPDX-License-Identifier: Apache-2.0
#include "serving/setting_allowed.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace tenon::serving {
namespace {

using schema::Constraints;
using schema::Kind;
using schema::Type;

template <class T, class... Format>
std::string Digits(T value, Format... format) {
  std::array<char, 64> digits;
  const auto [end, error] =
      std::to_chars(digits.data(), digits.data() + digits.size(), value, format...);
  return error == std::errc() ? std::string(digits.data(), end) : "?";
}

// As short as whoever wrote the limit wrote it.
std::string Number(long double value) {
  constexpr long double kWhole = 1e20L;
  if (std::fabs(value) < kWhole && value == std::floor(value)) {
    return Digits(value, std::chars_format::fixed, 0);
  }
  if (value == static_cast<long double>(static_cast<float>(value))) {
    return Digits(static_cast<float>(value));
  }
  return Digits(static_cast<double>(value));
}

struct Range {
  std::optional<long double> least;
  std::optional<long double> most;
};

template <class T>
Range RangeOf() {
  return {static_cast<long double>(std::numeric_limits<T>::min()),
          static_cast<long double>(std::numeric_limits<T>::max())};
}

// What an integer can hold; what floating point can hold is not worth a word.
Range RangeOf(ElementType representation) {
  switch (representation) {
    case ElementType::kInt8: return RangeOf<std::int8_t>();
    case ElementType::kInt16: return RangeOf<std::int16_t>();
    case ElementType::kInt32: return RangeOf<std::int32_t>();
    case ElementType::kInt64: return RangeOf<std::int64_t>();
    case ElementType::kUint8: return RangeOf<std::uint8_t>();
    case ElementType::kUint16: return RangeOf<std::uint16_t>();
    case ElementType::kUint32: return RangeOf<std::uint32_t>();
    case ElementType::kUint64: return RangeOf<std::uint64_t>();
    default: return {};
  }
}

// " from 1 to 10", " of at least 1", ...
std::string Between(const std::optional<std::string>& least,
                    const std::optional<std::string>& most) {
  if (least && most) return " from " + *least + " to " + *most;
  if (least) return " of at least " + *least;
  if (most) return " of at most " + *most;
  return "";
}

std::string Limits(const Constraints& constraints, Range range, std::string_view unit) {
  const auto shown = [&](std::optional<long double> limit) -> std::optional<std::string> {
    if (!limit) return std::nullopt;
    return Number(*limit) + std::string(unit);
  };
  std::string text = Between(shown(constraints.minimum ? constraints.minimum : range.least),
                             shown(constraints.maximum ? constraints.maximum : range.most));
  if (constraints.exclusive_minimum) text += " above " + *shown(constraints.exclusive_minimum);
  if (constraints.exclusive_maximum) text += " below " + *shown(constraints.exclusive_maximum);
  return text;
}

std::string Sizes(std::optional<std::size_t> least, std::optional<std::size_t> most,
                  std::string_view noun) {
  const auto shown = [](std::optional<std::size_t> size) -> std::optional<std::string> {
    if (!size) return std::nullopt;
    return std::to_string(*size);
  };
  const std::string text = Between(shown(least), shown(most));
  return text.empty() ? "" : text + " " + std::string(noun);
}

std::string Names(const Type& type) {
  std::string text;
  for (const schema::Enumerator& enumerator : type.enumerators) {
    text += text.empty() ? "" : ", ";
    text += enumerator.name;
  }
  return "one of " + text;
}

std::string Shape(const Constraints& constraints) {
  std::string text;
  if (!constraints.shape) return text;
  for (const std::int64_t dimension : constraints.shape->Dimensions()) {
    text += text.empty() ? "" : ", ";
    text += dimension < 0 ? "any" : std::to_string(dimension);
  }
  return " of the shape (" + text + ")";
}

}  // namespace

std::string DescribeAllowed(const Type& type, const Constraints& constraints) {
  switch (type.kind) {
    case Kind::kBool: return "true or false";
    case Kind::kInteger:
      return "a whole number" + Limits(constraints, RangeOf(type.representation), "");
    case Kind::kNumber: return "a number" + Limits(constraints, {}, "");
    case Kind::kString:
      return "a text" + Sizes(constraints.min_length, constraints.max_length, "characters");
    case Kind::kPath: return "a path";
    case Kind::kSecret: return "a text";
    case Kind::kEnum: return Names(type);
    case Kind::kDuration:
      return "a duration" + Limits(constraints, {}, "s") + ", such as 250ms, 5s or 1.5h";
    case Kind::kBytes: return "base64";
    case Kind::kJson:
    case Kind::kRecord: return "JSON";
    case Kind::kOptional: return DescribeAllowed(*type.element, constraints);
    case Kind::kList:
      return "a list" + Sizes(constraints.min_items, constraints.max_items, "items") +
             " with commas between, or a JSON array; each item is " +
             DescribeAllowed(*type.element, schema::kNoConstraints);
    case Kind::kArray:
      return std::to_string(type.length) + " items with commas between, or a JSON array; each is " +
             DescribeAllowed(*type.element, schema::kNoConstraints);
    case Kind::kMap:
      return "a JSON object" + Sizes(constraints.min_items, constraints.max_items, "members");
    case Kind::kStruct: return "a JSON object";
    case Kind::kTensor: return "nested JSON arrays" + Shape(constraints);
  }
  return "";
}

}  // namespace tenon::serving
