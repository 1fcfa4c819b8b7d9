// SPDX-License-Identifier: Apache-2.0
// What a struct says of itself.
#include "tenon/schema/describe.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "schema/read_for_test.hpp"
#include "tenon/schema/json.hpp"

namespace tenon::schema {
namespace {

using namespace std::chrono_literals;

enum class Mode : std::uint8_t { kFast, kExact };

struct Defaults {
  bool flag = false;
  int count = 1;
  std::uint64_t large = 0;
  std::int64_t low = 0;
  float ratio = 0;
  std::string text;
  Mode mode = Mode::kFast;
  std::chrono::milliseconds pause{};
  std::optional<int> maybe;
  std::vector<int> list = {1, 2};
  std::optional<int> absent;

  static constexpr auto schema =
      Describe(Field<&Defaults::list>().Default(), Field<&Defaults::flag>().Default(true),
               Field<&Defaults::count>().Default(-7),
               Field<&Defaults::large>().Default(std::numeric_limits<std::uint64_t>::max()),
               Field<&Defaults::low>().Default(std::numeric_limits<std::int64_t>::min()),
               Field<&Defaults::ratio>().Default(0.1F), Field<&Defaults::text>().Default("hello"),
               Field<&Defaults::mode>().Default(Mode::kExact),
               Field<&Defaults::pause>().Default(250ms), Field<&Defaults::maybe>().Default(4));
};

TEST(Describe, GivesFieldsThatAreLeftOutTheirDefault) {
  const auto value = MustRead<Defaults>("{}");
  EXPECT_TRUE(value.flag);
  EXPECT_EQ(value.count, -7);
  EXPECT_EQ(value.large, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(value.low, std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(value.ratio, 0.1F);
  EXPECT_EQ(value.text, "hello");
  EXPECT_EQ(value.mode, Mode::kExact);
  EXPECT_EQ(value.pause, 250ms);
  EXPECT_EQ(value.maybe, 4);
  EXPECT_EQ(value.list, (std::vector<int>{1, 2}));
  EXPECT_EQ(value.absent, std::nullopt);
  const auto given = MustRead<Defaults>(R"({"maybe":null,"count":3})");
  EXPECT_EQ(given.maybe, std::nullopt);
  EXPECT_EQ(given.count, 3);
}

TEST(Describe, LeavesInitializersAloneInSettings) {
  const ReadOptions settings{.absent = AbsentMembers::kKeepInitializer};
  Defaults value;
  ASSERT_TRUE(
      ReadJson(TypeOf<Defaults>(), &value, {.data = "{}", .size = 2, .capacity = 2}, settings));
  EXPECT_EQ(value.count, 1);
  struct Plain {
    std::string name = "x";
    int k;
  };
  EXPECT_EQ(Verdict<Plain>("{}", settings), "");
}

struct Required {
  std::string token = "none";
  std::optional<int> k;
  static constexpr auto schema =
      Describe(Field<&Required::token>().Required(), Field<&Required::k>().Required());
};

TEST(Describe, AsksForRequiredSettings) {
  EXPECT_EQ(
      Verdict<Required>("{}", {.absent = AbsentMembers::kKeepInitializer}),
      "invalid\n/token: required, but missing: expected a string\n"
      "/k: required, but missing: expected an integer from -2147483648 to 2147483647, or null");
}

struct Renamed {
  int max_length = 0;
  std::string kind;
  static constexpr auto schema = Describe(Field<&Renamed::max_length>().Name("max-length"),
                                          Field<&Renamed::kind>().Name("class"));
};

TEST(Describe, GivesFieldsAnotherNameInJson) {
  EXPECT_EQ(Again<Renamed>(R"({"class":"a","max-length":3})"), R"({"max-length":3,"class":"a"})");
  EXPECT_EQ(Verdict<Renamed>(R"({"kind":"a","max-length":3})"),
            "invalid\n/class: required, but missing: expected a string");
}

TEST(Describe, IsKeptInTheTable) {
  const Type& type = TypeOf<Defaults>();
  ASSERT_EQ(type.members.size(), 11U);
  EXPECT_EQ(type.members[1].name, "count");
  EXPECT_EQ(type.members[1].key, "\"count\":");
  EXPECT_EQ(type.members[1].constraints->default_value.number, -7);
  EXPECT_FALSE(type.members[1].IsRequired());
  EXPECT_FALSE(type.members[10].IsRequired());
  EXPECT_FALSE(type.members[10].constraints->HasDefault());
}

}  // namespace
}  // namespace tenon::schema
