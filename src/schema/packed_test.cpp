// SPDX-License-Identifier: Apache-2.0
#include "schema/packed.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace tenon::schema {
namespace {

using Shape = std::vector<std::int64_t>;
using std::string_view_literals::operator""sv;

TEST(ReadPacked, FindsTheOpenLength) {
  const std::vector<std::pair<Shape, Shape>> cases = {
      {{-1, 2}, {3, 2}}, {{3, -1}, {3, 2}}, {{-1}, {6}}, {{6}, {6}}, {{1, 2, 3}, {1, 2, 3}}};
  for (const auto& [declared, found] : cases) {
    const auto tensor =
        ReadPacked("\x01\x02\x03\x04\x05\x06"sv, {.type = ElementType::kUint8, .shape = declared});
    ASSERT_TRUE(tensor) << tensor.Error().what();
    EXPECT_EQ(tensor->Shape(), found);
    EXPECT_EQ(tensor->Elements<std::uint8_t>()[5], 6);
  }
}

TEST(ReadPacked, ReadsEveryType) {
  const auto halves =
      ReadPacked("\x00\x3c\x00\xc0"sv, {.type = ElementType::kFloat16, .shape = {2}});
  ASSERT_TRUE(halves);
  EXPECT_EQ(halves->Elements<float>()[1], -2);
  const auto truths = ReadPacked("\x00\x05"sv, {.type = ElementType::kBool, .shape = {-1}});
  ASSERT_TRUE(truths);
  EXPECT_FALSE(truths->Elements<bool>()[0]);
  EXPECT_TRUE(truths->Elements<bool>()[1]);
  EXPECT_EQ(ReadPacked("", {.type = ElementType::kInt64, .shape = {-1, 4}})->Shape(),
            (Shape{0, 4}));
}

TEST(ReadPacked, RefusesLengthsThatCannotBeTogetherThoughOneIsZero) {
  constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();
  EXPECT_FALSE(ReadPacked("", {ElementType::kUint8, {0, kHuge, kHuge}}));
  EXPECT_TRUE(ReadPacked("", {ElementType::kUint8, {0, 3}}));
}

TEST(ReadPacked, SaysBothCounts) {
  constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();
  const std::vector<std::pair<PackedShape, std::string>> cases = {
      {{ElementType::kFloat32, {-1, 3}},
       "The body has 10 bytes, and float32[?, 3] has elements of 4 bytes, 12 bytes a row."},
      {{ElementType::kFloat32, {2}}, "has elements of 4 bytes, 8 bytes in all."},
      {{ElementType::kFloat32, {-1}}, "4 bytes a row"},
      {{ElementType::kUint8, {0, -1}}, "The body has 10 bytes"},
      {{ElementType::kUint8, {kHuge, kHuge}}, "The body has 10 bytes"},
      {{ElementType::kUint8, {kHuge, 4, -1}}, "The body has 10 bytes"},
      {{ElementType::kString, {-1}}, "Bare bytes are no string."},
  };
  for (const auto& [shape, said] : cases) {
    const auto tensor = ReadPacked("0123456789", shape);
    ASSERT_FALSE(tensor) << said;
    EXPECT_EQ(tensor.Error().Code(), ErrorCode::kInvalid);
    EXPECT_NE(tensor.Error().Detail().find(said), std::string::npos) << tensor.Error().Detail();
  }
}

TEST(WritePacked, IsReadBack) {
  auto tensor = Tensor<double>::Create({2, 1});
  tensor[1] = 0.5;
  std::string bytes;
  WritePacked(tensor, bytes);
  EXPECT_EQ(bytes.size(), 16U);
  const auto read = ReadPacked(bytes, {.type = ElementType::kFloat64, .shape = {-1, 1}});
  EXPECT_EQ(read->Elements<double>()[1], 0.5);
}

}  // namespace
}  // namespace tenon::schema
