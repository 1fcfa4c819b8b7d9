// SPDX-License-Identifier: Apache-2.0
#pragma once

// The words of faults: what a value should have been, and what it was.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "schema/json_cursor.hpp"
#include "tenon/schema/type.hpp"

namespace tenon::schema {

// "an integer from 0 to 255", "a string of at most 10 characters", "an array of 3 elements".
std::string Expected(const Type& type, const Constraints& constraints);

// The same of an element of a list or tensor.
std::string ExpectedElement(ElementType type);

// The next token in words: `300`, `"text"`, `an object`.
std::string Found(const Cursor& cursor);
// The same without its content, for what must not be shown.
std::string FoundKind(const Cursor& cursor);

// A number that the type does not hold.
std::string FoundMisfit(ElementType type, std::string_view token);

// A piece of the document as it may stand in a sentence.
std::string Shown(std::string_view token);

// "[1, any, 3]".
std::string ShapeText(std::span<const std::int64_t> shape);

}  // namespace tenon::schema
