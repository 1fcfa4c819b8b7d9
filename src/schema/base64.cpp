// SPDX-License-Identifier: Apache-2.0
#include "schema/base64.hpp"

#include <array>
#include <cstdint>
#include <cstring>

#include "schema/base64_blocks.hpp"

namespace tenon::schema {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// What a character adds to a group of 24 bits, by its place in the group. A bit above them stands
// for a character that is none of the alphabet, so that four look-ups are checked at once.
constexpr std::uint32_t kBad = std::uint32_t{1} << 31U;
using Row = std::array<std::uint32_t, 256>;
constexpr std::array<Row, 4> kValues = [] {
  std::array<Row, 4> rows{};
  for (std::size_t place = 0; place < 4; ++place) {
    rows[place].fill(kBad);
    for (std::uint32_t value = 0; value < kAlphabet.size(); ++value) {
      rows[place][static_cast<unsigned char>(kAlphabet[value])] = value << (18 - 6 * place);
    }
  }
  return rows;
}();

std::uint32_t Group(const char* four) noexcept {
  const auto at = [&](std::size_t place) {
    return kValues[place][static_cast<unsigned char>(four[place])];
  };
  return at(0) | at(1) | at(2) | at(3);
}

void PutBytes(std::uint32_t group, std::size_t count, std::byte* out) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = static_cast<std::byte>((group >> (16 - 8 * i)) & 0xFFU);
  }
}

std::size_t Padding(std::string_view text) noexcept {
  if (text.ends_with("==")) return 2;
  return text.ends_with('=') ? 1 : 0;
}

}  // namespace

void EncodeBase64(std::span<const std::byte> bytes, std::string& out) {
  const std::size_t start = out.size();
  out.resize(start + Base64Length(bytes.size()));
  char* to = out.data() + start;
  const auto byte = [&](std::size_t i) { return std::to_integer<std::uint32_t>(bytes[i]); };
  std::size_t i = EncodeBase64Blocks(bytes.data(), bytes.size(), to);
  to += i / 3 * 4;
  for (; i + 3 <= bytes.size(); i += 3, to += 4) {
    const std::uint32_t group = byte(i) << 16U | byte(i + 1) << 8U | byte(i + 2);
    for (std::size_t place = 0; place < 4; ++place) {
      to[place] = kAlphabet[(group >> (18 - 6 * place)) & 63U];
    }
  }
  if (i == bytes.size()) return;
  const bool has_two = i + 1 < bytes.size();
  const std::uint32_t group = byte(i) << 16U | (has_two ? byte(i + 1) << 8U : 0);
  to[0] = kAlphabet[group >> 18U];
  to[1] = kAlphabet[(group >> 12U) & 63U];
  to[2] = has_two ? kAlphabet[(group >> 6U) & 63U] : '=';
  to[3] = '=';
}

std::optional<std::size_t> DecodedSize(std::string_view text) noexcept {
  if (text.size() % 4 != 0) return std::nullopt;
  return text.size() / 4 * 3 - Padding(text);
}

bool DecodeBase64(std::string_view text, std::byte* out) noexcept {
  if (text.size() % 4 != 0) return false;
  if (text.empty()) return true;
  std::uint32_t seen = 0;
  const char* const last = text.data() + text.size() - 4;
  const std::size_t blocks = DecodeBase64Blocks(text.data(), text.size() - 4, out);
  const char* at = text.data() + blocks;
  out += blocks / 4 * 3;
  for (; at != last; at += 4, out += 3) {
    const std::uint32_t group = Group(at);
    seen |= group;
    PutBytes(group, 3, out);
  }
  // The padding as zeros; the bits that it leaves over must be zeros too.
  const std::size_t padding = Padding(text);
  std::array<char, 4> four;
  std::memcpy(four.data(), last, 4);
  for (std::size_t i = 4 - padding; i < 4; ++i) four[i] = 'A';
  const std::uint32_t group = Group(four.data());
  const std::uint32_t left_over = padding == 0 ? 0 : (std::uint32_t{1} << (8 * padding)) - 1;
  PutBytes(group, 3 - padding, out);
  return ((seen | group) & kBad) == 0 && (group & left_over) == 0;
}

}  // namespace tenon::schema
