// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a character is. The same rules as in train/characters.py: a model must see in service what
// it saw in training, so neither side asks its own language's tables.

#include <string>
#include <string_view>

namespace example_serving {

// UTF-8 into characters and back. A byte that is not UTF-8 becomes U+FFFD.
std::u32string Decode(std::string_view utf8);
void AppendUtf8(char32_t character, std::string& out);
std::string Encode(std::u32string_view characters);

bool IsSpace(char32_t c) noexcept;
bool IsDigit(char32_t c) noexcept;
// Scripts that put no space between words: Han, kana, Hangul.
bool IsIdeograph(char32_t c) noexcept;
bool IsLetter(char32_t c) noexcept;
bool IsUpper(char32_t c) noexcept;
char32_t Lower(char32_t c) noexcept;

}  // namespace example_serving
