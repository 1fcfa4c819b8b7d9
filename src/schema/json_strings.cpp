// SPDX-License-Identifier: Apache-2.0
#include "schema/json_strings.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <string>

#include "schema/utf8.hpp"
#include "tenon/schema/json.hpp"

namespace tenon::schema {
namespace {

constexpr std::uint64_t Repeated(std::uint8_t byte) { return 0x0101010101010101U * byte; }
constexpr std::uint64_t kHighBits = Repeated(0x80);

// Has a high bit somewhere if one of eight characters is not plain.
std::uint64_t NotPlain(std::uint64_t word) noexcept {
  const auto has_zero = [](std::uint64_t of) { return (of - Repeated(1)) & ~of; };
  return (has_zero(word ^ Repeated('"')) | has_zero(word ^ Repeated('\\')) |
          ((word - Repeated(0x20)) & ~word) | word) &
         kHighBits;
}

bool IsPlain(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

void AppendControl(char c, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  switch (c) {
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default:
      out += "\\u00";
      out += kHex[static_cast<unsigned char>(c) >> 4U];
      out += kHex[static_cast<unsigned char>(c) & 15U];
  }
}

// One character that is not plain; the answer is its bytes.
std::size_t AppendOther(std::string_view text, std::string& out) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  const char c = text.front();
  if (c == '"' || c == '\\') {
    out += '\\';
    out += c;
    return 1;
  }
  if (static_cast<unsigned char>(c) < 0x20) {
    AppendControl(c, out);
    return 1;
  }
  const std::size_t length = Utf8Length(text);
  if (length == 0) {
    out += kReplacement;
    return 1;
  }
  out += text.substr(0, length);
  return length;
}

}  // namespace

std::size_t PlainPrefix(std::string_view text) noexcept {
  std::size_t at = 0;
  for (; at + sizeof(std::uint64_t) <= text.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof(word));
    if (NotPlain(word) != 0) break;
  }
  while (at < text.size() && IsPlain(text[at])) ++at;
  return at;
}

void WriteJsonString(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    const std::size_t plain = PlainPrefix(text);
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (!text.empty()) text.remove_prefix(AppendOther(text, out));
  }
  out += '"';
}

}  // namespace tenon::schema
