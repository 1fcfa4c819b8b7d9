// SPDX-License-Identifier: Apache-2.0
#pragma once

// A picture of a few colours, and its PNG file.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tenon::tune {

enum class Colour : std::uint8_t { kPaper, kInk, kGrid, kMain, kChosen };

// Parts outside the picture are not drawn. Thread safety: thread-compatible.
class Canvas {
 public:
  // Of one letter, with the space behind it.
  static constexpr int kLetterWidth = 8;
  static constexpr int kLetterHeight = 10;

  // REQUIRES: at least 1 each.
  Canvas(int width, int height);

  int Width() const noexcept { return width_; }
  int Height() const noexcept { return height_; }
  Colour At(int x, int y) const;

  void Fill(int x, int y, int width, int height, Colour colour);
  void Line(int from_x, int from_y, int to_x, int to_y, Colour colour);
  // Capitals, digits and some signs; other characters are blank. From its upper left corner.
  void Text(int x, int y, std::string_view text, Colour colour);

  // A PNG file.
  std::string Encode() const;

 private:
  void Put(int x, int y, Colour colour);

  int width_;
  int height_;
  std::vector<Colour> pixels_;  // Row by row.
};

}  // namespace tenon::tune
