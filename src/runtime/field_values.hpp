// SPDX-License-Identifier: Apache-2.0
#pragma once

// The values of fields as elements of tensors, and back.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "tenon/schema/tensor.hpp"
#include "tenon/schema/type.hpp"

namespace tenon::runtime {

// What a field can be of a tensor. The rank of a Tensor is its value's.
struct FieldShape {
  ElementType element;
  std::size_t rank;
};

// Nothing for a type that is no tensor's. vector<bool> is none: its elements have no address.
std::optional<FieldShape> ShapeOfField(const schema::Type& type) noexcept;

// [] for one value, [n] for a list. REQUIRES: as for all here, ShapeOfField(type) is something.
std::vector<std::int64_t> ShapeOfValue(const schema::Type& type, const void* value);

// The value becomes elements `at` and on. REQUIRES: they are there, and of its type.
void CopyIn(const schema::Type& type, const void* value, AnyTensor& tensor, std::size_t at);

// As CopyIn, for one number; null is NaN, or zero where there is none.
void CopyColumn(const void* number, ElementType element, AnyTensor& tensor, std::size_t at);

// Elements `at` and on, of that shape, become the value. False where it cannot hold that many.
bool CopyOut(const AnyTensor& tensor, std::size_t at, const std::vector<std::int64_t>& shape,
             const schema::Type& type, void* value);

}  // namespace tenon::runtime
