// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string>
#include <vector>

#include "schema/read_for_test.hpp"
#include "tenon/schema/describe.hpp"
#include "tenon/schema/json.hpp"

namespace tenon::schema {
namespace {

using Shape = std::vector<std::int64_t>;

TEST(JsonTensor, HasTheShapeOfItsArrays) {
  const struct {
    const char* json;
    Shape shape;
  } cases[] = {
      {"5", {}},
      {"[]", {0}},
      {"[1]", {1}},
      {"[1,2,3]", {3}},
      {"[[1,2,3],[4,5,6]]", {2, 3}},
      {"[[],[]]", {2, 0}},
      {"[[[1],[2]],[[3],[4]],[[5],[6]]]", {3, 2, 1}},
  };
  for (const auto& row : cases) {
    const auto tensor = MustRead<Tensor<std::int32_t>>(row.json);
    EXPECT_EQ(tensor.Shape(), row.shape) << row.json;
    for (std::size_t i = 0; i < tensor.size() && tensor.size() > 1; ++i) {
      EXPECT_EQ(tensor[i], static_cast<std::int32_t>(i + 1)) << row.json;
    }
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.data()) % kTensorAlignment, 0U);
    EXPECT_EQ(WriteJson(tensor), row.json);
  }
}

TEST(JsonTensor, HoldsEveryTypeOfElement) {
  EXPECT_EQ(Again<Tensor<bool>>("[true,false]"), "[true,false]");
  EXPECT_EQ(Again<Tensor<std::int8_t>>("[-128,127]"), "[-128,127]");
  EXPECT_EQ(Again<Tensor<std::uint8_t>>("[[255]]"), "[[255]]");
  EXPECT_EQ(Again<Tensor<std::int16_t>>("[-32768]"), "[-32768]");
  EXPECT_EQ(Again<Tensor<std::uint16_t>>("[65535]"), "[65535]");
  EXPECT_EQ(Again<Tensor<std::uint32_t>>("[4294967295]"), "[4294967295]");
  EXPECT_EQ(Again<Tensor<std::int64_t>>("[-9223372036854775808]"), "[-9223372036854775808]");
  EXPECT_EQ(Again<Tensor<std::uint64_t>>("[18446744073709551615]"), "[18446744073709551615]");
  EXPECT_EQ(Again<Tensor<float>>("[0.1,1e+20]"), "[0.1,1e+20]");
  EXPECT_EQ(Again<Tensor<double>>("[0.1]"), "[0.1]");
  EXPECT_EQ(Again<Tensor<std::string>>(R"([["a","\n"]])"), R"([["a","\n"]])");
  EXPECT_EQ(Again<Tensor<std::string>>(R"("a")"), R"("a")");
}

TEST(JsonTensor, RefusesRaggedArrays) {
  const struct {
    const char* json;
    const char* verdict;
  } cases[] = {
      {"[[1,2],[3]]", "/1: expected 2 elements, as many as in the array before, found 1"},
      {"[[],[1]]", "/1: expected 0 elements, as many as in the array before, found 1"},
      {"[[1],2]", "/1: expected an array, as before it, found 2"},
      {"[1,[2]]", "/1: expected a number, found an array"},
      {"[[[1]],[]]", "/1: expected 1 elements, as many as in the array before, found 0"},
      {"[[1],[\"2\"]]", "/1/0: expected a number, found \"2\""},
      {"[1e39]", "/0: expected a number, found 1e39, which is too large for a float"},
      {"{}", ": expected a number, found an object"},
      {"null", ": expected a number, found null"},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(Verdict<Tensor<float>>(row.json), std::string("invalid\n") + row.verdict);
  }
  EXPECT_EQ(Verdict<Tensor<std::uint8_t>>("[256]"),
            "invalid\n/0: expected an integer from 0 to 255, found 256");
  EXPECT_EQ(Verdict<Tensor<bool>>("[1]"), "invalid\n/0: expected true or false, found 1");
  EXPECT_EQ(Verdict<Tensor<float>>("[1,]"), "malformed");
  EXPECT_EQ(Verdict<Tensor<std::string>>("[[\"a\"],"), "malformed");
}

struct Image {
  Tensor<float> pixels;
  static constexpr auto schema = Describe(Field<&Image::pixels>().Shape(-1, 2));
};

TEST(JsonTensor, HasTheShapeThatIsAskedFor) {
  EXPECT_EQ(Verdict<Image>(R"({"pixels":[[1,2],[3,4],[5,6]]})"), "");
  const std::string expected =
      "invalid\n/pixels: expected nested arrays of float32 of shape [any, 2], found ";
  EXPECT_EQ(Verdict<Image>(R"({"pixels":[1,2]})"), expected + "[2]");
  EXPECT_EQ(Verdict<Image>(R"({"pixels":[[1]]})"), expected + "[1, 1]");
  EXPECT_EQ(Verdict<Image>(R"({"pixels":1})"), expected + "1");
  EXPECT_EQ(Verdict<Image>(R"({"pixels":[]})"), expected + "[0]");
}

TEST(JsonTensor, GrowsToAnySize) {
  for (const std::size_t count : {63U, 64U, 65U, 255U, 257U, 5000U}) {
    std::string json = "[";
    for (std::size_t i = 0; i < count; ++i) json += (i > 0 ? "," : "") + std::to_string(i);
    json += "]";
    const auto tensor = MustRead<Tensor<std::int64_t>>(json);
    ASSERT_EQ(tensor.size(), count);
    for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(tensor[i], static_cast<std::int64_t>(i));
    EXPECT_EQ(WriteJson(tensor), json);
  }
}

}  // namespace
}  // namespace tenon::schema
