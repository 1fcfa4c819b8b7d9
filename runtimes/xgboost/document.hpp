// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a model file says, whichever of the two notations it is written in.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace tenon::xgboost {

// What is wrong with a file. Thrown inside this plug-in only; the text is for the log.
struct BrokenFile {
  std::string reason;
};

// What this plug-in would not compute as XGBoost does, so that XGBoost itself has to.
struct NotCovered {
  std::string reason;
};

// Files nest less than ten deep.
inline constexpr std::size_t kMaxDepth = 64;

// One value of a document: JSON, or UBJSON which means the same in fewer bytes.
class Value {
 public:
  using Numbers = std::vector<double>;  // An array of numbers or booleans only; also of nothing.
  using Array = std::vector<Value>;     // Any other array.
  using Object = std::vector<std::pair<std::string, Value>>;

  Value() = default;  // null
  explicit Value(double number) : content_(number) {}
  explicit Value(std::string text) : content_(std::move(text)) {}
  explicit Value(Numbers numbers) : content_(std::move(numbers)) {}
  explicit Value(Array array) : content_(std::move(array)) {}
  explicit Value(Object object) : content_(std::move(object)) {}

  // The content, or null where it is something else.
  const double* AsNumber() const noexcept { return std::get_if<double>(&content_); }
  const std::string* AsText() const noexcept { return std::get_if<std::string>(&content_); }
  const Numbers* AsNumbers() const noexcept { return std::get_if<Numbers>(&content_); }
  const Array* AsArray() const noexcept { return std::get_if<Array>(&content_); }
  const Object* AsObject() const noexcept { return std::get_if<Object>(&content_); }

  // The member of that name, or null where there is none or this is no object.
  const Value* Find(std::string_view name) const noexcept;

 private:
  std::variant<std::monostate, double, std::string, Numbers, Array, Object> content_;
};

// An array in the fewest bytes. Takes what was read item by item.
Value ArrayOf(Value::Array items);

// Both read a whole file. Errors: throw BrokenFile, with the place; bad_alloc.
Value ReadJsonDocument(std::string_view text);
Value ReadUbjson(std::string_view bytes);

}  // namespace tenon::xgboost
