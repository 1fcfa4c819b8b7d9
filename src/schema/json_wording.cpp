// SPDX-License-Identifier: Apache-2.0
#include "schema/json_wording.hpp"

#include "schema/element_types.hpp"
#include "schema/limits.hpp"
#include "schema/utf8.hpp"

namespace tenon::schema {
namespace {

constexpr std::size_t kShown = 40;

// " from 0 to 255", " of at least 1", " above 0 and below 1".
std::string RangeText(const NumberLimits& limits) {
  if (limits.minimum && limits.maximum && !limits.exclusive_minimum && !limits.exclusive_maximum) {
    return " from " + *limits.minimum + " to " + *limits.maximum;
  }
  std::string text;
  const auto add = [&](const char* word, const std::optional<std::string>& limit) {
    if (!limit) return;
    text += text.empty() ? " " : " and ";
    text += word + *limit;
  };
  add("of at least ", limits.minimum);
  add("above ", limits.exclusive_minimum);
  add("of at most ", limits.maximum);
  add("below ", limits.exclusive_maximum);
  return text;
}

// The field's own limits. Those of the type itself are no help to anybody.
std::string OwnRangeText(const Type& type, const Constraints& constraints) {
  NumberLimits limits = LimitsOf(type, constraints);
  if (!constraints.minimum) limits.minimum.reset();
  if (!constraints.maximum) limits.maximum.reset();
  if (!constraints.exclusive_minimum) limits.exclusive_minimum.reset();
  if (!constraints.exclusive_maximum) limits.exclusive_maximum.reset();
  return RangeText(limits);
}

std::string CountText(std::optional<std::size_t> least, std::optional<std::size_t> most,
                      const std::string& noun) {
  const auto counted = [&](std::size_t count) {
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
  };
  if (least && most) {
    return *least == *most ? " of " + counted(*most)
                           : " of " + std::to_string(*least) + " to " + counted(*most);
  }
  if (least) return " of at least " + counted(*least);
  if (most) return " of at most " + counted(*most);
  return "";
}

std::string ExpectedDuration(const Type& type, const Constraints& constraints) {
  std::string text = "a number of seconds";
  if (!IsFloating(type.representation)) {
    const Period period = type.period;
    if (period.numerator == period.denominator) {
      text = "a whole number of seconds";
    } else if (period.numerator > period.denominator) {
      text = "a number of seconds, a multiple of " +
             LimitText(type, static_cast<long double>(period.numerator) /
                                 static_cast<long double>(period.denominator));
    }
  }
  return text + OwnRangeText(type, constraints);
}

std::string ExpectedEnum(const Type& type) {
  std::string text = type.enumerators.size() == 1 ? "" : "one of ";
  for (const Enumerator& enumerator : type.enumerators) {
    if (&enumerator != &type.enumerators.front()) text += ", ";
    text += '"' + std::string(enumerator.name) + '"';
  }
  return text;
}

std::string ExpectedTensor(const Type& type, const Constraints& constraints) {
  std::string text = "nested arrays of " + std::string(Name(type.representation));
  if (constraints.shape) text += " of shape " + ShapeText(constraints.shape->Dimensions());
  return text;
}

}  // namespace

std::string Expected(const Type& type, const Constraints& constraints) {
  switch (type.kind) {
    case Kind::kBool: return "true or false";
    case Kind::kInteger: return "an integer" + RangeText(LimitsOf(type, constraints));
    case Kind::kNumber: return "a number" + OwnRangeText(type, constraints);
    case Kind::kString:
      return "a string" + CountText(constraints.min_length, constraints.max_length, "character");
    case Kind::kPath: return "a path without NUL";
    case Kind::kSecret: return "a string";
    case Kind::kEnum: return ExpectedEnum(type);
    case Kind::kDuration: return ExpectedDuration(type, constraints);
    case Kind::kBytes: return "base64 with padding";
    case Kind::kJson: return "a value";
    case Kind::kOptional: return Expected(*type.element, constraints) + ", or null";
    case Kind::kList:
      return "an array" + CountText(constraints.min_items, constraints.max_items, "element");
    case Kind::kArray: return "an array" + CountText(type.length, type.length, "element");
    case Kind::kMap:
      return "an object" + CountText(constraints.min_items, constraints.max_items, "member");
    case Kind::kStruct:
    case Kind::kRecord: return "an object";
    case Kind::kTensor: return ExpectedTensor(type, constraints);
  }
  return "a value";
}

std::string ExpectedElement(ElementType type) {
  if (type == ElementType::kBool) return "true or false";
  if (type == ElementType::kString) return "a string";
  if (IsFloating(type)) return "a number";
  return "an integer" + RangeText(LimitsOfType(type));
}

std::string Shown(std::string_view token) {
  if (token.size() <= kShown) return std::string(token);
  return std::string(CutUtf8(token, kShown)) + (token.front() == '"' ? "...\"" : "...");
}

std::string FoundMisfit(ElementType type, std::string_view token) {
  std::string found = Shown(token);
  if (IsFloating(type)) {
    found += ", which is too large for a ";
    found += type == ElementType::kFloat32 ? "float" : "double";
  }
  return found;
}

std::string Found(const Cursor& cursor) {
  const char first = cursor.Peek();
  if (first == '{' || first == '[') return FoundKind(cursor);
  return Shown(cursor.Token());
}

std::string FoundKind(const Cursor& cursor) {
  switch (cursor.Peek()) {
    case '{': return "an object";
    case '[': return "an array";
    case '"': return "a string";
    case 't':
    case 'f': return "true or false";
    case 'n': return "null";
    default: return "a number";
  }
}

std::string ShapeText(std::span<const std::int64_t> shape) {
  std::string text = "[";
  for (const std::int64_t dimension : shape) {
    if (text.size() > 1) text += ", ";
    text += dimension < 0 ? "any" : std::to_string(dimension);
  }
  return text + "]";
}

}  // namespace tenon::schema
