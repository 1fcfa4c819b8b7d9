// SPDX-License-Identifier: Apache-2.0
#pragma once

// Numbers as JSON.

#include <cstddef>
#include <cstdint>
#include <string>

#include "tenon/schema/type.hpp"

namespace tenon::schema {

// The most characters that any of the functions below writes.
inline constexpr std::size_t kLongestNumber = 64;

// Write at `to`, where there is room for kLongestNumber, and give the end. Floating-point numbers
// have the fewest digits that give them back, and look like none of the integers: 1.0, 1e+20.
// NaN and infinities, which JSON does not have, are null and counted.
char* PutNumber(char* to, std::int64_t value) noexcept;
char* PutNumber(char* to, std::uint64_t value) noexcept;
char* PutNumber(char* to, double value);
char* PutNumber(char* to, float value);

// A duration's ticks as seconds; exact where the tick is a decimal fraction of a second.
void AppendSeconds(const Type& type, const void* ticks, std::string& out);

}  // namespace tenon::schema
