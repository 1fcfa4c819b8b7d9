// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tenon::schema {

// The bytes of the UTF-8 character that `text` begins with, or 0 where it begins with none: a stray
// continuation, an overlong form, half a surrogate pair, something beyond U+10FFFF or a cut end.
// REQUIRES: text is not empty.
std::size_t Utf8Length(std::string_view text) noexcept;

// Characters in a text that is UTF-8.
std::size_t CountCharacters(std::string_view text) noexcept;

// The first bytes of a text that is UTF-8, `most` or fewer, without cutting a character.
std::string_view CutUtf8(std::string_view text, std::size_t most) noexcept;

// REQUIRES: a code point that is no surrogate.
void AppendUtf8(char32_t code_point, std::string& out);

}  // namespace tenon::schema
