// SPDX-License-Identifier: Apache-2.0
#include "document.hpp"

#include <algorithm>

namespace tenon::xgboost {

const Value* Value::Find(std::string_view name) const noexcept {
  const Object* const object = AsObject();
  if (object == nullptr) return nullptr;
  const auto found = std::ranges::find(*object, name, &Object::value_type::first);
  return found == object->end() ? nullptr : &found->second;
}

Value ArrayOf(Value::Array items) {
  const auto is_number = [](const Value& item) { return item.AsNumber() != nullptr; };
  if (!std::ranges::all_of(items, is_number)) return Value(std::move(items));
  Value::Numbers numbers;
  numbers.reserve(items.size());
  for (const Value& item : items) numbers.push_back(*item.AsNumber());
  return Value(std::move(numbers));
}

}  // namespace tenon::xgboost
