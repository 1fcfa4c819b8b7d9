// SPDX-License-Identifier: Apache-2.0
#pragma once

// What stands before the elements of an NPY file.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "tenon/base/result.hpp"

namespace tenon::schema {

enum class ByteOrder : std::uint8_t { kLittle, kBig };
enum class ElementOrder : std::uint8_t { kRowMajor, kColumnMajor };

struct NpyHeader {
  char kind = 'f';        // NumPy's: 'b' bool, 'i', 'u', 'f', 'U', 'S'.
  std::size_t width = 4;  // Bytes of an element.
  ByteOrder byte_order = ByteOrder::kLittle;
  ElementOrder element_order = ElementOrder::kRowMajor;
  std::vector<std::int64_t> shape = {};
  std::size_t count = 1;  // Elements: the product of the shape.
  std::size_t size = 0;   // Of the header itself: where the elements begin.
};

// Errors: as ReadNpy. Does not look at what follows the header.
Result<NpyHeader> ReadNpyHeader(std::string_view bytes);

}  // namespace tenon::schema
