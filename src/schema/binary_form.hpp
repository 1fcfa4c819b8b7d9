// SPDX-License-Identifier: Apache-2.0
#pragma once

// The first byte of every value; see docs/design/0041-data-plane.md. Numbers never change their
// meaning.

#include <cstdint>

namespace tenon::schema {

enum class Form : std::uint8_t {
  kNull = 0,
  kFalse = 1,
  kTrue = 2,
  kSigned = 3,    // Zigzag varint.
  kUnsigned = 4,  // Varint.
  kFloat32 = 5,
  kFloat64 = 6,
  kText = 7,     // Varint length, bytes.
  kList = 8,     // Varint count, values.
  kPacked = 9,   // Element type, varint count, elements.
  kMap = 10,     // Varint count, then length, key and value of each.
  kStruct = 11,  // Varint count, then name and value of each.
  kTensor = 12,  // Element type, varint rank, dimensions, zeros up to the alignment, elements.
};
inline constexpr std::uint8_t kLastForm = 12;

}  // namespace tenon::schema
