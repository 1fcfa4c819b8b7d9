// SPDX-License-Identifier: Apache-2.0
#include "runtime/steps/kernels.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace tenon::runtime::steps {
namespace {

using Shape = std::vector<std::int64_t>;
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

template <class T>
AnyTensor Of(Shape shape, const std::vector<T>& values) {
  auto tensor = Tensor<T>::Create(std::move(shape));
  std::copy(values.begin(), values.end(), tensor.begin());
  return std::move(tensor).Any();
}

template <class T>
std::vector<T> ValuesOf(const AnyTensor& tensor) {
  const auto values = tensor.Elements<T>();
  return {values.begin(), values.end()};
}

TEST(Softmax, GivesEachRowASumOfOneWithoutOverflow) {
  struct Case {
    std::vector<float> row;
    std::vector<float> expected;
  };
  const std::vector<Case> cases = {
      {{0, 0}, {0.5, 0.5}},
      {{1, 2, 3}, {0.09003057F, 0.24472848F, 0.66524094F}},
      {{1000, 1001}, {0.26894143F, 0.7310586F}},
      {{-1000, -1001}, {0.7310586F, 0.26894143F}},
      {{-kInfinity, 5}, {0, 1}},
      {{7}, {1}},
  };
  for (const Case& test : cases) {
    const auto length = static_cast<std::int64_t>(test.row.size());
    const auto found = Softmax(Of<float>({1, length}, test.row));
    ASSERT_TRUE(found);
    const auto values = ValuesOf<float>(*found);
    for (std::size_t i = 0; i < values.size(); ++i) {
      EXPECT_NEAR(values[i], test.expected[i], 1e-7) << test.row[0];
    }
  }
  const auto doubles = Softmax(Of<double>({2, 2}, {0, 0, 1, 1}));
  EXPECT_EQ(ValuesOf<double>(*doubles), (std::vector<double>{0.5, 0.5, 0.5, 0.5}));
  EXPECT_EQ(Softmax(Of<float>({0, 3}, {}))->Shape(), (Shape{0, 3}));
  EXPECT_EQ(Softmax(Of<float>({2, 0}, {}))->Shape(), (Shape{2, 0}));
  EXPECT_FALSE(Softmax(Of<float>({}, {1})));
}

TEST(Softmax, LeavesItsInputAsItWas) {
  const AnyTensor scores = Of<float>({1, 2}, {3, 4});
  ASSERT_TRUE(Softmax(scores));
  EXPECT_EQ(ValuesOf<float>(scores), (std::vector<float>{3, 4}));
}

TEST(Sigmoid, NeitherOverflowsNorLeavesTheUnitInterval) {
  const auto values = ValuesOf<float>(Sigmoid(Of<float>({5}, {0, 100, -100, 1, kNan})));
  EXPECT_EQ(values[0], 0.5F);
  EXPECT_EQ(values[1], 1.0F);
  EXPECT_GT(values[2], 0.0F);
  EXPECT_LT(values[2], 1e-40F);
  EXPECT_NEAR(values[3], 0.7310586F, 1e-7);
  EXPECT_TRUE(std::isnan(values[4]));
}

TEST(TopK, OrdersValuesAndTakesTheFirstOfEqualOnes) {
  struct Case {
    std::vector<float> row;
    std::size_t count;
    std::vector<std::int64_t> places;
  };
  const std::vector<Case> cases = {
      {{1, 3, 2}, 1, {1}},    {{1, 3, 2}, 3, {1, 2, 0}},
      {{5, 5, 5}, 2, {0, 1}}, {{kNan, 1, 2}, 3, {2, 1, 0}},
      {{kNan, kNan}, 1, {0}}, {{-kInfinity, -1}, 2, {1, 0}},
      {{1, 2}, 0, {}},        {{kInfinity, kNan, 0}, 2, {0, 2}},
  };
  for (const Case& test : cases) {
    const auto length = static_cast<std::int64_t>(test.row.size());
    const auto found = TopK(Of<float>({length}, test.row), test.count);
    ASSERT_TRUE(found);
    EXPECT_EQ(ValuesOf<std::int64_t>(found->places), test.places);
    const auto values = ValuesOf<float>(found->values);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const float wanted = test.row[static_cast<std::size_t>(test.places[i])];
      EXPECT_TRUE(values[i] == wanted || (std::isnan(values[i]) && std::isnan(wanted)));
    }
  }
  const auto rows = TopK(Of<double>({2, 3}, {1, 2, 3, 9, 8, 7}), 2);
  EXPECT_EQ(rows->places.Shape(), (Shape{2, 2}));
  EXPECT_EQ(ValuesOf<std::int64_t>(rows->places), (std::vector<std::int64_t>{2, 1, 0, 1}));
  EXPECT_EQ(ValuesOf<double>(rows->values), (std::vector<double>{3, 2, 9, 8}));
  const auto few = TopK(Of<float>({1, 2}, {1, 2}), 3);
  ASSERT_FALSE(few);
  EXPECT_EQ(few.Error().Code(), ErrorCode::kInternal);
  EXPECT_FALSE(TopK(Of<float>({}, {1}), 1));
}

TEST(ArgMax, IsTopOneWithoutTheLastDimension) {
  const auto found = ArgMax(Of<float>({2, 1, 2}, {1, 2, 4, 3}));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->places.Shape(), (Shape{2, 1}));
  EXPECT_EQ(ValuesOf<std::int64_t>(found->places), (std::vector<std::int64_t>{1, 0}));
  EXPECT_EQ(ValuesOf<float>(found->values), (std::vector<float>{2, 4}));
  EXPECT_FALSE(ArgMax(Of<float>({2, 0}, {})));
}

TEST(AtLeast, IncludesTheLimitAndExcludesNan) {
  EXPECT_EQ(ValuesOf<bool>(AtLeast(Of<float>({4}, {0.4F, 0.5F, kNan, 0.6F}), 0.5)),
            (std::vector<bool>{false, true, false, true}));
}

TEST(LookUp, NamesEachNumberOrSaysWhichHasNoName) {
  const std::vector<std::string> labels = {"cat", "dog"};
  const auto found = LookUp(Of<std::int64_t>({2, 2}, {0, 1, 1, 0}), labels);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->Shape(), (Shape{2, 2}));
  EXPECT_EQ(std::vector<std::string>(found->Strings().begin(), found->Strings().end()),
            (std::vector<std::string>{"cat", "dog", "dog", "cat"}));
  EXPECT_EQ(LookUp(Of<bool>({1}, {true}), labels)->Strings()[0], "dog");
  EXPECT_EQ(LookUp(Of<std::uint8_t>({1}, {1}), labels)->Strings()[0], "dog");
  for (const std::int64_t wrong : {std::int64_t{2}, std::int64_t{-1}}) {
    const auto refused = LookUp(Of<std::int64_t>({1}, {wrong}), labels);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.Error().Code(), ErrorCode::kInternal);
    EXPECT_NE(refused.Error().PrivateDetail().find("no label " + std::to_string(wrong)),
              std::string::npos);
  }
  EXPECT_FALSE(LookUp(Of<std::uint64_t>({1}, {~std::uint64_t{0}}), labels));
}

TEST(Scale, MultipliesThenAdds) {
  EXPECT_EQ(ValuesOf<float>(Scale(Of<float>({2}, {1, 2}), 2, -1)), (std::vector<float>{1, 3}));
  EXPECT_EQ(ValuesOf<double>(Scale(Of<double>({1}, {255}), 1.0 / 255, 0)),
            (std::vector<double>{1}));
}

TEST(Normalise, TakesAMeanForEachIndexOfTheAxis) {
  const std::vector<double> mean = {1, 10};
  const std::vector<double> deviation = {1, 2};
  const AnyTensor image = Of<float>({1, 2, 2}, {1, 2, 10, 12});
  EXPECT_EQ(ValuesOf<float>(*Normalise(image, 1, mean, deviation)),
            (std::vector<float>{0, 1, 0, 1}));
  EXPECT_EQ(ValuesOf<float>(*Normalise(image, 2, mean, deviation)),
            (std::vector<float>{0, -4, 9, 1}));
  const std::vector<double> one = {1};
  EXPECT_EQ(ValuesOf<float>(*Normalise(image, 7, one, one)), (std::vector<float>{0, 1, 9, 11}));
  for (const std::size_t axis : {std::size_t{0}, std::size_t{3}}) {
    const auto refused = Normalise(image, axis, mean, deviation);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.Error().Code(), ErrorCode::kInvalid);
  }
  EXPECT_EQ(Normalise(Of<float>({0, 2}, {}), 1, mean, deviation)->Shape(), (Shape{0, 2}));
}

TEST(Squeeze, TakesOneColumnOnly) {
  EXPECT_EQ(Squeeze(Of<float>({2, 1}, {1, 2}))->Shape(), (Shape{2}));
  EXPECT_FALSE(Squeeze(Of<float>({1, 2}, {1, 2})));
}

}  // namespace
}  // namespace tenon::runtime::steps
