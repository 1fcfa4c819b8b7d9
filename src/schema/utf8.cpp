// SPDX-License-Identifier: Apache-2.0
#include "schema/utf8.hpp"

#include <array>
#include <cstdint>

namespace tenon::schema {
namespace {

constexpr bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// What a first byte asks for: the length, and where the second byte must lie. The Unicode Standard,
// table 3-7.
struct Lead {
  std::uint8_t first;
  std::uint8_t last;
  std::uint8_t length;
  std::uint8_t second_first;
  std::uint8_t second_last;
};
constexpr std::array kLeads = {
    Lead{0xC2, 0xDF, 2, 0x80, 0xBF}, Lead{0xE0, 0xE0, 3, 0xA0, 0xBF},
    Lead{0xE1, 0xEC, 3, 0x80, 0xBF}, Lead{0xED, 0xED, 3, 0x80, 0x9F},
    Lead{0xEE, 0xEF, 3, 0x80, 0xBF}, Lead{0xF0, 0xF0, 4, 0x90, 0xBF},
    Lead{0xF1, 0xF3, 4, 0x80, 0xBF}, Lead{0xF4, 0xF4, 4, 0x80, 0x8F},
};

}  // namespace

std::size_t Utf8Length(std::string_view text) noexcept {
  const auto first = static_cast<std::uint8_t>(text[0]);
  if (first < 0x80) return 1;
  for (const Lead& lead : kLeads) {
    if (first < lead.first || first > lead.last) continue;
    if (text.size() < lead.length) return 0;
    const auto second = static_cast<std::uint8_t>(text[1]);
    if (second < lead.second_first || second > lead.second_last) return 0;
    for (std::size_t i = 2; i < lead.length; ++i) {
      if (!IsContinuation(text[i])) return 0;
    }
    return lead.length;
  }
  return 0;
}

std::size_t CountCharacters(std::string_view text) noexcept {
  std::size_t count = 0;
  for (const char c : text) count += IsContinuation(c) ? 0 : 1;
  return count;
}

std::string_view CutUtf8(std::string_view text, std::size_t most) noexcept {
  if (text.size() <= most) return text;
  while (most > 0 && IsContinuation(text[most])) --most;
  return text.substr(0, most);
}

void AppendUtf8(char32_t code_point, std::string& out) {
  const auto continuation = [&](unsigned shift) {
    out.push_back(static_cast<char>(0x80U | ((code_point >> shift) & 0x3FU)));
  };
  if (code_point < 0x80) {
    out.push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    out.push_back(static_cast<char>(0xC0U | (code_point >> 6U)));
    continuation(0);
  } else if (code_point < 0x10000) {
    out.push_back(static_cast<char>(0xE0U | (code_point >> 12U)));
    continuation(6);
    continuation(0);
  } else {
    out.push_back(static_cast<char>(0xF0U | (code_point >> 18U)));
    continuation(12);
    continuation(6);
    continuation(0);
  }
}

}  // namespace tenon::schema
