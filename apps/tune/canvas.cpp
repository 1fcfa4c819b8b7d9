// SPDX-License-Identifier: Apache-2.0
#include "canvas.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "png.hpp"

namespace tenon::tune {
namespace {

// Three columns and five rows: each octal digit is a row, from the top.
struct Letter {
  char name;
  unsigned rows;
};
constexpr Letter kLetters[] = {
    {'0', 075557}, {'1', 026227}, {'2', 071747}, {'3', 071717}, {'4', 055711}, {'5', 074717},
    {'6', 074757}, {'7', 071122}, {'8', 075757}, {'9', 075717}, {'A', 025755}, {'B', 065656},
    {'C', 034443}, {'D', 065556}, {'E', 074647}, {'F', 074644}, {'G', 034553}, {'H', 055755},
    {'I', 072227}, {'J', 011152}, {'K', 055655}, {'L', 044447}, {'M', 057755}, {'N', 065555},
    {'O', 025552}, {'P', 065644}, {'Q', 025563}, {'R', 065655}, {'S', 034216}, {'T', 072222},
    {'U', 055557}, {'V', 055552}, {'W', 055775}, {'X', 055255}, {'Y', 055222}, {'Z', 071247},
    {'.', 000002}, {',', 000024}, {':', 002020}, {'-', 000700}, {'/', 011244}, {'(', 024442},
    {')', 021112}, {'%', 051245}, {'_', 000007}, {'=', 007070}, {'<', 012421},
};
constexpr int kScale = 2;

unsigned RowsOf(char name) {
  const auto capital = static_cast<char>(std::toupper(static_cast<unsigned char>(name)));
  for (const Letter& letter : kLetters) {
    if (letter.name == capital) return letter.rows;
  }
  return 0;
}

}  // namespace

Canvas::Canvas(int width, int height)
    : width_(width),
      height_(height),
      pixels_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height)) {}

Colour Canvas::At(int x, int y) const {
  return pixels_[static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
                 static_cast<std::size_t>(x)];
}

void Canvas::Put(int x, int y, Colour colour) {
  if (x < 0 || y < 0 || x >= width_ || y >= height_) return;
  pixels_[static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
          static_cast<std::size_t>(x)] = colour;
}

void Canvas::Fill(int x, int y, int width, int height, Colour colour) {
  for (int row = 0; row < height; ++row) {
    for (int column = 0; column < width; ++column) Put(x + column, y + row, colour);
  }
}

void Canvas::Line(int from_x, int from_y, int to_x, int to_y, Colour colour) {
  const int steps = std::max({std::abs(to_x - from_x), std::abs(to_y - from_y), 1});
  for (int i = 0; i <= steps; ++i) {
    Fill(from_x + (to_x - from_x) * i / steps, from_y + (to_y - from_y) * i / steps, 2, 2, colour);
  }
}

void Canvas::Text(int x, int y, std::string_view text, Colour colour) {
  for (const char name : text) {
    const unsigned rows = RowsOf(name);
    for (int bit = 0; bit < 15; ++bit) {
      if ((rows >> (14 - bit) & 1U) == 0) continue;
      Fill(x + bit % 3 * kScale, y + bit / 3 * kScale, kScale, kScale, colour);
    }
    x += kLetterWidth;
  }
}

std::string Canvas::Encode() const {
  static constexpr PngColour kPalette[] = {
      {255, 255, 255}, {40, 40, 40}, {215, 215, 215}, {11, 110, 153}, {192, 57, 43}};
  std::vector<std::uint8_t> pixels;
  pixels.reserve(pixels_.size());
  for (const Colour pixel : pixels_) pixels.push_back(static_cast<std::uint8_t>(pixel));
  return EncodePng({.width = static_cast<std::uint32_t>(width_),
                    .height = static_cast<std::uint32_t>(height_),
                    .palette = kPalette,
                    .pixels = pixels});
}

}  // namespace tenon::tune
