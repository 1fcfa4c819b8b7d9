// SPDX-License-Identifier: Apache-2.0
#include "http/request_parser.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace tenon::http {
namespace {

constexpr std::size_t kLimit = std::size_t{64} << 10U;

// On memory of its own, so that the address sanitizer sees a read beyond the end.
HeadResult ParseExact(std::string_view bytes, RequestHead& head, std::vector<char>& memory,
                      std::size_t limit = kLimit) {
  memory.assign(bytes.begin(), bytes.end());
  return ParseHead({memory.data(), memory.size()}, limit, head);
}

TEST(RequestParser, ReadsWhatARequestSays) {
  const std::string text =
      "POST /invocations?a=1&b=2 HTTP/1.1\r\nHost: model:8080\r\nContent-Length: 5\r\n"
      "X-Empty:\r\nX-Padded: \t a b \t\r\nExpect: 100-Continue\r\nX-Tenon-Server-Timing: 1\r\n\r\n";
  const std::string with_body = text + "hello";
  RequestHead head;
  ASSERT_EQ(ParseHead(with_body, kLimit, head).outcome, ParseOutcome::kComplete);
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/invocations?a=1&b=2");
  EXPECT_EQ(head.path, "/invocations");
  EXPECT_EQ(head.query, "a=1&b=2");
  EXPECT_EQ(head.content_length, 5U);
  EXPECT_EQ(head.size, text.size());
  EXPECT_TRUE(head.keeps_alive);
  EXPECT_TRUE(head.expects_continue);
  EXPECT_TRUE(head.wants_timing);
  EXPECT_FALSE(head.is_chunked);
  ASSERT_EQ(head.headers.size(), 6U);
  EXPECT_EQ(head.headers[2].name, "X-Empty");
  EXPECT_EQ(head.headers[2].value, "");
  EXPECT_EQ(head.headers[3].value, "a b");
}

TEST(RequestParser, TakesEveryFormOfTargetThatAServerMustTake) {
  struct Case {
    std::string_view line;
    std::string_view path;
    std::string_view query;
  };
  const std::vector<Case> cases{
      {"GET / HTTP/1.1", "/", ""},         {"GET /a? HTTP/1.1", "/a", ""},
      {"GET /?x HTTP/1.1", "/", "x"},      {"GET http://h/a?b HTTP/1.1", "/a", "b"},
      {"GET HTTPS://h HTTP/1.1", "/", ""}, {"GET http://h?q HTTP/1.1", "/", "q"},
      {"OPTIONS * HTTP/1.1", "*", ""},
  };
  for (const Case& c : cases) {
    RequestHead head;
    const std::string text = std::string(c.line) + "\r\nHost: h\r\n\r\n";
    ASSERT_EQ(ParseHead(text, kLimit, head).outcome, ParseOutcome::kComplete) << c.line;
    EXPECT_EQ(head.path, c.path) << c.line;
    EXPECT_EQ(head.query, c.query) << c.line;
  }
}

TEST(RequestParser, KnowsWhetherTheConnectionIsKept) {
  struct Case {
    std::string_view text;
    bool keeps;
  };
  const std::vector<Case> cases{
      {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", true},
      {"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", false},
      {"GET / HTTP/1.1\r\nHost: h\r\nConnection: x, Close\r\n\r\n", false},
      {"GET / HTTP/1.0\r\n\r\n", false},
      {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
  };
  for (const Case& c : cases) {
    RequestHead head;
    ASSERT_EQ(ParseHead(c.text, kLimit, head).outcome, ParseOutcome::kComplete) << c.text;
    EXPECT_EQ(head.keeps_alive, c.keeps) << c.text;
  }
}

TEST(RequestParser, SkipsEmptyLinesBeforeARequest) {
  RequestHead head;
  const std::string_view text = "\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n";
  ASSERT_EQ(ParseHead(text, kLimit, head).outcome, ParseOutcome::kComplete);
  EXPECT_EQ(head.size, text.size());
  EXPECT_EQ(ParseHead("\r\n", kLimit, head).outcome, ParseOutcome::kIncomplete);
}

std::vector<std::string> GoodHeads() {
  return {
      "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET / HTTP/1.0\r\n\r\n",
      "\r\nHEAD /a?b HTTP/1.1\r\nhost: h:1\r\nA: b\r\n\r\n",
      "POST /x HTTP/1.1\r\nHost: [::1]:80\r\nTransfer-Encoding: Chunked\r\n\r\n",
      "POST /x HTTP/1.1\r\nContent-Length: 0010\r\nHost:\r\n\r\n",
      "M-SEARCH /\x80\xff HTTP/1.1\r\nHost: h\r\nX: \x80\xff\r\n\r\n",
  };
}

std::vector<std::string> BadHeads() {
  using namespace std::string_literals;
  const auto with = [](std::string_view fields) {
    return "POST / HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n\r\n";
  };
  return {
      "GET\r\n\r\n",
      "GET / HTTP/1.1\nHost: h\n\n",
      " GET / HTTP/1.1\r\nHost: h\r\n\r\n",
      "G\x01T / HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET  / HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET / HTTP/2.0\r\nHost: h\r\n\r\n",
      "GET / HTTP/1.2\r\nHost: h\r\n\r\n",
      "GET / HTTP/1.1 \r\nHost: h\r\n\r\n",
      "GET / http/1.1\r\nHost: h\r\n\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      "GET * HTTP/1.1\r\nHost: h\r\n\r\n",
      "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET ftp://h/ HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET http:///a HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n"s,
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n",
      "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
      with("X: a\r\n folded"),
      with("X:\r\n folded"),
      with("X: a\r\n\tfolded"),
      with("X: a\r\n "),
      with(" X: a"),
      with("X : a"),
      with(": a"),
      with("X"),
      with("X: a\nY: b"),
      with("X: a\rY: b"),
      with("X: a\0b"s),
      with("X: a\x7f"),
      with("Content-Length: 5\r\nContent-Length: 5"),
      with("Content-Length: 5\r\nContent-Length: 6"),
      with("Content-Length: 5, 5"),
      with("Content-Length: +5"),
      with("Content-Length: -1"),
      with("Content-Length: 5 5"),
      with("Content-Length: 0x5"),
      with("Content-Length:"),
      with("Content-Length: 18446744073709551616"),
      with("Transfer-Encoding: chunked\r\nContent-Length: 5"),
      with("Content-Length: 5\r\nTransfer-Encoding: chunked"),
      with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
      with("Transfer-Encoding: gzip, chunked"),
      with("Transfer-Encoding: chunked, identity"),
      with("Transfer-Encoding: identity"),
      with("Transfer-Encoding: xchunked"),
      with("Transfer-Encoding:"),
      "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
  };
}

TEST(RequestParser, RefusesWhatTwoPartiesCouldReadDifferently) {
  for (const std::string& text : BadHeads()) {
    RequestHead head;
    const HeadResult result = ParseHead(text, kLimit, head);
    EXPECT_EQ(result.outcome, ParseOutcome::kMalformed) << text;
    EXPECT_FALSE(result.fault.empty()) << text;
  }
}

TEST(RequestParser, DecidesTheSameOnceItDecidesAtAnyByte) {
  std::vector<std::string> texts = GoodHeads();
  const std::vector<std::string> bad = BadHeads();
  texts.insert(texts.end(), bad.begin(), bad.end());
  for (const std::string& text : texts) {
    RequestHead whole;
    const HeadResult expected = ParseHead(text, kLimit, whole);
    ASSERT_NE(expected.outcome, ParseOutcome::kIncomplete) << text;
    bool is_decided = false;
    for (std::size_t size = 0; size <= text.size(); ++size) {
      RequestHead head;
      std::vector<char> memory;
      const HeadResult part = ParseExact(std::string_view(text).substr(0, size), head, memory);
      if (part.outcome == ParseOutcome::kIncomplete) {
        EXPECT_FALSE(is_decided) << text << " at " << size;
        continue;
      }
      is_decided = true;
      EXPECT_EQ(part.outcome, expected.outcome) << text << " at " << size;
      if (part.outcome == ParseOutcome::kComplete) EXPECT_EQ(head.size, whole.size) << text;
    }
  }
}

TEST(RequestParser, LimitsTheHead) {
  RequestHead head;
  const std::string filler(200, 'a');
  const std::string text = "GET / HTTP/1.1\r\nHost: h\r\nX: " + filler + "\r\n\r\n";
  EXPECT_EQ(ParseHead(text, text.size(), head).outcome, ParseOutcome::kComplete);
  EXPECT_EQ(ParseHead(text, text.size() - 1, head).outcome, ParseOutcome::kTooLarge);
  EXPECT_EQ(ParseHead(text.substr(0, 100), 100, head).outcome, ParseOutcome::kTooLarge);
  EXPECT_EQ(ParseHead(text.substr(0, 99), 100, head).outcome, ParseOutcome::kIncomplete);

  std::string fields = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (std::size_t i = 1; i < kMaxHeaderFields; ++i) fields += "A: b\r\n";
  EXPECT_EQ(ParseHead(fields + "\r\n", kLimit, head).outcome, ParseOutcome::kComplete);
  EXPECT_EQ(ParseHead(fields + "A: b\r\n\r\n", kLimit, head).outcome, ParseOutcome::kTooLarge);
}

}  // namespace
}  // namespace tenon::http
