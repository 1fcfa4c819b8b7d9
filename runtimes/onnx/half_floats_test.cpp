// SPDX-License-Identifier: Apache-2.0
#include "half_floats.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace tenon::onnx {
namespace {

TEST(HalfFloats, EveryOneComesBackAsItself) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float wide = FromFloat16(half);
    const float brain = FromBFloat16(half);
    if (std::isnan(wide)) {
      EXPECT_TRUE(std::isnan(FromFloat16(ToFloat16(wide)))) << bits;
    } else {
      EXPECT_EQ(ToFloat16(wide), half);
    }
    if (std::isnan(brain)) {
      EXPECT_TRUE(std::isnan(FromBFloat16(ToBFloat16(brain)))) << bits;
    } else {
      EXPECT_EQ(ToBFloat16(brain), half);
    }
  }
}

TEST(HalfFloats, HoldTheValuesOfTheStandard) {
  EXPECT_EQ(FromFloat16(0x3c00), 1);
  EXPECT_EQ(FromFloat16(0xc000), -2);
  EXPECT_EQ(FromFloat16(0x7bff), 65504);
  EXPECT_EQ(FromFloat16(0x0001), 0x1p-24F);
  EXPECT_EQ(FromFloat16(0x0400), 0x1p-14F);
  EXPECT_EQ(FromFloat16(0xfc00), -std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::signbit(FromFloat16(0x8000)));
  EXPECT_EQ(FromBFloat16(0x3f80), 1);
}

TEST(HalfFloats, RoundToTheNearestAndThenToTheEven) {
  const std::vector<std::pair<float, std::uint16_t>> cases = {
      {1 + 0x1p-11F, 0x3c00},      // Half way to the next: the even one is below,
      {1 + 3 * 0x1p-11F, 0x3c02},  // and here above.
      {1 + 0x1p-11F + 0x1p-20F, 0x3c01},
      {65519.99F, 0x7bff},
      {65520, 0x7c00},
      {-1e9F, 0xfc00},
      {0x1p-25F, 0x0000},  // Half of the smallest.
      {0x1.8p-24F, 0x0002},
      {0x1.ffcp-15F, 0x0400},  // Becomes normal by rounding.
      {1e-45F, 0x0000},
      {-0.0F, 0x8000},
  };
  for (const auto& [value, bits] : cases) EXPECT_EQ(ToFloat16(value), bits) << value;
  EXPECT_EQ(ToBFloat16(1 + 0x1p-8F), 0x3f80);
  EXPECT_EQ(ToBFloat16(1 + 3 * 0x1p-8F), 0x3f82);
  EXPECT_EQ(ToBFloat16(std::numeric_limits<float>::max()), 0x7f80);
}

// For each pair of neighbours what lies between them goes to the nearer one.
TEST(HalfFloats, NeverSkipTheNearerNeighbour) {
  for (std::uint16_t low = 0; low < 0x7bff; ++low) {
    const float below = FromFloat16(low);
    const float above = FromFloat16(static_cast<std::uint16_t>(low + 1));
    const float middle = below + (above - below) / 2;
    EXPECT_EQ(ToFloat16(std::nextafter(middle, below)), low);
    EXPECT_EQ(ToFloat16(std::nextafter(middle, above)), low + 1);
    EXPECT_EQ(ToFloat16(middle), low + (low & 1));
  }
}

}  // namespace
}  // namespace tenon::onnx
