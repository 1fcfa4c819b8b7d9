// SPDX-License-Identifier: Apache-2.0
#include "app/example_value.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tenon/schema/describe.hpp"
#include "tenon/schema/json.hpp"

namespace tenon::app {
namespace {

using namespace std::chrono_literals;

enum class Mode : std::uint8_t { kFast, kExact };

struct Node {
  std::string name;
  std::vector<Node> children;
  std::map<std::string, Node> others;
};
struct Everything {
  bool flag;
  std::uint8_t small;
  double number;
  float share;
  std::string text;
  std::string long_text;
  std::filesystem::path path;
  Secret secret;
  Mode mode;
  std::chrono::minutes pause;
  std::chrono::milliseconds limited;
  Bytes bytes;
  RawJson raw;
  std::optional<int> maybe;
  std::vector<std::string> words;
  std::array<int, 2> pair;
  Tensor<float> tensor;
  Tensor<std::uint8_t> shaped;

  static constexpr auto schema = Describe(
      Field<&Everything::small>().Minimum(7), Field<&Everything::number>().Maximum(-2.5),
      Field<&Everything::share>().ExclusiveMinimum(0).ExclusiveMaximum(1),
      Field<&Everything::text>().MaxLength(3), Field<&Everything::long_text>().MinLength(9),
      Field<&Everything::limited>().Maximum(250ms), Field<&Everything::words>().MinItems(2),
      Field<&Everything::shaped>().Shape(-1, 2));
};

template <class T>
std::string Fault() {
  const std::string json = ExampleJson(schema::TypeOf<T>());
  const auto read = schema::ReadJson<T>(json);
  return read ? "" : json + ": " + read.Error().what();
}

TEST(ExampleJson, IsTakenByTheReader) {
  EXPECT_EQ(Fault<Everything>(), "");
  EXPECT_EQ(Fault<Node>(), "");
  EXPECT_EQ(Fault<std::vector<int>>(), "");
}

struct Request {
  std::string text;
  int k = 5;
  std::optional<int> seed;
  static constexpr auto schema = Describe(Field<&Request::k>().Default(5));
};

TEST(ExampleJson, HasTheRequiredFieldsOnly) {
  EXPECT_EQ(ExampleJson(schema::TypeOf<Request>()), R"({"text":"hello"})");
}

struct Image {
  Tensor<float> pixels;
  static constexpr auto schema = Describe(Field<&Image::pixels>().Shape(1, 3, 224, 224));
};
struct Long {
  std::string text;
  static constexpr auto schema = Describe(Field<&Long::text>().MinLength(100'000'000));
};

TEST(ExampleJson, IsEmptyWhereNoExampleIsShort) {
  EXPECT_EQ(ExampleJson(schema::TypeOf<Image>()), "");
  EXPECT_EQ(ExampleJson(schema::TypeOf<Long>()), "");
}

}  // namespace
}  // namespace tenon::app
