// SPDX-License-Identifier: Apache-2.0
#include "http/router.hpp"

#include <gtest/gtest.h>

#include <string_view>
#include <utility>
#include <vector>

#include "http/test_handlers.hpp"

namespace tenon::http {
namespace {

TEST(Router, FindsByExactMethodAndPath) {
  const Router router(Routes("POST", "/invocations", Echo, "GET", "/a", Echo, "PUT", "/a", Echo,
                             "OPTIONS", "/b", Echo, "HEAD", "/c", Echo, "GET", "/c", Echo));
  struct Case {
    std::string_view method;
    std::string_view path;
    MatchKind kind;
    std::string_view told;  // Activity of a handler, or Allow.
  };
  const std::vector<Case> cases{
      {"POST", "/invocations", MatchKind::kHandler, "POST /invocations"},
      {"GET", "/invocations", MatchKind::kMethodNotAllowed, "POST"},
      {"HEAD", "/invocations", MatchKind::kMethodNotAllowed, "POST"},
      {"TRACE", "/invocations", MatchKind::kMethodNotAllowed, "POST"},
      {"OPTIONS", "/invocations", MatchKind::kMethodNotAllowed, "POST"},
      {"post", "/invocations", MatchKind::kMethodNotAllowed, "POST"},
      {"POST", "/invocations/", MatchKind::kNoPath, ""},
      {"POST", "/Invocations", MatchKind::kNoPath, ""},
      {"POST", "/invocation", MatchKind::kNoPath, ""},
      {"POST", "", MatchKind::kNoPath, ""},
      {"OPTIONS", "*", MatchKind::kNoPath, ""},
      {"GET", "/a", MatchKind::kHandler, "GET /a"},
      {"HEAD", "/a", MatchKind::kHandler, "GET /a"},
      {"DELETE", "/a", MatchKind::kMethodNotAllowed, "GET, HEAD, PUT"},
      {"OPTIONS", "/b", MatchKind::kHandler, "OPTIONS /b"},
      {"HEAD", "/c", MatchKind::kHandler, "HEAD /c"},
      {"GET", "/ping", MatchKind::kHealth, ""},
      {"POST", "/ping", MatchKind::kHealth, ""},
      {"HEAD", "/ping", MatchKind::kHealth, ""},
      {"DELETE", "/ping", MatchKind::kMethodNotAllowed, "GET, HEAD, POST"},
  };
  for (const Case& c : cases) {
    const Match match = router.Find(c.method, c.path);
    EXPECT_EQ(match.kind, c.kind) << c.method << " " << c.path;
    if (c.kind == MatchKind::kHandler) {
      EXPECT_EQ(std::string_view(match.activity), c.told);
      EXPECT_NE(match.route, nullptr);
    } else {
      EXPECT_EQ(match.allow, c.told) << c.method << " " << c.path;
    }
  }
  EXPECT_TRUE(router.Shadowed().empty());
}

TEST(Router, TellsWhatIsNeverReached) {
  const Router router(
      Routes("GET", "/a", Echo, "GET", "/a", Echo, "GET", "/ping", Echo, "PUT", "/ping", Echo));
  EXPECT_EQ(router.Shadowed(), (std::vector<std::string>{"GET /a", "GET /ping", "PUT /ping"}));
  EXPECT_EQ(router.Find("GET", "/ping").kind, MatchKind::kHealth);
  EXPECT_EQ(router.Find("PUT", "/ping").kind, MatchKind::kMethodNotAllowed);
}

}  // namespace
}  // namespace tenon::http
