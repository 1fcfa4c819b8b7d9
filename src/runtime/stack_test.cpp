// SPDX-License-Identifier: Apache-2.0
#include "tenon/runtime/stack.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace tenon {
namespace {

using Shape = std::vector<std::int64_t>;

template <class T>
Tensor<T> Make(Shape shape, const std::vector<T>& values) {
  Tensor<T> tensor = Tensor<T>::Create(std::move(shape));
  EXPECT_EQ(tensor.size(), values.size());
  std::ranges::copy(values, tensor.begin());
  return tensor;
}

template <class T>
std::vector<T> ValuesOf(const Tensor<T>& tensor) {
  return {tensor.begin(), tensor.end()};
}

TEST(Stack, PutsItemsOneAfterTheOther) {
  const std::vector<Tensor<float>> items = {
      Make<float>({1, 2}, {1, 2}), Make<float>({1, 2}, {3, 4}), Make<float>({1, 2}, {5, 6})};
  const Tensor<float> batch = Stack(std::span(items));
  EXPECT_EQ(batch.Shape(), (Shape{3, 1, 2}));
  EXPECT_EQ(ValuesOf(batch), (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

TEST(Stack, TakesStringsScalarsEmptyItemsAndNone) {
  const std::vector<Tensor<std::string>> words = {
      Make<std::string>({1}, {"a long enough string ."}), Make<std::string>({1}, {""})};
  EXPECT_EQ(ValuesOf(Stack(std::span(words))),
            (std::vector<std::string>{"a long enough string .", ""}));

  const std::vector<Tensor<int>> scalars = {Make<int>({}, {7}), Make<int>({}, {8})};
  EXPECT_EQ(Stack(std::span(scalars)).Shape(), (Shape{2}));

  const std::vector<Tensor<int>> empty = {Make<int>({0, 4}, {}), Make<int>({0, 4}, {})};
  EXPECT_EQ(Stack(std::span(empty)).Shape(), (Shape{2, 0, 4}));

  EXPECT_EQ(Stack(std::span<const Tensor<int>>()).Shape(), (Shape{0}));
}

TEST(Stack, NamesTheFirstItemOfAnotherShape) {
  const std::vector<Tensor<int>> items = {Make<int>({2}, {1, 2}), Make<int>({2}, {3, 4}),
                                          Make<int>({1, 2}, {5, 6})};
  try {
    Stack(std::span(items));
    FAIL() << "items of different shapes were stacked";
  } catch (const Error& error) {
    EXPECT_EQ(error.Code(), ErrorCode::kInvalid);
    EXPECT_EQ(error.Detail(),
              "Items of different shapes do not make a batch: item 2 is [1, 2], the first is [2].");
  }
}

TEST(StackRows, MakesOneRowOfEachItem) {
  struct Fruit {
    float weight;
    float hue;
  };
  const std::vector<Fruit> batch = {{1, 2}, {3, 4}};
  const auto rows = StackRows(
      std::span(batch), [](const Fruit& fruit) { return std::array{fruit.weight, fruit.hue}; });
  EXPECT_EQ(rows.Shape(), (Shape{2, 2}));
  EXPECT_EQ(ValuesOf(rows), (std::vector<float>{1, 2, 3, 4}));
}

TEST(StackRows, ReadsAMemberWithoutCopyingItFirst) {
  struct Item {
    std::vector<double> features;
  };
  const std::vector<Item> batch = {{{1, 2, 3}}, {{4, 5, 6}}};
  const auto rows = StackRows(std::span(batch), [](const Item& item) -> const std::vector<double>& {
    return item.features;
  });
  EXPECT_EQ(rows.Shape(), (Shape{2, 3}));
  EXPECT_EQ(ValuesOf(rows), (std::vector<double>{1, 2, 3, 4, 5, 6}));
}

TEST(StackRows, TakesNoItemsAndNamesTheFirstRowOfAnotherLength) {
  const auto self = [](const std::vector<int>& row) { return row; };
  EXPECT_EQ(StackRows(std::span<const std::vector<int>>(), self).Shape(), (Shape{0, 0}));

  const std::vector<std::vector<int>> ragged = {{1, 2}, {3}};
  try {
    StackRows(std::span(ragged), self);
    FAIL() << "ragged rows were stacked";
  } catch (const Error& error) {
    EXPECT_NE(error.Detail().find("item 1 is [1], the first is [2]"), std::string::npos)
        << error.Detail();
  }
}

TEST(Rows, AreViewsOfEachItem) {
  const Tensor<int> batch = Make<int>({2, 2, 1}, {1, 2, 3, 4});
  const auto rows = Rows(batch);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(std::vector<int>(rows[1].begin(), rows[1].end()), (std::vector<int>{3, 4}));
  EXPECT_EQ(rows[0].data(), batch.data());

  const auto none = Tensor<int>::Create({0, 3});
  EXPECT_TRUE(Rows(none).empty());
  const auto nothing = Tensor<int>::Create({3, 0});
  ASSERT_EQ(Rows(nothing).size(), 3U);
  EXPECT_TRUE(Rows(nothing)[2].empty());
}

TEST(Split, UndoesStack) {
  const std::vector<Tensor<std::string>> items = {Make<std::string>({1, 2}, {"a", "b"}),
                                                  Make<std::string>({1, 2}, {"c", "d"})};
  const auto parts = Split(Stack(std::span(items)));
  ASSERT_EQ(parts.size(), 2U);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    EXPECT_EQ(parts[i].Shape(), items[i].Shape());
    EXPECT_EQ(ValuesOf(parts[i]), ValuesOf(items[i]));
  }
}

TEST(Split, RefusesAScalar) { EXPECT_THROW(Split(Tensor<int>::Create({})), Error); }

}  // namespace
}  // namespace tenon
