// SPDX-License-Identifier: Apache-2.0
#pragma once

// RFC 4648 §4: the standard alphabet, with padding, in one piece.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tenon::schema {

inline constexpr std::size_t Base64Length(std::size_t bytes) { return (bytes + 2) / 3 * 4; }

// Appends the bytes as base64.
void EncodeBase64(std::span<const std::byte> bytes, std::string& out);

// How many bytes the text stands for if all of it is base64; none for a wrong length.
std::optional<std::size_t> DecodedSize(std::string_view text) noexcept;

// Writes DecodedSize bytes. False where a character is none of the alphabet, or the last one says
// more than the bytes hold.
bool DecodeBase64(std::string_view text, std::byte* out) noexcept;

}  // namespace tenon::schema
