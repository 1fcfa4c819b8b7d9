// SPDX-License-Identifier: Apache-2.0
#pragma once

// A value of a tensor written as plain text: a cell of a table.

#include <cstdint>
#include <string>
#include <string_view>

#include "tenon/schema/tensor.hpp"

namespace tenon::schema {

enum class CellFault : std::uint8_t {
  kNone,
  kMissing,  // Nothing is there, and the type has no value for that.
  kNoValue,  // No number, or no truth value.
  kNotWhole,
  kOutOfRange,
  kNotUtf8,
};

// Whether a cell means that there is no value: empty, or NA, NaN, null, None in any case.
bool IsMissing(std::string_view cell) noexcept;

// The cell as an element. Around numbers spaces do not count; they are JSON's, and also "+1", ".5",
// "5.", "007" and, for floats, "inf". A missing value is NaN where the type has one. Integers of 64
// bits are exact; "1.0" and "1e3" are integers. Booleans are 0, 1, true and false in any case.
CellFault ReadCell(std::string_view cell, bool& out);
CellFault ReadCell(std::string_view cell, std::int8_t& out);
CellFault ReadCell(std::string_view cell, std::int16_t& out);
CellFault ReadCell(std::string_view cell, std::int32_t& out);
CellFault ReadCell(std::string_view cell, std::int64_t& out);
CellFault ReadCell(std::string_view cell, std::uint8_t& out);
CellFault ReadCell(std::string_view cell, std::uint16_t& out);
CellFault ReadCell(std::string_view cell, std::uint32_t& out);
CellFault ReadCell(std::string_view cell, std::uint64_t& out);
CellFault ReadCell(std::string_view cell, float& out);
CellFault ReadCell(std::string_view cell, double& out);
CellFault ReadCell(std::string_view cell, std::string& out);

// "expected a number, found 'abc'".
std::string Words(CellFault fault, ElementType type, std::string_view cell);

// Appends element `index` of the tensor as text. NaN and infinities are "nan", "inf" and "-inf".
// REQUIRES: a type that JSON has a form for.
void AppendCell(const AnyTensor& tensor, std::size_t index, std::string& out);

}  // namespace tenon::schema
