// SPDX-License-Identifier: Apache-2.0
#include "schema/tensor_cast.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace tenon::schema {
namespace {

template <TensorElement T>
AnyTensor Of(std::vector<T> values) {
  auto tensor = Tensor<T>::Create({static_cast<std::int64_t>(values.size())});
  for (std::size_t i = 0; i < values.size(); ++i) tensor.data()[i] = values[i];
  return tensor;
}
template <TensorElement To, TensorElement From>
std::vector<To> Cast(std::vector<From> values) {
  const AnyTensor cast = CastTensor(Of(std::move(values)), kElementTypeOf<To>).Value();
  const auto elements = cast.Elements<To>();
  return {elements.begin(), elements.end()};
}
template <TensorElement To, TensorElement From>
std::string Fault(std::vector<From> values) {
  const auto cast = CastTensor(Of(std::move(values)), kElementTypeOf<To>);
  return cast ? "none" : cast.Error().Detail();
}

TEST(CastTensor, RoundsFloatsAndKeepsWholeNumbersExact) {
  EXPECT_EQ((Cast<float, double>({0.1, 1e38})), (std::vector<float>{0.1F, 1e38F}));
  EXPECT_EQ((Cast<double, std::int64_t>({-3, 5})), (std::vector<double>{-3, 5}));
  EXPECT_EQ((Cast<std::int64_t, double>({-9223372036854775808.0, 4})),
            (std::vector<std::int64_t>{std::numeric_limits<std::int64_t>::min(), 4}));
  EXPECT_EQ((Cast<std::uint8_t, std::int64_t>({0, 255})), (std::vector<std::uint8_t>{0, 255}));
  const auto kept = Cast<float, double>({std::nan(""), std::numeric_limits<double>::infinity()});
  EXPECT_TRUE(std::isnan(kept[0]) && std::isinf(kept[1]));
}

TEST(CastTensor, LeavesATensorOfTheTypeAlone) {
  const AnyTensor tensor = Of<float>({1, 2});
  EXPECT_EQ(CastTensor(tensor, ElementType::kFloat32).Value().data(), tensor.data());
}

TEST(CastTensor, NamesTheFirstElementThatDoesNotFit) {
  EXPECT_EQ((Fault<std::int32_t, double>({1, 1.5})), "element 1 is 1.5, which is no int32");
  EXPECT_EQ((Fault<std::int64_t, double>({9223372036854775808.0})).substr(0, 12), "element 0 is");
  EXPECT_EQ((Fault<std::uint64_t, double>({18446744073709551616.0})).substr(0, 12), "element 0 is");
  EXPECT_EQ((Fault<std::uint8_t, std::int8_t>({-1})), "element 0 is -1, which is no uint8");
  EXPECT_EQ((Fault<std::int8_t, std::uint8_t>({128})), "element 0 is 128, which is no int8");
  EXPECT_NE((Fault<std::int32_t, float>({NAN})), "none");
  EXPECT_NE((Fault<float, double>({1e39})), "none");
  EXPECT_EQ((Fault<float, std::string>({"1"})), "float32 cannot be made of string");
  EXPECT_EQ((Fault<float, bool>({true})), "float32 cannot be made of bool");
  EXPECT_EQ((Fault<std::string, float>({1})), "string cannot be made of float32");
}

}  // namespace
}  // namespace tenon::schema
