// SPDX-License-Identifier: Apache-2.0
#include "http/media_type.hpp"

#include <gtest/gtest.h>

#include <string_view>
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

}  // namespace
}  // namespace tenon::http
