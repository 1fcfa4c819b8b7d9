// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/settings.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "tenon/base/error.hpp"
#include "tenon/schema/bytes.hpp"
#include "tenon/schema/raw_json.hpp"
#include "tenon/schema/tensor.hpp"

namespace tenon {
namespace {

using namespace std::chrono_literals;
using Variables = std::map<std::string, std::string>;

enum class Colour { kRed, kGreen };

struct Cache {
  std::size_t max_size = 100;
  std::chrono::milliseconds max_age{500};

  bool operator==(const Cache&) const = default;
};
struct Point {
  double x = 0;
  double y = 0;

  bool operator==(const Point&) const = default;
};

// One field of each kind.
struct Everything {
  bool flag = false;
  std::int8_t small = 1;
  std::uint64_t large = 2;
  double ratio = 0.5;
  float share = 0.25F;
  std::string text = "initial";
  std::filesystem::path model_path = "/opt/ml/model";
  Secret token;
  Colour colour = Colour::kRed;
  std::chrono::nanoseconds fine{1};
  std::chrono::milliseconds timeout{250};
  std::chrono::seconds coarse{1};
  std::chrono::duration<double> exact{1.5};
  Bytes key;
  RawJson raw;
  std::optional<int> maybe;
  std::vector<std::string> labels;
  std::vector<int> numbers = {1, 2};
  std::vector<Point> points;
  std::array<double, 2> pair = {1, 2};
  std::map<std::string, int> weights;
  std::unordered_map<std::string, Point> places;
  Tensor<float> tensor;
  Cache cache;
  std::optional<Cache> second_cache;
};

Everything Load(const Variables& variables) {
  return LoadSettings<Everything>(MapSettings(variables));
}

template <class S>
std::vector<std::string> FaultsOf(const Variables& variables) {
  try {
    LoadSettings<S>(MapSettings(variables));
  } catch (const Error& error) {
    EXPECT_EQ(error.Code(), ErrorCode::kInvalid);
    std::vector<std::string> details;
    for (const Fault& fault : error.Faults()) details.push_back(fault.detail);
    return details;
  }
  return {};
}

TEST(LoadSettings, KeepsInitializersWhereNothingIsSet) {
  const Everything settings = Load({{"TEXT", ""}});  // Empty counts as not set.
  EXPECT_FALSE(settings.flag);
  EXPECT_EQ(settings.text, "initial");
  EXPECT_EQ(settings.model_path, "/opt/ml/model");
  EXPECT_EQ(settings.timeout, 250ms);
  EXPECT_EQ(settings.numbers, (std::vector<int>{1, 2}));
  EXPECT_EQ(settings.cache, Cache());
  EXPECT_FALSE(settings.second_cache);
}

TEST(LoadSettings, ReadsEachKindOfField) {
  const Everything settings = Load({
      {"FLAG", "yes"},
      {"SMALL", "-128"},
      {"LARGE", "18446744073709551615"},
      {"RATIO", "1e-3"},
      {"SHARE", " 0.75 "},
      {"TEXT", " a, \"b\"\n\\ \xC3\xA4 "},
      {"MODEL_PATH", "/models/my model"},
      {"TOKEN", "s3cret"},
      {"COLOUR", "kGreen"},
      {"FINE", "3us"},
      {"TIMEOUT", "1.5s"},
      {"COARSE", "2m"},
      {"EXACT", "0.1"},
      {"KEY", "AAEC"},
      {"RAW", R"({"any": [1, null]})"},
      {"MAYBE", "7"},
      {"LABELS", "a, b,,c d"},
      {"NUMBERS", "[4, 5]"},
      {"POINTS", R"([{"x": 1, "y": 2}])"},
      {"PAIR", "3,4"},
      {"WEIGHTS", R"({"a": 1})"},
      {"PLACES", R"({"home": {"x": 1, "y": 2}})"},
      {"TENSOR", "[[1, 2], [3, 4]]"},
      {"CACHE__MAX_SIZE", "10"},
      {"CACHE__MAX_AGE", "1h"},
      {"SECOND_CACHE__MAX_SIZE", "20"},
  });
  EXPECT_TRUE(settings.flag);
  EXPECT_EQ(settings.small, -128);
  EXPECT_EQ(settings.large, 18446744073709551615U);
  EXPECT_EQ(settings.ratio, 1e-3);
  EXPECT_EQ(settings.share, 0.75F);
  EXPECT_EQ(settings.text, " a, \"b\"\n\\ \xC3\xA4 ");
  EXPECT_EQ(settings.model_path, "/models/my model");
  EXPECT_EQ(settings.token.Reveal(), "s3cret");
  EXPECT_EQ(settings.colour, Colour::kGreen);
  EXPECT_EQ(settings.fine, 3us);
  EXPECT_EQ(settings.timeout, 1500ms);
  EXPECT_EQ(settings.coarse, 2min);
  EXPECT_EQ(settings.exact.count(), 0.1);
  EXPECT_EQ(settings.key, Bytes::Copy(std::string_view("\0\1\2", 3)));
  EXPECT_EQ(settings.raw.text, R"({"any": [1, null]})");
  EXPECT_EQ(settings.maybe, 7);
  EXPECT_EQ(settings.labels, (std::vector<std::string>{"a", "b", "", "c d"}));
  EXPECT_EQ(settings.numbers, (std::vector<int>{4, 5}));
  EXPECT_EQ(settings.points, (std::vector<Point>{{1, 2}}));
  EXPECT_EQ(settings.pair, (std::array<double, 2>{3, 4}));
  EXPECT_EQ(settings.weights, (std::map<std::string, int>{{"a", 1}}));
  EXPECT_EQ(settings.places.at("home"), (Point{1, 2}));
  EXPECT_EQ(settings.tensor.Shape(), (std::vector<std::int64_t>{2, 2}));
  EXPECT_EQ(settings.cache, (Cache{10, 1h}));
  ASSERT_TRUE(settings.second_cache);
  EXPECT_EQ(*settings.second_cache, (Cache{20, 500ms}));
}

TEST(LoadSettings, ReadsAStructAsJsonToo) {
  EXPECT_EQ(Load({{"CACHE", R"({"max_size": 5})"}}).cache, (Cache{5, 500ms}));
  EXPECT_EQ(Load({{"SECOND_CACHE", R"({"max_size": 5})"}}).second_cache, (Cache{5, 500ms}));
}

TEST(LoadSettings, ReadsEveryWordForABool) {
  for (const char* text : {"true", "1", "yes", "True", "YES", " true "}) {
    EXPECT_TRUE(Load({{"FLAG", text}}).flag) << text;
  }
  for (const char* text : {"false", "0", "no", "False"}) {
    EXPECT_FALSE(Load({{"FLAG", text}}).flag) << text;
  }
}

TEST(LoadSettings, RefusesWithVariableTextAndWhatIsAllowed) {
  struct Case {
    const char* variable;
    const char* text;
    const char* fault;
  };
  const Case cases[] = {
      {"FLAG", "maybe", "FLAG says 'maybe'; it takes true or false."},
      {"SMALL", "128", "SMALL says '128'; it takes a whole number from -128 to 127."},
      {"SMALL", "1.5", "SMALL says '1.5'; it takes a whole number from -128 to 127."},
      {"SMALL", "many", "SMALL says 'many'; it takes a whole number from -128 to 127."},
      {"SMALL", "007", "SMALL says '007'; it takes a whole number from -128 to 127."},
      {"LARGE", "-1", "LARGE says '-1'; it takes a whole number from 0 to 18446744073709551615."},
      {"RATIO", "nan", "RATIO says 'nan'; it takes a number."},
      {"RATIO", "1e999", "RATIO says '1e999'; it takes a number."},
      {"SHARE", "0x10", "SHARE says '0x10'; it takes a number."},
      {"TEXT", "\xFF", "TEXT says '\xFF'; it takes a text."},
      {"COLOUR", "blue", "COLOUR says 'blue'; it takes one of kRed, kGreen."},
      {"TIMEOUT", "soon", "TIMEOUT says 'soon'; it takes a duration, such as 250ms, 5s or 1.5h."},
      {"FINE", "1e30s", "FINE says '1e30s'; it takes a duration, such as 250ms, 5s or 1.5h."},
      {"COARSE", "1ms", "COARSE says '1ms'; it takes a duration, such as 250ms, 5s or 1.5h."},
      {"KEY", "A", "KEY says 'A'; it takes base64."},
      {"MAYBE", "null",
       "MAYBE says 'null'; it takes a whole number from -2147483648 to 2147483647."},
      {"NUMBERS", "1,b",
       "NUMBERS says '1,b'; it takes a list with commas between, or a JSON array; each item is a "
       "whole number from -2147483648 to 2147483647."},
      {"PAIR", "1",
       "PAIR says '1'; it takes 2 items with commas between, or a JSON array; each is a number."},
      {"CACHE__MAX_SIZE", "-1",
       "CACHE__MAX_SIZE says '-1'; it takes a whole number from 0 to 18446744073709551615."},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(FaultsOf<Everything>({{test.variable, test.text}}),
              (std::vector<std::string>{test.fault}));
  }
}

TEST(LoadSettings, SaysWhatIsWrongInsideJson) {
  struct Case {
    const char* variable;
    const char* text;
    std::vector<const char*> parts;
  };
  const Case cases[] = {
      {"WEIGHTS",
       R"({"a": "x"})",
       {"WEIGHTS says '{\"a\": \"x\"}'; it takes a JSON object (", "/a: "}},
      {"WEIGHTS", R"({"a": )", {"it takes a JSON object ("}},
      {"WEIGHTS", R"({}, "other": {})", {"it takes a JSON object ("}},
      {"WEIGHTS", "[1]", {"it takes a JSON object ("}},
      {"PLACES", R"({"home": {"z": 1}})", {"/home"}},
      {"POINTS", R"([{"x": 1, "y": 2}, {"x": "left", "y": 0}])", {"/1/x: "}},
      {"POINTS", "a,b", {"POINTS says 'a,b'; it takes a list"}},
      {"NUMBERS", "[1, 2", {"NUMBERS says '[1, 2'; it takes a list"}},
      {"TENSOR", "[[1], [2, 3]]", {"it takes nested JSON arrays ("}},
      {"RAW", "{", {"RAW says '{'; it takes JSON ("}},
      {"CACHE", R"({"max_siz": 1})", {"CACHE says", "/max_siz"}},
  };
  for (const Case& test : cases) {
    const auto faults = FaultsOf<Everything>({{test.variable, test.text}});
    ASSERT_EQ(faults.size(), 1U) << test.variable << " " << test.text;
    for (const char* part : test.parts) {
      EXPECT_NE(faults[0].find(part), std::string::npos) << faults[0] << " lacks " << part;
    }
  }
}

TEST(LoadSettings, SaysEverythingAtOnce) {
  const Variables variables = {{"FLAG", "x"}, {"SMALL", "x"}, {"CACHE__MAX_AGE", "x"}};
  EXPECT_EQ(FaultsOf<Everything>(variables).size(), 3U);
  try {
    Load(variables);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.Detail(), "3 settings are wrong.");
  }
}

TEST(LoadSettings, NoticesAMistypedNestedVariable) {
  EXPECT_EQ(FaultsOf<Everything>({{"CACHE__MAX_SIZ", "5"}}),
            (std::vector<std::string>{
                "There is no setting 'CACHE__MAX_SIZ'. Did you mean 'CACHE__MAX_SIZE' or "
                "'CACHE__MAX_AGE'?"}));
  EXPECT_TRUE(FaultsOf<Everything>({{"CACHE__MAX_SIZ", ""}}).empty()) << "not set";
  EXPECT_TRUE(FaultsOf<Everything>({{"CACHES", "5"}, {"MODEL_PTH", "x"}}).empty())
      << "the environment is full of what belongs to others";
}

TEST(LoadSettings, RefusesAStructGivenTwice) {
  EXPECT_EQ(
      FaultsOf<Everything>({{"CACHE", "{}"}, {"CACHE__MAX_SIZE", "5"}}),
      (std::vector<std::string>{"CACHE and CACHE__MAX_SIZE are both set; keep one of them."}));
}

TEST(LoadSettings, PutsThePrefixBeforeEveryVariable) {
  const MapSettings source(
      {{"SEARCH_TEXT", "found"}, {"SEARCH_CACHE__MAX_SIZE", "3"}, {"TEXT", "no"}});
  const auto settings = LoadSettings<Everything>({.prefix = "SEARCH_", .source = &source});
  EXPECT_EQ(settings.text, "found");
  EXPECT_EQ(settings.cache.max_size, 3U);
}

struct Needed {
  std::string name;
  Secret token;
  Cache cache;
  std::optional<int> count;

  static constexpr auto schema =
      Describe(Field<&Needed::name>().Required().MinLength(2).MaxLength(4),
               Field<&Needed::token>().Required(), Field<&Needed::cache>().Required(),
               Field<&Needed::count>().Minimum(1).Maximum(10));
};

TEST(LoadSettings, AsksForWhatIsRequired) {
  EXPECT_EQ(FaultsOf<Needed>({}),
            (std::vector<std::string>{"NAME must be set; it takes a text from 2 to 4 characters.",
                                      "TOKEN must be set; it takes a text.",
                                      "CACHE must be set; it takes a JSON object."}));
  EXPECT_TRUE(FaultsOf<Needed>({{"NAME", "ab"}, {"TOKEN", "t"}, {"CACHE__MAX_SIZE", "1"}}).empty());
}

struct Limited {
  int k = 5;
  double share = 0.5;
  std::chrono::milliseconds timeout{100};
  std::string name = "abc";
  std::vector<int> list = {1};
  std::map<std::string, int> map;
  Tensor<float> tensor;
  std::vector<Point> more;

  static constexpr auto schema = Describe(
      Field<&Limited::k>().Minimum(1).Maximum(10),
      Field<&Limited::share>().ExclusiveMinimum(0).ExclusiveMaximum(0.9),
      Field<&Limited::timeout>().Minimum(std::chrono::milliseconds(50)),
      Field<&Limited::name>().MaxLength(3), Field<&Limited::list>().MinItems(1).MaxItems(2),
      Field<&Limited::map>().MaxItems(1), Field<&Limited::tensor>().Shape(-1, 2));
};

TEST(LoadSettings, AppliesTheLimitsOfRequests) {
  EXPECT_TRUE(FaultsOf<Limited>({{"K", "10"},
                                 {"SHARE", "0.89"},
                                 {"TIMEOUT", "50ms"},
                                 {"NAME", "\xC3\xA4\xC3\xA4\xC3\xA4"},
                                 {"LIST", "1,2"},
                                 {"MAP", R"({"a": 1})"},
                                 {"TENSOR", "[[1, 2]]"}})
                  .empty());
  struct Case {
    const char* variable;
    const char* text;
    const char* allowed;
  };
  const Case cases[] = {
      {"K", "11", "it takes a whole number from 1 to 10."},
      {"SHARE", "0", "it takes a number above 0 below 0.9."},
      {"TIMEOUT", "49ms", "it takes a duration of at least 0.05s, such as 250ms, 5s or 1.5h."},
      {"NAME", "abcd", "it takes a text of at most 3 characters."},
      {"LIST", "1,2,3", "it takes a list from 1 to 2 items with commas between"},
      {"MAP", R"({"a": 1, "b": 2})", "it takes a JSON object of at most 1 members"},
      {"TENSOR", "[[1]]", "it takes nested JSON arrays of the shape (any, 2)"},
  };
  for (const Case& test : cases) {
    const auto faults = FaultsOf<Limited>({{test.variable, test.text}});
    ASSERT_EQ(faults.size(), 1U) << test.variable;
    EXPECT_NE(faults[0].find(test.allowed), std::string::npos) << faults[0];
  }
}

struct Reserved {
  std::string path;
  std::string home;
  std::string user;
  std::string lang;
  std::string model_path;
};

TEST(LoadSettings, RefusesFieldsThatWouldReadTheSystemsVariables) {
  const auto faults = FaultsOf<Reserved>({});
  ASSERT_EQ(faults.size(), 4U);
  EXPECT_EQ(faults[0],
            "The field 'path' would read PATH, which means something to the system; rename it.");
  const MapSettings source({});
  EXPECT_NO_THROW(LoadSettings<Reserved>({.prefix = "APP_", .source = &source}));
}

struct Twins {
  int value = 1;
  int Value = 2;  // NOLINT(readability-identifier-naming): the point of the test.
};

TEST(LoadSettings, RefusesTwoFieldsOfOneVariable) {
  EXPECT_EQ(FaultsOf<Twins>({}), (std::vector<std::string>{"Two fields read VALUE; rename one."}));
}

struct Renamed {
  int max_length = 1;

  static constexpr auto schema = Describe(Field<&Renamed::max_length>().Name("max-length"));
};

TEST(LoadSettings, ReadsFieldsUnderTheirOwnNames) {
  EXPECT_EQ(LoadSettings<Renamed>(MapSettings({{"MAX_LENGTH", "3"}})).max_length, 3);
  EXPECT_EQ(FaultsOf<Renamed>({{"MAX_LENGTH", "x"}}).size(), 1U);
}

struct Hidden {
  Secret token;
  std::vector<Secret> tokens;
  std::map<std::string, Secret> by_name;
  int number = 1;
};

TEST(LoadSettings, NeverShowsASecret) {
  const Variables variables = {{"TOKEN", "s3cret\xFF"},
                               {"TOKENS", "[\"s3cret\", 5]"},
                               {"BY_NAME", R"({"a": {"s3cret": 1}})"}};
  const auto faults = FaultsOf<Hidden>(variables);
  ASSERT_EQ(faults.size(), 3U);
  for (const std::string& fault : faults) {
    EXPECT_EQ(fault.find("s3cret"), std::string::npos) << fault;
    EXPECT_NE(fault.find("'***'"), std::string::npos) << fault;
  }
}

TEST(LoadSettings, ShowsNoControlCharactersAndNoEndlessTexts) {
  const auto faults = FaultsOf<Hidden>({{"NUMBER", "\x1b[31m" + std::string(1000, 'x')}});
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_LT(faults[0].size(), 250U);
  EXPECT_EQ(faults[0].find('\x1b'), std::string::npos);
}

TEST(SettingsRecording, TellsEachValueAndItsOrigin) {
  struct Small {
    std::string name = "Model A";
    Secret token;
    std::chrono::milliseconds timeout{250};
    Colour colour = Colour::kGreen;
    std::vector<int> list = {1, 2};
    std::optional<int> maybe;
    Cache cache;
  };
  SettingsReport report;
  {
    const SettingsRecording recording(report);
    LoadSettings<Small>(MapSettings({{"TOKEN", "s3cret"}, {"CACHE__MAX_SIZE", "7"}}));
  }
  LoadSettings<Small>(MapSettings({}));  // Nobody records any more.
  const std::vector<SettingValue> wanted = {
      {"NAME", "Model A", SettingOrigin::kDefault},
      {"TOKEN", "***", SettingOrigin::kEnvironment},
      {"TIMEOUT", "0.25s", SettingOrigin::kDefault},
      {"COLOUR", "kGreen", SettingOrigin::kDefault},
      {"LIST", "[1,2]", SettingOrigin::kDefault},
      {"MAYBE", "", SettingOrigin::kDefault},
      {"CACHE__MAX_SIZE", "7", SettingOrigin::kEnvironment},
      {"CACHE__MAX_AGE", "0.5s", SettingOrigin::kDefault},
  };
  ASSERT_EQ(report.values.size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_EQ(report.values[i], wanted[i])
        << report.values[i].variable << " = " << report.values[i].value;
  }
}

TEST(SettingsRecording, NestsAndForgetsWhatFailed) {
  SettingsReport outer;
  SettingsReport inner;
  const SettingsRecording outer_recording(outer);
  {
    const SettingsRecording inner_recording(inner);
    LoadSettings<Cache>(MapSettings({}));
    EXPECT_THROW(LoadSettings<Cache>(MapSettings({{"MAX_SIZE", "x"}})), Error);
  }
  EXPECT_EQ(inner.values.size(), 2U);
  EXPECT_TRUE(outer.values.empty());
  LoadSettings<Cache>(MapSettings({}));
  EXPECT_EQ(outer.values.size(), 2U);
}

TEST(MapSettings, GivesNamesByTheirBeginning) {
  const MapSettings source({{"A", "1"}, {"A__B", "2"}, {"A__C", "3"}, {"B", "4"}});
  EXPECT_EQ(source.NamesWith("A__"), (std::vector<std::string>{"A__B", "A__C"}));
  EXPECT_EQ(source.Find("A"), "1");
  EXPECT_EQ(source.Find("C"), std::nullopt);
}

TEST(EnvironmentSettings, ReadsThisProcess) {
  const EnvironmentSettings source;
  ASSERT_NE(std::getenv("PATH"), nullptr);
  EXPECT_EQ(source.Find("PATH"), std::getenv("PATH"));
  EXPECT_EQ(source.Find("TENON_NO_SUCH_VARIABLE"), std::nullopt);
  const auto names = source.NamesWith("PAT");
  EXPECT_NE(std::find(names.begin(), names.end(), "PATH"), names.end());
}

}  // namespace
}  // namespace tenon
