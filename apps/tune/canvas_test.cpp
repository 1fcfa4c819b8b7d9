// SPDX-License-Identifier: Apache-2.0
#include "canvas.hpp"

#include <gtest/gtest.h>

namespace tenon::tune {
namespace {

int Inked(const Canvas& canvas) {
  int count = 0;
  for (int y = 0; y < canvas.Height(); ++y) {
    for (int x = 0; x < canvas.Width(); ++x) count += canvas.At(x, y) == Colour::kInk ? 1 : 0;
  }
  return count;
}

TEST(Canvas, DrawsInsideOnly) {
  Canvas canvas(10, 8);
  canvas.Fill(-5, -5, 100, 6, Colour::kInk);
  EXPECT_EQ(Inked(canvas), 10);
  canvas.Line(-20, 4, 40, 4, Colour::kInk);
  EXPECT_EQ(Inked(canvas), 30);
  canvas.Text(8, 6, "WW", Colour::kInk);
  EXPECT_EQ(canvas.At(8, 6), Colour::kInk);
}

TEST(Canvas, WritesLettersThatDiffer) {
  const auto shape = [](const char* text) {
    Canvas canvas(Canvas::kLetterWidth, Canvas::kLetterHeight);
    canvas.Text(0, 0, text, Colour::kInk);
    return canvas.Encode();
  };
  const std::string letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ.,:-/()%_=<";
  for (std::size_t i = 0; i < letters.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_NE(shape(letters.substr(i, 1).c_str()), shape(letters.substr(j, 1).c_str()))
          << letters[i] << letters[j];
    }
  }
  EXPECT_EQ(shape("a"), shape("A"));
  EXPECT_EQ(shape("?"), shape(" "));
}

TEST(Canvas, EncodesAWholePngFile) {
  // Two pixels of the palette, in a file that other readers take.
  Canvas canvas(3, 1);
  canvas.Fill(0, 0, 1, 1, Colour::kInk);
  canvas.Fill(2, 0, 1, 1, Colour::kChosen);
  const std::string file = canvas.Encode();
  EXPECT_TRUE(file.starts_with("\x89PNG\r\n\x1a\n"));
  EXPECT_TRUE(file.ends_with(std::string("\0\0\0\0IEND\xae\x42\x60\x82", 12)));
  // One row: no filter, then the pixels 1, 0, 4.
  EXPECT_NE(file.find(std::string("\x00\x10\x40", 3)), std::string::npos);
}

}  // namespace
}  // namespace tenon::tune
