// SPDX-License-Identifier: Apache-2.0
#pragma once

// The elements of a tensor and nothing else: row-major, little-endian, one after the other.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/base/result.hpp"
#include "tenon/schema/tensor.hpp"

namespace tenon::schema {

// What a body of bare elements is. One length may be -1: it follows from the number of bytes.
struct PackedShape {
  ElementType type = ElementType::kFloat32;
  std::vector<std::int64_t> shape = {};

  bool operator==(const PackedShape&) const = default;
};

// Elements of its own. float16 becomes float32; any byte but 0 is true.
// Errors: kInvalid, with both counts, for bytes that are not as many as the shape has, and for
// texts.
Result<AnyTensor> ReadPacked(std::string_view bytes, const PackedShape& packed);

// Appends the elements. REQUIRES: no texts.
void WritePacked(const AnyTensor& tensor, std::string& out);

}  // namespace tenon::schema
