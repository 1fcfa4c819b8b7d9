// SPDX-License-Identifier: Apache-2.0
#pragma once

// PNG files of pictures with a palette.

#include <cstdint>
#include <span>
#include <string>

namespace tenon::tune {

struct PngColour {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
};

struct PngImage {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::span<const PngColour> palette;
  std::span<const std::uint8_t> pixels;  // Places in the palette, row by row from the top.
};

// Not compressed: plots are small, and it needs no library.
// REQUIRES: width and height are at least 1; as many pixels as they say; at most 16 colours.
std::string EncodePng(const PngImage& image);

}  // namespace tenon::tune
