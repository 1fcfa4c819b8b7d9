// SPDX-License-Identifier: Apache-2.0
// Every kind of value, in and out.
#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "schema/read_for_test.hpp"
#include "tenon/schema/describe.hpp"
#include "tenon/schema/json.hpp"
#include "tenon/schema/record.hpp"

namespace tenon::schema {
namespace {

using namespace std::chrono_literals;

enum class Colour : std::uint8_t { kRed, kGreen = 5, kBlue };
enum class Negative : std::int8_t { kMinusTwo = -2, kZero = 0 };

struct Empty {};
struct Node {
  int value = 0;
  std::vector<Node> children;
};
struct Everything {
  bool flag;
  std::int8_t tiny;
  std::uint64_t large;
  float ratio;
  double number;
  std::string text;
  std::filesystem::path path;
  Secret secret;
  Colour colour;
  std::chrono::milliseconds pause;
  Bytes bytes;
  RawJson raw;
  std::optional<int> maybe;
  std::vector<std::string> words;
  std::vector<bool> flags;
  std::array<std::int16_t, 2> pair;
  std::map<std::string, int> counts;
  std::unordered_map<std::string, Node> nodes;
  Tensor<float> tensor;
  Empty empty;
};

TEST(Json, ReadsAndWritesEveryKind) {
  const std::string json =
      R"({"flag":true,"tiny":-128,"large":18446744073709551615,"ratio":0.1,"number":-2.5e-7,)"
      R"("text":"a\n\"b\"","path":"/opt/ml","secret":"***","colour":"kBlue","pause":0.25,)"
      R"("bytes":"aGVsbG8=","raw":{"any": [1, null]},"maybe":7,"words":["a","b"],)"
      R"("flags":[true,false],"pair":[1,-2],"counts":{"a":1,"b":2},)"
      R"("nodes":{"n":{"value":1,"children":[{"value":2,"children":[]}]}},)"
      R"("tensor":[[1.0,2.0],[3.0,4.0]],"empty":{}})";
  const auto value = MustRead<Everything>(json);
  EXPECT_EQ(value.tiny, -128);
  EXPECT_EQ(value.large, 18446744073709551615U);
  EXPECT_EQ(value.ratio, 0.1F);
  EXPECT_EQ(value.number, -2.5e-7);
  EXPECT_EQ(value.text, "a\n\"b\"");
  EXPECT_EQ(value.path, std::filesystem::path("/opt/ml"));
  EXPECT_EQ(value.secret.Reveal(), "***");
  EXPECT_EQ(value.colour, Colour::kBlue);
  EXPECT_EQ(value.pause, 250ms);
  EXPECT_EQ(value.bytes.View(), "hello");
  EXPECT_EQ(value.raw.text, R"({"any": [1, null]})");
  EXPECT_EQ(value.maybe, 7);
  EXPECT_EQ(value.flags, (std::vector<bool>{true, false}));
  EXPECT_EQ(value.nodes.at("n").children.at(0).value, 2);
  EXPECT_EQ(value.tensor.Shape(), (std::vector<std::int64_t>{2, 2}));
  std::string expected = json;
  expected.replace(expected.find("-2.5e-7"), 7, "-2.5e-07");
  EXPECT_EQ(WriteJson(value), expected);
}

TEST(Json, ReadsFieldsInAnyOrderAndIgnoresOthers) {
  struct Three {
    int a;
    int b;
    int c;
  };
  EXPECT_EQ(Again<Three>(R"( { "x" : [ { "a" : 9 } ] , "c":3 , "a":1 , "b":2, "y":"z" } )"),
            R"({"a":1,"b":2,"c":3})");
}

TEST(Json, RefusesUnknownFieldsWhenAsked) {
  EXPECT_EQ(Verdict<Node>(R"({"value":1,"children":[],"valeu":[]})",
                          {.unknown = UnknownMembers::kRefuse}),
            "invalid\n/valeu: there is no such field");
}

TEST(Json, TakesAnyValueAsADocument) {
  EXPECT_EQ(Again<int>(" 5\n"), "5");
  EXPECT_EQ(Again<std::string>(R"("x")"), R"("x")");
  EXPECT_EQ(Again<std::vector<int>>("[1,2]"), "[1,2]");
  EXPECT_EQ(Again<std::optional<int>>("null"), "null");
  EXPECT_EQ(Again<bool>("true"), "true");
}

TEST(Json, SaysWhatAValueShouldHaveBeen) {
  using Numbers = std::map<std::string, int>;
  using Pair = std::array<int, 2>;
  const struct {
    std::string verdict;
    const char* expected;
  } cases[] = {
      {Verdict<bool>("1"), "expected true or false, found 1"},
      {Verdict<std::uint8_t>("300"), "expected an integer from 0 to 255, found 300"},
      {Verdict<std::int8_t>("\"1\""), "expected an integer from -128 to 127, found \"1\""},
      {Verdict<double>("\"1\""), "expected a number, found \"1\""},
      {Verdict<double>("null"), "expected a number, found null"},
      {Verdict<std::string>("{}"), "expected a string, found an object"},
      {Verdict<std::filesystem::path>(R"("a\u0000b")"),
       R"(expected a path without NUL, found "a\u0000b")"},
      {Verdict<Secret>("12345"), "expected a string, found a number"},
      {Verdict<Colour>("\"red\""), R"(expected one of "kRed", "kGreen", "kBlue", found "red")"},
      {Verdict<Colour>("5"), R"(expected one of "kRed", "kGreen", "kBlue", found 5)"},
      {Verdict<Bytes>("\"a\""), R"(expected base64 with padding, found "a")"},
      {Verdict<std::optional<bool>>("1"), "expected true or false, found 1"},
      {Verdict<std::vector<bool>>("{}"), "expected an array, found an object"},
      {Verdict<Pair>("[1]"), "expected an array of 2 elements, found 1"},
      {Verdict<Pair>("[1,2,3]"), "expected an array of 2 elements, found 3"},
      {Verdict<Numbers>("[]"), "expected an object, found an array"},
      {Verdict<Node>("null"), "expected an object, found null"},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(row.verdict, std::string("invalid\n: ") + row.expected);
  }
}

TEST(Json, TakesNullForOptionalsOnlyAndForgetsTheirInitializer) {
  struct Settings {
    std::optional<int> k = 5;
    std::optional<int> other = 6;
  };
  const auto value = MustRead<Settings>(R"({"k":null})");
  EXPECT_EQ(value.k, std::nullopt);
  EXPECT_EQ(value.other, 6);
}

TEST(Json, ReplacesWhatAListHeld) {
  struct Lists {
    std::vector<int> numbers = {1, 2};
    std::vector<std::string> words = {"a"};
    std::map<std::string, int> map = {{"a", 1}};
  };
  EXPECT_EQ(Again<Lists>(R"({"numbers":[3],"words":["b"],"map":{"a":2}})"),
            R"({"numbers":[3],"words":["b"],"map":{"a":2}})");
}

TEST(Json, ReadsLongListsOfNumbersCompletely) {
  std::string json = "[";
  for (int i = 0; i < 5000; ++i) json += (i > 0 ? "," : "") + std::to_string(i);
  json += "]";
  const auto numbers = MustRead<std::vector<std::int32_t>>(json);
  ASSERT_EQ(numbers.size(), 5000U);
  for (int i = 0; i < 5000; ++i) ASSERT_EQ(numbers[static_cast<std::size_t>(i)], i);
  EXPECT_EQ(WriteJson(numbers), json);
  EXPECT_EQ(WriteJson(MustRead<std::vector<std::uint8_t>>("[]")), "[]");
}

TEST(Json, RoundsDurationsToTheTick) {
  using Nanos = std::chrono::nanoseconds;
  EXPECT_EQ(MustRead<std::chrono::milliseconds>("0.0014"), 1ms);
  EXPECT_EQ(MustRead<std::chrono::milliseconds>("0.0015"), 2ms);
  EXPECT_EQ(MustRead<std::chrono::milliseconds>("-0.0015"), -2ms);
  EXPECT_EQ(MustRead<std::chrono::milliseconds>("1e-400"), 0ms);
  EXPECT_EQ(MustRead<Nanos>("9223372036.854775807"), Nanos::max());
  EXPECT_EQ(MustRead<Nanos>("-9223372036.854775808"), Nanos::min());
  EXPECT_EQ(MustRead<std::chrono::seconds>("1e3"), 1000s);
  EXPECT_EQ(MustRead<std::chrono::minutes>("120.0"), 2min);
  EXPECT_EQ(MustRead<std::chrono::duration<double>>("0.1").count(), 0.1);
  const std::chrono::duration<double, std::milli> half = 500us;
  EXPECT_EQ(WriteJson(half), "0.0005");
}

TEST(Json, RefusesDurationsThatDoNotFit) {
  using Nanos = std::chrono::nanoseconds;
  using Unsigned = std::chrono::duration<std::uint32_t, std::milli>;
  EXPECT_EQ(Verdict<std::chrono::minutes>("90"),
            "invalid\n: expected a number of seconds, a multiple of 60, found 90");
  EXPECT_EQ(Verdict<Nanos>("1e10"),
            "invalid\n: expected a number of seconds, found 1e10, which is out of range");
  for (const char* json : {"9223372036.854775808", "1e30", "1e400", "-9223372036.8547758081"}) {
    EXPECT_NE(Verdict<Nanos>(json), "") << json;
  }
  EXPECT_NE(Verdict<std::chrono::seconds>("1.5"), "");
  EXPECT_NE(Verdict<Unsigned>("-0.0001"), "");
  EXPECT_EQ(Verdict<Unsigned>("-0.0"), "");
}

TEST(Json, WritesDurationsExactly) {
  EXPECT_EQ(WriteJson(std::chrono::nanoseconds(1)), "0.000000001");
  EXPECT_EQ(WriteJson(std::chrono::nanoseconds::min()), "-9223372036.854775808");
  EXPECT_EQ(WriteJson(1500ms), "1.5");
  EXPECT_EQ(WriteJson(2000ms), "2");
  EXPECT_EQ(WriteJson(std::chrono::hours(-1)), "-3600");
  EXPECT_EQ(WriteJson(std::chrono::duration<int, std::ratio<1, 3>>(1)), "0.3333333333333333");
}

TEST(Json, KnowsEnumeratorsByNameAndWritesOthersAsNumbers) {
  EXPECT_EQ(MustRead<Negative>("\"kMinusTwo\""), Negative::kMinusTwo);
  EXPECT_EQ(WriteJson(static_cast<Colour>(77)), "77");
  EXPECT_EQ(WriteJson(static_cast<Negative>(-7)), "-7");
}

TEST(Json, HidesSecrets) { EXPECT_EQ(WriteJson(Secret("hunter2")), "\"***\""); }

TEST(Json, CopiesRawJsonAsItCame) {
  EXPECT_EQ(MustRead<RawJson>("\n [1 , {\"a\":1e999}] \t").text, "[1 , {\"a\":1e999}]");
  EXPECT_EQ(WriteJson(RawJson{}), "null");
  EXPECT_EQ(Verdict<RawJson>("[1,]"), "malformed");
}

TEST(Json, RefusesARecordWithoutAType) {
  struct Holder {
    Record record;
  };
  EXPECT_EQ(Verdict<Holder>(R"({"record":{}})"), "internal");
  EXPECT_EQ(WriteJson(Holder{}), R"({"record":null})");
}

TEST(Json, ReadsAnObjectWhoseInitializerReadsJson) {
  struct Inner {
    int k = MustRead<int>("[3]"[0] == '[' ? "3" : "");
    int j = 0;
  };
  EXPECT_EQ(Again<std::vector<Inner>>(R"([{"k":1,"j":2},{"k":3,"j":4}])"),
            R"([{"k":1,"j":2},{"k":3,"j":4}])");
}

}  // namespace
}  // namespace tenon::schema
