// SPDX-License-Identifier: Apache-2.0
#include "tenon/schema/tensor.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace tenon {
namespace {

using Shape = std::vector<std::int64_t>;

TEST(Tensor, StartsZeroedAndAligned) {
  const auto tensor = Tensor<float>::Create({2, 3});
  EXPECT_EQ(tensor.size(), 6U);
  EXPECT_EQ(tensor.Rank(), 2U);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.data()) % kTensorAlignment, 0U);
  EXPECT_TRUE(std::all_of(tensor.begin(), tensor.end(), [](float value) { return value == 0; }));
  EXPECT_EQ(Tensor<std::string>::Create({2})[1], "");
  EXPECT_EQ(Tensor<float>().Shape(), Shape{0});
  EXPECT_EQ(Tensor<float>::Create({}).size(), 1U) << "a scalar";
}

TEST(Tensor, SharesItsElementsUntilItIsCloned) {
  auto tensor = Tensor<int>::Create({2});
  auto copy = tensor;
  auto clone = tensor.Clone();
  tensor[0] = 5;
  EXPECT_EQ(copy[0], 5);
  EXPECT_EQ(clone[0], 0);
  auto strings = Tensor<std::string>::Create({1});
  auto other = strings.Clone();
  strings[0] = "x";
  EXPECT_EQ(other[0], "");
}

TEST(Tensor, ReshapesToAsManyElements) {
  auto tensor = Tensor<int>::Create({2, 3});
  tensor[4] = 4;
  const auto reshaped = tensor.Reshape({3, 2});
  EXPECT_EQ(reshaped.Shape(), (Shape{3, 2}));
  EXPECT_EQ(reshaped.data(), tensor.data());
  EXPECT_THROW(tensor.Reshape({4}), Error);
}

TEST(Tensor, RefusesShapesThatMakeNoSense) {
  EXPECT_THROW(Tensor<int>::Create({-1}), Error);
  EXPECT_THROW(Tensor<int>::Create({std::numeric_limits<std::int64_t>::max(), 2}), Error);
  EXPECT_EQ(ElementCount(Shape{1'000'000, 0}), 0U);
}

TEST(AnyTensor, KnowsItsElements) {
  const AnyTensor any = Tensor<std::int16_t>::Create({3});
  EXPECT_EQ(any.Type(), ElementType::kInt16);
  EXPECT_EQ(any.ByteSize(), 6U);
  EXPECT_EQ(any.Elements<std::int16_t>().size(), 3U);
  EXPECT_TRUE(any.Elements<float>().empty());
  EXPECT_THROW(Tensor<float>{any}, Error);
  EXPECT_EQ(Name(ElementType::kBFloat16), "bfloat16");
}

TEST(AnyTensor, KeepsAliveWhatItWraps) {
  auto data = std::make_shared<std::vector<float>>(4, 1.0F);
  const std::weak_ptr<std::vector<float>> watch = data;
  void* const first = data->data();
  {
    AnyTensor any = AnyTensor::Wrap(ElementType::kFloat32, {2, 2}, first, std::move(data));
    EXPECT_EQ(any.data(), first);
    EXPECT_FALSE(watch.expired());
  }
  EXPECT_TRUE(watch.expired());
}

TEST(Bytes, SlicesShareAndStayInside) {
  const Bytes bytes = Bytes::Copy(std::string_view("hello"));
  EXPECT_EQ(bytes.Slice(1, 3).View(), "ell");
  EXPECT_EQ(bytes.Slice(1, 3).data(), bytes.data() + 1);
  EXPECT_EQ(bytes.Slice(4, 100).View(), "o");
  EXPECT_TRUE(bytes.Slice(100, 1).empty());
  EXPECT_EQ(bytes.Slice(0, 5), bytes);
}

}  // namespace
}  // namespace tenon
