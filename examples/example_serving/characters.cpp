// SPDX-License-Identifier: Apache-2.0
#include "characters.hpp"

#include <cstddef>

namespace example_serving {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

bool Within(char32_t c, char32_t first, char32_t last) noexcept { return c >= first && c <= last; }

// How many bytes follow a first byte; 4 for one that begins nothing.
std::size_t Following(unsigned char first) noexcept {
  if (first < 0x80) return 0;
  if (Within(first, 0xC2, 0xDF)) return 1;
  if (Within(first, 0xE0, 0xEF)) return 2;
  if (Within(first, 0xF0, 0xF4)) return 3;
  return 4;
}

// Blocks where a capital is even, its small letter the next one.
bool InEvenPairs(char32_t c) noexcept {
  return Within(c, 0x100, 0x137) || Within(c, 0x14A, 0x177) || Within(c, 0x460, 0x481) ||
         Within(c, 0x48A, 0x4BF) || Within(c, 0x1E00, 0x1E95) || Within(c, 0x1EA0, 0x1EFF);
}
bool InOddPairs(char32_t c) noexcept { return Within(c, 0x139, 0x148) || Within(c, 0x179, 0x17E); }

}  // namespace

std::u32string Decode(std::string_view utf8) {
  std::u32string out;
  out.reserve(utf8.size());
  for (std::size_t i = 0; i < utf8.size();) {
    const auto first = static_cast<unsigned char>(utf8[i]);
    const std::size_t following = Following(first);
    if (following == 0) {
      out.push_back(first);
      ++i;
      continue;
    }
    char32_t c = following == 4 ? kReplacement : first & (0x3FU >> following);
    std::size_t k = 1;
    for (; k <= following && following < 4; ++k) {
      if (i + k >= utf8.size() || (static_cast<unsigned char>(utf8[i + k]) & 0xC0U) != 0x80U) break;
      c = c << 6U | (static_cast<unsigned char>(utf8[i + k]) & 0x3FU);
    }
    const bool whole = following < 4 && k > following;
    out.push_back(whole ? c : kReplacement);
    i += whole ? k : 1;
  }
  return out;
}

void AppendUtf8(char32_t c, std::string& out) {
  const auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0U | c >> 6U);
  } else {
    if (c < 0x10000) {
      put(0xE0U | c >> 12U);
    } else {
      put(0xF0U | c >> 18U);
      put(0x80U | (c >> 12U & 0x3FU));
    }
    put(0x80U | (c >> 6U & 0x3FU));
  }
  put(0x80U | (c & 0x3FU));
}

std::string Encode(std::u32string_view characters) {
  std::string out;
  out.reserve(characters.size());
  for (const char32_t c : characters) AppendUtf8(c, out);
  return out;
}

bool IsSpace(char32_t c) noexcept {
  if (c < 0x80) return c == 0x20 || Within(c, 0x09, 0x0D);
  switch (c) {
    case 0x85:
    case 0xA0:
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x202F:
    case 0x205F:
    case 0x3000: return true;
    default: return Within(c, 0x2000, 0x200A);
  }
}

bool IsDigit(char32_t c) noexcept { return Within(c, '0', '9'); }

bool IsIdeograph(char32_t c) noexcept {
  return Within(c, 0x3041, 0x30FF) || Within(c, 0x3400, 0x9FFF) || Within(c, 0xAC00, 0xD7A3) ||
         c == 0x3005;
}

bool IsLetter(char32_t c) noexcept {
  if (Within(c, 'A', 'Z') || Within(c, 'a', 'z') || c == 0xAA || c == 0xB5 || c == 0xBA)
    return true;
  if (c < 0xC0 || c == 0xD7 || c == 0xF7 || IsSpace(c)) return false;
  const bool symbol = Within(c, 0x2000, 0x2BFF) || (Within(c, 0x2E00, 0x303F) && c != 0x3005) ||
                      Within(c, 0xFE10, 0xFE6F) || Within(c, 0xFF00, 0xFF20) ||
                      Within(c, 0xFF3B, 0xFF40) || Within(c, 0xFF5B, 0xFF65) ||
                      Within(c, 0xFFE0, 0xFFFF) || Within(c, 0x1F000, 0x1FFFF);
  return !symbol;
}

bool IsUpper(char32_t c) noexcept { return Lower(c) != c; }

char32_t Lower(char32_t c) noexcept {
  if (c < 0x80) return Within(c, 'A', 'Z') ? c + 32 : c;
  if ((Within(c, 0xC0, 0xDE) && c != 0xD7) || Within(c, 0x410, 0x42F)) return c + 32;
  if (Within(c, 0x391, 0x3A9) && c != 0x3A2) return c + 32;
  if (Within(c, 0x400, 0x40F)) return c + 80;
  if (InEvenPairs(c)) return c == 0x130 ? U'i' : c | 1U;  // The dotted capital of Turkish.
  if (InOddPairs(c)) return c % 2 == 1 ? c + 1 : c;
  switch (c) {
    case 0x178: return 0xFF;
    case 0x1A0:
    case 0x1AF:
    case 0x490: return c + 1;
    default: return c;
  }
}

}  // namespace example_serving
