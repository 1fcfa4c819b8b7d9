// SPDX-License-Identifier: Apache-2.0
#pragma once

// DEFLATE (RFC 1951), as far as reading goes: what compressed entries of a zip file are.

#include <cstddef>
#include <span>
#include <string_view>

namespace tenon::schema {

enum class InflateFault : unsigned char {
  kNone,
  kBroken,   // Not DEFLATE, or cut.
  kTooLong,  // More than there is room for.
  kTooShort,
};

// Fills `out` exactly. What follows the last block is not looked at.
InflateFault Inflate(std::string_view deflated, std::span<char> out);

}  // namespace tenon::schema
