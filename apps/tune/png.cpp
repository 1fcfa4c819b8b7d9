// SPDX-License-Identifier: Apache-2.0
#include "png.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace tenon::tune {
namespace {

void AppendBig(std::uint32_t number, std::string& out) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift & 0xff);
}

constexpr std::array<std::uint32_t, 256> MakeCrcTable() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0xedb88320U : 0U);
    table[i] = value;
  }
  return table;
}

std::uint32_t Crc(std::string_view bytes) {
  static constexpr auto kTable = MakeCrcTable();
  std::uint32_t crc = 0xffffffff;
  for (const char byte : bytes) {
    crc = kTable[(crc ^ static_cast<std::uint8_t>(byte)) & 0xff] ^ (crc >> 8);
  }
  return ~crc;
}

std::uint32_t Adler(std::string_view bytes) {
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (const char byte : bytes) {
    a = (a + static_cast<std::uint8_t>(byte)) % 65521;
    b = (b + a) % 65521;
  }
  return b << 16 | a;
}

void AppendChunk(std::string_view kind, std::string_view content, std::string& out) {
  AppendBig(static_cast<std::uint32_t>(content.size()), out);
  std::string checked(kind);
  checked += content;
  out += checked;
  AppendBig(Crc(checked), out);
}

// A zlib stream of stored blocks.
std::string Store(std::string_view bytes) {
  constexpr std::size_t kMost = 65'535;
  std::string out = "\x78\x01";
  const std::uint32_t check = Adler(bytes);
  do {
    const std::size_t count = std::min(kMost, bytes.size());
    out += static_cast<char>(count == bytes.size() ? 1 : 0);
    for (const std::size_t number : {count, ~count}) {
      out += static_cast<char>(number & 0xff);
      out += static_cast<char>(number >> 8 & 0xff);
    }
    out += bytes.substr(0, count);
    bytes.remove_prefix(count);
  } while (!bytes.empty());
  AppendBig(check, out);
  return out;
}

}  // namespace

std::string EncodePng(const PngImage& image) {
  std::string head;
  AppendBig(image.width, head);
  AppendBig(image.height, head);
  head += std::string_view("\x04\x03\x00\x00\x00", 5);  // Four bits each, of a palette.
  std::string palette;
  for (const PngColour& colour : image.palette) {
    for (const std::uint8_t part : {colour.red, colour.green, colour.blue}) {
      palette += static_cast<char>(part);
    }
  }
  std::string rows;
  for (std::size_t y = 0; y < image.height; ++y) {
    rows += '\0';  // No filter.
    const auto row = image.pixels.subspan(y * image.width, image.width);
    for (std::size_t x = 0; x < row.size(); x += 2) {
      const unsigned right = x + 1 < row.size() ? row[x + 1] : 0U;
      rows += static_cast<char>(static_cast<unsigned>(row[x]) << 4 | right);
    }
  }
  std::string file = "\x89PNG\r\n\x1a\n";
  AppendChunk("IHDR", head, file);
  AppendChunk("PLTE", palette, file);
  AppendChunk("IDAT", Store(rows), file);
  AppendChunk("IEND", {}, file);
  return file;
}

}  // namespace tenon::tune
