// SPDX-License-Identifier: Apache-2.0
#include "tenon/runtime/runtime.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tenon::runtime {
namespace {

TEST(TensorSpec, IsWrittenWithItsSymbols) {
  using Names = std::vector<std::string>;
  const std::vector<std::pair<TensorSpec, std::string>> cases = {
      {{"x", ElementType::kFloat32, {kDynamic, 3}, {"batch", ""}}, "float32[batch, 3]"},
      {{"x", ElementType::kInt64, {kDynamic, kDynamic}, {"", "n"}}, "int64[?, n]"},
      {{"x", ElementType::kString, {kDynamic}, Names{}}, "string[?]"},
      {{"x", ElementType::kBool, {}, Names{}}, "bool[]"},
  };
  for (const auto& [spec, text] : cases) EXPECT_EQ(ToString(spec), text);
}

TEST(CheckInputs, ComparesCountTypeRankAndFixedDimensions) {
  const std::vector<TensorSpec> specs = {
      {"x", ElementType::kFloat32, {kDynamic, 3}, {"batch", ""}},
      {"open", ElementType::kInt64, {}, {}},
  };
  const auto of = [](ElementType type, std::vector<std::int64_t> shape) {
    return AnyTensor::Create(type, std::move(shape));
  };
  const AnyTensor open = of(ElementType::kInt64, {});
  struct Case {
    std::vector<AnyTensor> inputs;
    std::string refusal;  // Empty: fits.
  };
  const std::vector<Case> cases = {
      {{of(ElementType::kFloat32, {2, 3}), open}, ""},
      {{of(ElementType::kFloat32, {0, 3}), open}, ""},
      {{of(ElementType::kFloat32, {2, 3}), of(ElementType::kInt64, {7, 7})}, ""},
      {{of(ElementType::kFloat32, {2, 4}), open},
       "Input \"x\" takes float32[batch, 3], but was given float32[2, 4]."},
      {{of(ElementType::kFloat32, {3}), open},
       "Input \"x\" takes float32[batch, 3], but was given float32[3]."},
      {{of(ElementType::kFloat64, {2, 3}), open},
       "Input \"x\" takes float32[batch, 3], but was given float64[2, 3]."},
      {{of(ElementType::kFloat32, {2, 3}), of(ElementType::kInt32, {})},
       "Input \"open\" takes int64[], but was given int32[]."},
      {{open},
       "The model takes 2 inputs (\"x\": float32[batch, 3], \"open\": int64[]), but was given 1."},
      {{},
       "The model takes 2 inputs (\"x\": float32[batch, 3], \"open\": int64[]), but was given 0."},
  };
  for (const Case& test : cases) {
    const Result<> checked = CheckInputs(specs, test.inputs);
    if (test.refusal.empty()) {
      EXPECT_TRUE(checked) << checked.Error().what();
      continue;
    }
    ASSERT_FALSE(checked) << test.refusal;
    EXPECT_EQ(checked.Error().Code(), ErrorCode::kInvalid);
    EXPECT_EQ(checked.Error().Detail(), test.refusal);
  }
}

}  // namespace
}  // namespace tenon::runtime
