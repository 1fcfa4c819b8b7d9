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

}  // namespace
}  // namespace tenon::runtime
