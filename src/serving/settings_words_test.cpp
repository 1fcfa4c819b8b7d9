// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "tenon/base/error.hpp"
#include "tenon/schema/describe.hpp"
#include "tenon/serving/settings.hpp"

namespace tenon {
namespace {

using namespace std::chrono_literals;

struct Cache {
  std::size_t max_size = 100;
  std::chrono::milliseconds max_age{500};

  bool operator==(const Cache&) const = default;
};
struct Options {
  bool flag = false;
  std::string text = "initial";
  std::vector<std::string> labels = {"a"};
  Cache cache;
};
struct Limited {
  int k = 5;
  double share = 0.5;
  std::string name;

  static constexpr auto schema =
      Describe(Field<&Limited::k>().Minimum(1).Maximum(10),
               Field<&Limited::share>().ExclusiveMinimum(0).ExclusiveMaximum(0.9));
};
struct Reserved {
  std::string path;
};

using Words = std::vector<std::pair<std::string, std::string>>;

TEST(ParseSettings, ReadsFieldsByTheirOwnNames) {
  SettingsReport report;
  const SettingsRecording recording(report);
  const auto settings = ParseSettings<Options>(
      Words{{"text", ""}, {"cache.max_size", "3"}, {"labels", ""}, {"flag", "true"}});
  EXPECT_EQ(settings.text, "") << "a word may be empty";
  EXPECT_TRUE(settings.labels.empty());
  EXPECT_TRUE(settings.flag);
  EXPECT_EQ(settings.cache, (Cache{3, 500ms}));
  EXPECT_EQ(report.values[0], (SettingValue{"flag", "true", SettingOrigin::kOverride}));
}

TEST(ParseSettings, TakesFieldsThatTheEnvironmentMustNot) {
  EXPECT_EQ(ParseSettings<Reserved>(Words{{"path", "x"}}).path, "x");
}

TEST(ParseSettings, DoesNotLookAtTheEnvironment) {
  ASSERT_NE(std::getenv("PATH"), nullptr);
  EXPECT_EQ(ParseSettings<Reserved>(Words{}).path, "");
}

TEST(ParseSettings, RefusesEachWordThatItDoesNotTake) {
  struct Case {
    Words words;
    std::vector<std::string> faults;
  };
  const Case cases[] = {
      {{{"kk", "1"}}, {"There is no setting 'kk'. Did you mean 'k'?"}},
      {{{"shape", "1"}}, {"There is no setting 'shape'. Did you mean 'share'?"}},
      {{{"K", "1"}}, {"There is no setting 'K'. There are: k, share, name."}},
      {{{"k", "1"}, {"k", "2"}}, {"'k' is given twice."}},
      {{{"k", "99"}}, {"k says '99'; it takes a whole number from 1 to 10."}},
      {{{"k", ""}}, {"k says ''; it takes a whole number from 1 to 10."}},
      {{{"k", "1"}, {"k", "2"}, {"nmae", "x"}, {"share", "2"}},
       {"'k' is given twice.", "There is no setting 'nmae'. Did you mean 'name'?",
        "share says '2'; it takes a number above 0 below 0.9."}},
  };
  for (const Case& test : cases) {
    try {
      ParseSettings<Limited>(test.words);
      ADD_FAILURE() << test.faults[0];
    } catch (const Error& error) {
      EXPECT_EQ(error.Code(), ErrorCode::kInvalid);
      std::vector<std::string> details;
      for (const Fault& fault : error.Faults()) details.push_back(fault.detail);
      EXPECT_EQ(details, test.faults);
    }
  }
}

}  // namespace
}  // namespace tenon
