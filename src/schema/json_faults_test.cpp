// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "schema/read_for_test.hpp"
#include "tenon/schema/describe.hpp"
#include "tenon/schema/json.hpp"

namespace tenon::schema {
namespace {

struct Item {
  std::string name;
  int count = 0;
};
struct Order {
  std::vector<Item> items;
  std::map<std::string, std::vector<int>> notes;
  std::optional<Item> gift;
};

TEST(Faults, AreFoundAllAtOnceWithTheirPlaces) {
  EXPECT_EQ(
      Verdict<Order>(R"({"items":[{"name":1,"count":1},{"count":"x"},3],)"
                     R"("notes":{"a/b~c":[1,"2"],"":[true]},"gift":{"name":"x","count":0.5}})"),
      "invalid\n"
      "/items/0/name: expected a string, found 1\n"
      "/items/1/count: expected an integer from -2147483648 to 2147483647, found \"x\"\n"
      "/items/1/name: required, but missing: expected a string\n"
      "/items/2: expected an object, found 3\n"
      "/notes/a~1b~0c/1: expected an integer from -2147483648 to 2147483647, found \"2\"\n"
      "/notes//0: expected an integer from -2147483648 to 2147483647, found true\n"
      "/gift/count: expected an integer from -2147483648 to 2147483647, found 0.5");
}

TEST(Faults, AreCarriedUpToTwentyAndCountedBeyond) {
  std::string json = "[";
  for (int i = 0; i < 1000; ++i) json += i > 0 ? ",\"x\"" : "\"x\"";
  json += "]";
  const auto read = ReadJson<std::vector<int>>(json);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.Error().Code(), ErrorCode::kInvalid);
  EXPECT_EQ(read.Error().Faults().size(), 20U);
  EXPECT_EQ(read.Error().OmittedFaults(), 980U);
  EXPECT_EQ(read.Error().Faults().back().pointer, "/19");
  EXPECT_EQ(read.Error().Detail(),
            "There are 1000 faults, the first at '/0': expected an integer from -2147483648 to "
            "2147483647, found \"x\".");
}

TEST(Faults, GiveWayToTextThatIsNotJson) {
  EXPECT_EQ(Verdict<Order>(R"({"items":[1,2,3],"notes":{},})"), "malformed");
}

TEST(Faults, NameAKeyThatComesTwice) {
  EXPECT_EQ(Verdict<Item>(R"({"name":"a","count":1,"name":"b"})"),
            "invalid\n/name: this key comes twice");
  EXPECT_EQ(Verdict<Item>(R"({"name":"a","n\u0061me":{},"count":1})"),
            "invalid\n/name: this key comes twice");
  using Map = std::map<std::string, int>;
  EXPECT_EQ(Verdict<Map>(R"({"a":1,"a":1})"), "invalid\n/a: this key comes twice");
}

TEST(Faults, ShowOnlyTheStartOfLongValues) {
  const std::string long_text(10'000, 'x');
  EXPECT_EQ(Verdict<int>("\"" + long_text + "\""),
            "invalid\n: expected an integer from -2147483648 to 2147483647, found \"" +
                std::string(39, 'x') + "...\"");
  EXPECT_EQ(Verdict<int>("1" + std::string(1000, '0')),
            "invalid\n: expected an integer from -2147483648 to 2147483647, found 1" +
                std::string(39, '0') + "...");
  // Not in the middle of a character.
  std::string accents;
  for (int i = 0; i < 100; ++i) accents += "é";
  EXPECT_TRUE(Verdict<int>("\"" + accents + "\"").ends_with("é...\""));
}

TEST(Faults, StayShortBelowLongKeys) {
  const std::string key(100'000, 'k');
  using Deep = std::map<std::string, std::vector<int>>;
  EXPECT_EQ(
      Verdict<Deep>("{\"" + key + "\":[true]}"),
      "invalid\n: expected an integer from -2147483648 to 2147483647, found true, below a key "
      "that is too long to be shown");
}

struct Limited {
  int count;
  std::uint8_t small;
  double share;
  float ratio;
  std::string name;
  std::vector<int> list;
  std::map<std::string, int> map;
  std::optional<int> maybe;
  std::chrono::milliseconds pause{};

  static constexpr auto schema = Describe(
      Field<&Limited::count>().Minimum(1).Maximum(10), Field<&Limited::small>().Maximum(9),
      Field<&Limited::share>().ExclusiveMinimum(0).ExclusiveMaximum(1),
      Field<&Limited::ratio>().Minimum(0.1F), Field<&Limited::name>().MinLength(2).MaxLength(3),
      Field<&Limited::list>().MinItems(1).MaxItems(2), Field<&Limited::map>().MaxItems(1),
      Field<&Limited::maybe>().Minimum(5),
      Field<&Limited::pause>().Default().Maximum(std::chrono::milliseconds(250)));
};

std::string LimitedJson(const std::string& member, const std::string& value) {
  std::map<std::string, std::string> members = {
      {"count", "1"},     {"small", "0"},  {"share", "0.5"}, {"ratio", "1"},
      {"name", "\"ab\""}, {"list", "[1]"}, {"map", "{}"}};
  members[member] = value;
  std::string json = "{";
  for (const auto& [key, text] : members) {
    json += (json.size() > 1 ? ",\"" : "\"") + key + "\":" + text;
  }
  return json + "}";
}

TEST(Faults, NameTheLimitThatWasPassed) {
  const struct {
    const char* member;
    const char* value;
    const char* expected;  // Null: allowed.
  } cases[] = {
      {"count", "1", nullptr},
      {"count", "10", nullptr},
      {"count", "0", "an integer from 1 to 10, found 0"},
      {"count", "11", "an integer from 1 to 10, found 11"},
      {"small", "9", nullptr},
      {"small", "10", "an integer from 0 to 9, found 10"},
      {"share", "0.999", nullptr},
      {"share", "0", "a number above 0 and below 1, found 0"},
      {"share", "1.0", "a number above 0 and below 1, found 1.0"},
      {"ratio", "0.1", nullptr},
      {"ratio", "0.10000000149011612", nullptr},
      // Rounds to the limit, but lies below it as it is written.
      {"ratio", "0.0999999999", "a number of at least 0.1, found 0.0999999999"},
      {"name", "\"éa\"", nullptr},
      {"name", "\"😀😀😀\"", nullptr},
      {"name", "\"é\"", "a string of 2 to 3 characters, found 1"},
      {"name", "\"abcd\"", "a string of 2 to 3 characters, found 4"},
      {"list", "[1,2]", nullptr},
      {"list", "[]", "an array of 1 to 2 elements, found 0"},
      {"list", "[1,2,3]", "an array of 1 to 2 elements, found 3"},
      {"map", "{\"a\":1}", nullptr},
      {"map", "{\"a\":1,\"b\":1}", "an object of at most 1 member, found 2"},
      {"maybe", "null", nullptr},
      {"maybe", "5", nullptr},
      {"maybe", "4", "an integer from 5 to 2147483647, found 4"},
      {"pause", "0.25", nullptr},
      {"pause", "0.251", "a number of seconds of at most 0.25, found 0.251"},
  };
  for (const auto& row : cases) {
    const std::string expected = row.expected == nullptr ? ""
                                                         : "invalid\n/" + std::string(row.member) +
                                                               ": expected " + row.expected;
    EXPECT_EQ(Verdict<Limited>(LimitedJson(row.member, row.value)), expected);
  }
}

}  // namespace
}  // namespace tenon::schema
