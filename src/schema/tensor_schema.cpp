// SPDX-License-Identifier: Apache-2.0
#include "schema/tensor_schema.hpp"

#include <string>
#include <string_view>

#include "schema/element_types.hpp"

namespace tenon::schema {
namespace {

std::string_view NameOf(ElementType type) noexcept {
  if (type == ElementType::kBool) return "boolean";
  if (type == ElementType::kString) return "string";
  return IsFloating(type) ? "number" : "integer";
}

void AddElement(ElementType type, MissingElements missing, ObjectText& to) {
  if (missing == MissingElements::kRefused) {
    to.Text("type", NameOf(type));
  } else {
    to.Json("type", "[\"" + std::string(NameOf(type)) + "\",\"null\"]");
  }
  if (type != ElementType::kBool && type != ElementType::kString) {
    AddLimits(LimitsOfType(type), to);
  }
}

}  // namespace

void AddLimits(const NumberLimits& limits, ObjectText& to) {
  if (limits.minimum) to.Json("minimum", *limits.minimum);
  if (limits.exclusive_minimum) to.Json("exclusiveMinimum", *limits.exclusive_minimum);
  if (limits.maximum) to.Json("maximum", *limits.maximum);
  if (limits.exclusive_maximum) to.Json("exclusiveMaximum", *limits.exclusive_maximum);
}

void AddTensorSchema(ElementType type, std::span<const std::int64_t> shape, MissingElements missing,
                     ObjectText& to) {
  if (shape.empty()) return AddElement(type, missing, to);
  to.Text("type", "array");
  const std::int64_t length = shape.front();
  if (length >= 0) {
    to.Json("minItems", std::to_string(length));
    to.Json("maxItems", std::to_string(length));
  } else if (shape.size() > 1) {
    to.Json("minItems", "1");  // An empty array does not show that there are others in it.
  }
  ObjectText items(to.Key("items"));
  AddTensorSchema(type, shape.subspan(1), missing, items);
  items.Close();
}

}  // namespace tenon::schema
