// SPDX-License-Identifier: Apache-2.0
#include "runtime/rows.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace tenon::runtime {
namespace {

using Shape = std::vector<std::int64_t>;

template <class T>
AnyTensor Make(Shape shape, const std::vector<T>& values) {
  auto tensor = Tensor<T>::Create(std::move(shape));
  std::ranges::copy(values, tensor.begin());
  return tensor;
}

template <class T>
std::vector<T> ValuesOf(const AnyTensor& tensor) {
  const auto elements = tensor.Elements<T>();
  return {elements.begin(), elements.end()};
}

TEST(JoinRows, PutsRequestsBehindEachOtherAndTakesThemApart) {
  const std::vector<std::vector<AnyTensor>> requests = {
      {Make<float>({1, 2}, {1, 2}), Make<std::string>({1}, {"a"})},
      {Make<float>({0, 2}, {}), Make<std::string>({0}, {})},
      {Make<float>({2, 2}, {3, 4, 5, 6}), Make<std::string>({2}, {"b", "c"})},
  };
  const std::optional<JoinedRows> joined = JoinRows(requests);
  ASSERT_TRUE(joined);
  EXPECT_EQ(joined->rows, 3);
  EXPECT_EQ(joined->counts, (Shape{1, 0, 2}));
  EXPECT_EQ(joined->tensors[0].Shape(), (Shape{3, 2}));
  EXPECT_EQ(ValuesOf<float>(joined->tensors[0]), (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(ValuesOf<std::string>(joined->tensors[1]), (std::vector<std::string>{"a", "b", "c"}));

  const std::optional<AnyTensor> last = SliceRows(joined->tensors[0], 1, 2, 3);
  ASSERT_TRUE(last);
  EXPECT_EQ(last->Shape(), (Shape{2, 2}));
  EXPECT_EQ(ValuesOf<float>(*last), (std::vector<float>{3, 4, 5, 6}));
  EXPECT_EQ(ValuesOf<std::string>(*SliceRows(joined->tensors[1], 1, 2, 3)),
            (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(SliceRows(joined->tensors[0], 3, 0, 3)->size(), 0U);
}

TEST(JoinRows, LeavesApartWhatIsNotOfOneShape) {
  const AnyTensor two = Make<float>({1, 2}, {1, 2});
  const std::vector<std::vector<std::vector<AnyTensor>>> cases = {
      {{two}, {Make<float>({1, 3}, {1, 2, 3})}}, {{two}, {Make<double>({1, 2}, {1, 2})}},
      {{two}, {Make<float>({2}, {1, 2})}},       {{Make<float>({}, {1})}, {Make<float>({}, {1})}},
      {{two, Make<float>({2}, {1, 2})}},         {{}},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) EXPECT_FALSE(JoinRows(cases[i])) << i;
  EXPECT_FALSE(SliceRows(two, 0, 1, 2));
  EXPECT_FALSE(SliceRows(Make<float>({}, {1}), 0, 1, 1));
}

TEST(SplitRows, GivesPartsOfAtMostSoManyRowsInTheirOrder) {
  const std::vector<AnyTensor> request = {Make<float>({5, 2}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}),
                                          Make<std::string>({5}, {"a", "b", "c", "d", "e"})};
  struct Case {
    std::size_t most;
    Shape rows;
  };
  for (const Case& test :
       {Case{1, {1, 1, 1, 1, 1}}, Case{2, {2, 2, 1}}, Case{5, {5}}, Case{99, {5}}}) {
    const auto parts = SplitRows(request, test.most);
    const std::optional<JoinedRows> joined = JoinRows(parts);
    ASSERT_TRUE(joined) << test.most;
    EXPECT_EQ(joined->counts, test.rows);
    EXPECT_EQ(ValuesOf<float>(joined->tensors[0]), ValuesOf<float>(request[0]));
    EXPECT_EQ(ValuesOf<std::string>(joined->tensors[1]), ValuesOf<std::string>(request[1]));
  }
  EXPECT_TRUE(SplitRows(std::vector{request[0], Make<float>({1}, {1})}, 2).empty());
}

TEST(CountRows, IsNothingWhereInputsDiffer) {
  const AnyTensor three = Make<float>({3, 2}, {1, 2, 3, 4, 5, 6});
  EXPECT_EQ(CountRows(std::vector{three, Make<float>({3}, {1, 2, 3})}), 3U);
  EXPECT_EQ(CountRows(std::vector{three, Make<float>({1}, {1})}), 0U);
  EXPECT_EQ(CountRows(std::vector{Make<float>({}, {1})}), 0U);
  EXPECT_EQ(CountRows(std::vector{three, Make<float>({}, {1})}), 0U);
  EXPECT_EQ(CountRows({}), 0U);
}

TEST(HashRowShape, TellsRowsApartThatDoNotFitTogether) {
  const auto hash = [](const AnyTensor& tensor) { return HashRowShape(std::vector{tensor}); };
  const std::uint64_t two = hash(Make<float>({1, 2}, {1, 2}));
  EXPECT_EQ(two, hash(Make<float>({2, 2}, {1, 2, 3, 4})));
  EXPECT_NE(two, hash(Make<float>({1, 3}, {1, 2, 3})));
  EXPECT_NE(two, hash(Make<double>({1, 2}, {1, 2})));
  EXPECT_NE(two, hash(Make<float>({2}, {1, 2})));
  EXPECT_NE(hash(Make<float>({1, 2, 3}, {1, 2, 3, 4, 5, 6})),
            hash(Make<float>({1, 3, 2}, {1, 2, 3, 4, 5, 6})));
}

}  // namespace
}  // namespace tenon::runtime
