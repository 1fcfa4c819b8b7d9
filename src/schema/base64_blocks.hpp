// SPDX-License-Identifier: Apache-2.0
#pragma once

// The bulk of base64, many bytes an instruction where the CPU has AVX2, found out at run time.

#include <cstddef>

namespace tenon::schema {

// Encodes from the front, a whole block at a time, and returns how many bytes that were: 0 where
// the CPU cannot. REQUIRES: room for what the bytes become.
std::size_t EncodeBase64Blocks(const std::byte* bytes, std::size_t size, char* out) noexcept;

// Decodes from the front, a whole block at a time, and returns how many characters that were: up to
// the first block with one that is none of the alphabet, and 0 where the CPU cannot.
// REQUIRES: room for what the characters become.
std::size_t DecodeBase64Blocks(const char* text, std::size_t size, std::byte* out) noexcept;

}  // namespace tenon::schema
