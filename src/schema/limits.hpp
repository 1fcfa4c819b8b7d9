// SPDX-License-Identifier: Apache-2.0
#pragma once

// The values that a number may have, by its type and by what its struct says: for the reader, for
// the words of its faults and for JSON Schema alike.

#include <optional>
#include <string>
#include <string_view>

#include "tenon/schema/type.hpp"

namespace tenon::schema {

// As JSON numbers; what is absent does not limit.
struct NumberLimits {
  std::optional<std::string> minimum = {};
  std::optional<std::string> maximum = {};
  std::optional<std::string> exclusive_minimum = {};
  std::optional<std::string> exclusive_maximum = {};
};

// What an element of the type can hold.
NumberLimits LimitsOfType(ElementType type);

// The narrower of the type's limits and the field's. `type` is a number or a duration.
NumberLimits LimitsOf(const Type& type, const Constraints& constraints);

// A limit as it stands in the schema and in faults: the shortest text that gives it back.
std::string LimitText(const Type& type, long double limit);

// Whether the field's own limits allow a number. `token` is its text.
bool AllowsInteger(const Constraints& constraints, long double value) noexcept;
bool AllowsNumber(const Type& type, const Constraints& constraints, long double value,
                  std::string_view token);

}  // namespace tenon::schema
