// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

#include <gtest/gtest.h>

namespace tenon::bench {
namespace {

Result<Options> Read(const std::vector<const char*>& words) {
  const auto line = app::ParseCommandLine(BenchFlags(), words);
  if (!line) return line.Error();
  return ReadOptions(*line);
}

TEST(Options, TheLoopIsOpenUnlessClientsAreCounted) {
  EXPECT_EQ(Read({"http://h"})->plan.rate, 100);
  EXPECT_EQ(Read({"http://h", "--connections", "8"})->plan.rate, std::nullopt);
  const auto both = Read({"http://h", "--connections", "8", "--rate", "2.5"});
  EXPECT_EQ(both->plan.rate, 2.5);
  EXPECT_EQ(both->plan.connections, 8U);
  EXPECT_EQ(Read({"http://h", "--duration", "250ms"})->plan.duration_ns, 250'000'000);
}

TEST(Options, WrongOnesAreNamed) {
  struct Case {
    std::vector<const char*> words;
    std::string_view said;
  };
  const Case cases[] = {
      {{}, "Name one address"},
      {{"https://h"}, "does not begin with http://"},
      {{"http://h:0"}, "port"},
      {{"http://h", "--rate", "0"}, "--rate says '0'"},
      {{"http://h", "--rate", "x"}, "--rate says 'x'"},
      {{"http://h", "--connections", "0"}, "--connections says '0'"},
      {{"http://h", "--duration", "0s"}, "--duration says '0s'"},
      {{"http://h", "--duration", "-1s"}, "--duration says '-1s'"},
      {{"http://h", "--arrivals", "odd"}, "--arrivals says 'odd'"},
      {{"http://h", "--connections", "8", "--arrivals", "poisson"}, "--arrivals is for --rate"},
      {{"http://h", "--find-capacity"}, "needs a bound"},
      {{"http://h", "--slo", "p99=1s"}, "--slo is for"},
      {{"http://h", "--find-capacity", "--slo", "99"}, "--slo says '99'"},
      {{"http://h", "--body", "a", "--csv", "b"}, "Give one of"},
      {{"http://h", "--body", "not-there"}, "cannot be read"},
      {{"http://h", "--bodies", "not-there"}, "no files"},
      {{"http://h", "--header", "nocolon"}, "--header says"},
      {{"http://h", "--streaming", "--pipeline", "2"}, "do not go together"},
      {{"--compare", "one.json"}, "takes two files"},
      {{"http://h", "--reta", "1"}, "--rate"},
  };
  for (const Case& one : cases) {
    const auto options = Read(one.words);
    ASSERT_FALSE(options) << one.said;
    EXPECT_NE(options.Error().Detail().find(one.said), std::string::npos)
        << options.Error().Detail();
  }
}

TEST(Url, HasAHostAPortAndAPath) {
  struct Case {
    std::string_view text;
    Url url;
  };
  const Case cases[] = {
      {"http://h", {"h", "80", "/"}},
      {"http://h:8080", {"h", "8080", "/"}},
      {"http://h:8080/a?b#c", {"h", "8080", "/a?b"}},
      {"http://h?q=1", {"h", "80", "/?q=1"}},
      {"http://[::1]:9/x", {"::1", "9", "/x"}},
      {"http://[::1]", {"::1", "80", "/"}},
  };
  for (const Case& one : cases) {
    const auto url = ParseUrl(one.text);
    ASSERT_TRUE(url) << one.text;
    EXPECT_EQ(url->host, one.url.host) << one.text;
    EXPECT_EQ(url->port, one.url.port) << one.text;
    EXPECT_EQ(url->path, one.url.path) << one.text;
  }
  for (const char* wrong : {"h", "http://", "http://:80", "http://h:", "http://h:65536",
                            "http://[::1", "http://[::1]x", "http://h:8a", "http://a b"}) {
    EXPECT_FALSE(ParseUrl(wrong)) << wrong;
  }
}

TEST(Request, IsWhole) {
  const Url url{.host = "h", .port = "9", .path = "/x"};
  EXPECT_EQ(
      FormRequest(url, {.method = "POST", .content_type = "text/csv", .headers = {"A: b"}}, "1,2"),
      "POST /x HTTP/1.1\r\nHost: h:9\r\nA: b\r\nContent-Type: text/csv\r\n"
      "Content-Length: 3\r\n\r\n1,2");
  EXPECT_EQ(FormRequest(url, {.method = "GET", .content_type = "text/csv", .headers = {}}, ""),
            "GET /x HTTP/1.1\r\nHost: h:9\r\n\r\n");
}

}  // namespace
}  // namespace tenon::bench
