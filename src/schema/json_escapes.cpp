// SPDX-License-Identifier: Apache-2.0
#include "schema/json_escapes.hpp"

#include <cstdint>

#include "schema/utf8.hpp"

namespace tenon::schema {
namespace {

std::optional<std::uint32_t> HexDigit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint32_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint32_t>(c - 'A' + 10);
  return std::nullopt;
}

// The four digits after `\u`.
std::optional<std::uint32_t> Unit(std::string_view digits) {
  if (digits.size() < 4) return std::nullopt;
  std::uint32_t unit = 0;
  for (const char c : digits.substr(0, 4)) {
    const auto digit = HexDigit(c);
    if (!digit) return std::nullopt;
    unit = unit * 16 + *digit;
  }
  return unit;
}

// Resolves the `\u` that `raw` begins with; the answer is how many bytes it took, or 0.
std::size_t UnescapeUnicode(std::string_view raw, std::string& out) {
  const auto first = Unit(raw.substr(2));
  if (!first) return 0;
  const bool is_high = *first >= 0xD800 && *first < 0xDC00;
  const bool is_low = *first >= 0xDC00 && *first < 0xE000;
  if (is_low) return 0;
  if (!is_high) {
    AppendUtf8(*first, out);
    return 6;
  }
  if (raw.size() < 12 || raw[6] != '\\' || raw[7] != 'u') return 0;
  const auto second = Unit(raw.substr(8));
  if (!second || *second < 0xDC00 || *second >= 0xE000) return 0;
  AppendUtf8(0x10000 + ((*first - 0xD800) << 10U) + (*second - 0xDC00), out);
  return 12;
}

char Simple(char c) {
  switch (c) {
    case '"':
    case '\\':
    case '/': return c;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return '\0';
  }
}

}  // namespace

std::optional<std::size_t> Unescape(std::string_view raw, std::string& out) {
  std::size_t at = 0;
  while (true) {
    const std::size_t escape = raw.find('\\', at);
    if (escape == std::string_view::npos) break;
    out.append(raw.substr(at, escape - at));
    if (escape + 1 >= raw.size()) return escape;
    if (raw[escape + 1] == 'u') {
      const std::size_t taken = UnescapeUnicode(raw.substr(escape), out);
      if (taken == 0) return escape;
      at = escape + taken;
    } else {
      const char c = Simple(raw[escape + 1]);
      if (c == '\0') return escape;
      out.push_back(c);
      at = escape + 2;
    }
  }
  out.append(raw.substr(at));
  return std::nullopt;
}

}  // namespace tenon::schema
