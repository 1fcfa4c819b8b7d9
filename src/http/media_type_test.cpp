// SPDX-License-Identifier: Apache-2.0
#include "http/media_type.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace tenon::http {
namespace {

TEST(MediaType, ReadsJsonByEssenceAndSuffix) {
  for (const std::string_view json : {"", "application/json", "Application/JSON; charset=utf-8",
                                      " application/json ", "application/vnd.api+json"}) {
    EXPECT_TRUE(IsJson(json)) << json;
  }
  for (const std::string_view other :
       {"text/csv", "application/jsonlines", "application/json2", "json", "+json", "text/json"}) {
    EXPECT_FALSE(IsJson(other)) << other;
  }
}

TEST(MediaType, AcceptsByTheMostSpecificRange) {
  struct Case {
    std::string_view accept;
    bool expected;
  };
  const std::vector<Case> cases{
      {"", true},
      {"*/*", true},
      {"*", true},
      {"application/json", true},
      {"APPLICATION/JSON", true},
      {"application/*", true},
      {"text/html, application/json;q=0.1", true},
      {"text/html", false},
      {"text/*", false},
      {"application/json;q=0", false},
      {"application/json;q=0.000, */*", false},
      {"*/*;q=0, application/json", true},
      {"application/*;q=0, */*", false},
      {"application/json;q=0.0;x=1", false},
      {"application/json;Q=0", false},
      {",,;;=,", false},
  };
  for (const Case& c : cases)
    EXPECT_EQ(Accepts(c.accept, "application/json"), c.expected) << c.accept;
}

TEST(MediaType, ChoosesWhatAcceptLikesBest) {
  constexpr std::string_view kProduced[] = {"application/json", "text/csv", "application/x-npy"};
  const std::vector<std::pair<std::string_view, std::string_view>> cases{
      {"", "application/json"},
      {" ", "application/json"},
      {"*/*", "application/json"},
      {"text/csv", "text/csv"},
      {"Text/*", "text/csv"},
      {"text/csv, */*", "text/csv"},
      {"text/csv, application/json", "application/json"},
      {"text/csv;q=0.9, application/json;q=0.8", "text/csv"},
      {"text/csv;q=0.001, application/json;q=0", "text/csv"},
      {"application/*, text/csv", "text/csv"},
      {"*/*, application/json;q=0.1", "text/csv"},
      {"*/*;q=0.5, application/x-npy", "application/x-npy"},
      {"text/csv; header=present; q=0.9, application/json;q=0.95", "application/json"},
      {"text/csv;q=2", "text/csv"},
      {"text/html", ""},
      {"*/*;q=0", ""},
  };
  for (const auto& [accept, wanted] : cases) {
    const auto chosen = ChooseAccepted(accept, kProduced);
    EXPECT_EQ(chosen ? kProduced[*chosen] : "", wanted) << accept;
  }
  EXPECT_EQ(ChooseAccepted("", {}), std::nullopt);
}

TEST(MediaType, FindsAParameter) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases{
      {"text/csv; header=present", "present"},
      {"text/csv;charset=utf-8 ; Header = \"absent\" ", "absent"},
      {"application/json, text/csv;header=present", "present"},
      {"text/csv", ""},
      {"text/csv;header", ""},
      {"text/csv;headers=present", ""},
      {"", ""},
  };
  for (const auto& [value, wanted] : cases)
    EXPECT_EQ(ParameterOf(value, "header"), wanted) << value;
}

}  // namespace
}  // namespace tenon::http
