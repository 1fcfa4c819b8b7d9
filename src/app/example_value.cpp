// SPDX-License-Identifier: Apache-2.0
#include "app/example_value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "tenon/schema/json.hpp"

namespace tenon::app {
namespace {

using schema::Constraints;
using schema::Kind;
using schema::Type;

// A type that must contain itself has no value; the depth only keeps it from being looked for.
constexpr std::size_t kDeepest = 16;
// An image as numbers is no example.
constexpr std::size_t kMostItems = 64;
constexpr std::size_t kMostBytes = 500;

std::string TextExample(const Constraints& constraints) {
  std::string text = "hello";
  text.resize(std::max(text.size(), std::min(constraints.min_length.value_or(0), kMostBytes)), '.');
  text.resize(std::min(text.size(), constraints.max_length.value_or(text.size())));
  return text;
}

std::string Quoted(std::string_view text) {
  std::string json;
  schema::WriteJsonString(text, json);
  return json;
}

// 1, or the nearest number that the field allows.
std::string NumberExample(const Type& type, const Constraints& constraints) {
  const bool is_integer = type.kind == Kind::kInteger;
  long double least = constraints.minimum.value_or(-std::numeric_limits<long double>::infinity());
  long double most = constraints.maximum.value_or(std::numeric_limits<long double>::infinity());
  if (constraints.exclusive_minimum && constraints.exclusive_maximum && !is_integer) {
    const long double middle =
        (*constraints.exclusive_minimum + *constraints.exclusive_maximum) / 2;
    least = std::max(least, middle);
    most = std::min(most, middle);
  } else {
    if (constraints.exclusive_minimum) least = std::max(least, *constraints.exclusive_minimum + 1);
    if (constraints.exclusive_maximum) most = std::min(most, *constraints.exclusive_maximum - 1);
  }
  const long double value = std::min(std::max(1.0L, least), most);
  if (value == std::trunc(value) && std::abs(value) < 1e15L) {
    return fmt::format("{}", static_cast<std::int64_t>(value));
  }
  return is_integer ? fmt::format("{:.0f}", value) : fmt::format("{}", static_cast<double>(value));
}

std::string DurationExample(const Type& type, const Constraints& constraints) {
  const schema::Period period = type.period;
  // One tick of those that are longer than a second; they must be whole.
  if (period.numerator > period.denominator && !constraints.LimitsNumber()) {
    return fmt::format(
        "{}", static_cast<double>(period.numerator) / static_cast<double>(period.denominator));
  }
  return NumberExample(type, constraints);
}

std::string ElementExample(ElementType type) {
  switch (type) {
    case ElementType::kBool: return "true";
    case ElementType::kString: return Quoted("hello");
    default: return "1";
  }
}

class Example {
 public:
  std::string Of(const Type& type, const Constraints& constraints, std::size_t depth);
  // Something was left out, and the text is no example.
  bool IsTooLong() const noexcept { return is_too_long_; }

 private:
  std::string OfTensor(ElementType type, std::span<const std::int64_t> shape) {
    if (shape.empty()) return ElementExample(type);
    const auto length = static_cast<std::size_t>(std::max<std::int64_t>(shape.front(), 0));
    return Repeated(OfTensor(type, shape.subspan(1)), shape.front() < 0 ? 1 : length);
  }
  std::string OfItems(const Type& type, std::size_t count, std::size_t depth) {
    const std::string item = Of(*type.element, schema::kNoConstraints, depth + 1);
    if (type.kind != Kind::kMap) return Repeated(item, count);
    std::string text = "{";
    for (std::size_t i = 0; i < Allowed(count); ++i) {
      text += fmt::format("{}\"key{}\":{}", i > 0 ? "," : "", i + 1, item);
    }
    return text + "}";
  }
  std::string OfStruct(const Type& type, std::size_t depth) {
    std::string text = "{";
    for (const schema::Member& member : type.members) {
      if (!member.IsRequired()) continue;
      if (text.size() > 1) text += ',';
      text.append(member.key).append(Of(*member.type, *member.constraints, depth + 1));
    }
    return text + "}";
  }
  std::string Repeated(const std::string& item, std::size_t count) {
    std::string text = "[";
    for (std::size_t i = 0; i < Allowed(count); ++i) text += (i > 0 ? "," : "") + item;
    return text + "]";
  }
  std::size_t Allowed(std::size_t count) {
    if (count <= kMostItems) return count;
    is_too_long_ = true;
    return 0;
  }

  bool is_too_long_ = false;
};

// Lists that may be empty are, where the type could contain itself for ever.
std::size_t ItemCount(const Constraints& constraints, std::size_t depth) {
  constexpr std::size_t kDeepestItem = 4;
  const std::size_t least = constraints.min_items.value_or(depth < kDeepestItem ? 1 : 0);
  return std::min(least, constraints.max_items.value_or(least));
}

std::string Example::Of(const Type& type, const Constraints& constraints, std::size_t depth) {
  if (depth > kDeepest) return "null";
  switch (type.kind) {
    case Kind::kBool: return "true";
    case Kind::kInteger:
    case Kind::kNumber: return NumberExample(type, constraints);
    case Kind::kDuration: return DurationExample(type, constraints);
    case Kind::kString: return Quoted(TextExample(constraints));
    case Kind::kPath: return Quoted("/path");
    case Kind::kSecret: return Quoted("secret");
    case Kind::kEnum: return Quoted(type.enumerators.front().name);
    case Kind::kBytes: return Quoted("aGVsbG8=");
    case Kind::kJson:
    case Kind::kOptional: return "null";
    case Kind::kList:
    case Kind::kMap: return OfItems(type, ItemCount(constraints, depth), depth);
    case Kind::kArray: return OfItems(type, type.length, depth);
    case Kind::kStruct: return OfStruct(type, depth);
    case Kind::kRecord: return "{}";
    case Kind::kTensor:
      return constraints.shape ? OfTensor(type.representation, constraints.shape->Dimensions())
                               : Repeated(ElementExample(type.representation), 1);
  }
  return "null";
}

}  // namespace

std::string ExampleJson(const schema::Type& type) {
  Example example;
  std::string text = example.Of(type, schema::kNoConstraints, 0);
  return example.IsTooLong() || text.size() > kMostBytes ? "" : text;
}

}  // namespace tenon::app
