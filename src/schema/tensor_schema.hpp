// SPDX-License-Identifier: Apache-2.0
#pragma once

// Tensors of a known shape as JSON Schema.

#include <cstdint>
#include <span>

#include "schema/json_object.hpp"
#include "schema/limits.hpp"
#include "tenon/base/export.hpp"
#include "tenon/schema/tensor.hpp"

namespace tenon::schema {

enum class MissingElements : std::uint8_t {
  kRefused,
  kNull,  // null stands for an element that is missing.
};

// The keywords of nested arrays of these lengths, below 0 where any goes; of a single element for
// no lengths.
TENON_EXPORT void AddTensorSchema(ElementType type, std::span<const std::int64_t> shape,
                                  MissingElements missing, ObjectText& to);

// The keywords of a number's limits.
void AddLimits(const NumberLimits& limits, ObjectText& to);

}  // namespace tenon::schema
