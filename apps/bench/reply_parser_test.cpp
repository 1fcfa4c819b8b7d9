// SPDX-License-Identifier: Apache-2.0
#include "reply_parser.hpp"

#include <gtest/gtest.h>

namespace tenon::bench {
namespace {

using Outcome = ReplyParser::Outcome;

struct Case {
  std::string_view name;
  std::string_view bytes;
  Outcome outcome = Outcome::kComplete;
  int status = 200;
  std::string_view body = {};
  std::uint64_t chunks = 0;
  bool keeps = true;
};

constexpr Case kCases[] = {
    {.name = "sized", .bytes = "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc", .body = "abc"},
    {.name = "empty", .bytes = "HTTP/1.1 429 \r\nContent-Length: 0\r\n\r\n", .status = 429},
    {.name = "none", .bytes = "HTTP/1.1 204 No Content\r\n\r\n", .status = 204},
    {.name = "closes",
     .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: Close\r\n\r\n",
     .keeps = false},
    {.name = "old", .bytes = "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", .keeps = false},
    {.name = "interim",
     .bytes = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
     .body = "x"},
    {.name = "chunked",
     .bytes =
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\nT: "
         "v\r\n\r\n",
     .body = "abc",
     .chunks = 2},
    {.name = "until close",
     .bytes = "HTTP/1.1 200 OK\r\n\r\nabc",
     .outcome = Outcome::kIncomplete,
     .body = "abc",
     .keeps = false},
    {.name = "cut",
     .bytes = "HTTP/1.1 200 OK\r\nContent-Le",
     .outcome = Outcome::kIncomplete,
     .status = 0},
    {.name = "two lengths",
     .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
     .outcome = Outcome::kMalformed},
    {.name = "no HTTP",
     .bytes = "SSH-2.0-OpenSSH\r\n\r\n",
     .outcome = Outcome::kMalformed,
     .status = 0},
    {.name = "no size",
     .bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
     .outcome = Outcome::kMalformed},
    {.name = "upgrade",
     .bytes = "HTTP/1.1 101 Switching\r\n\r\n",
     .outcome = Outcome::kMalformed,
     .status = 101},
};

void Expect(const Case& expected, const ReplyParser& parser, Outcome outcome) {
  EXPECT_EQ(outcome, expected.outcome);
  EXPECT_EQ(parser.Status(), expected.status);
  if (expected.outcome == Outcome::kMalformed) return;
  EXPECT_EQ(parser.Body(), expected.body);
  EXPECT_EQ(parser.BodySize(), expected.body.size());
  EXPECT_EQ(parser.Chunks(), expected.chunks);
  EXPECT_EQ(parser.KeepsConnection(), expected.keeps);
}

TEST(ReplyParser, ReadsRepliesWhole) {
  for (const Case& one : kCases) {
    SCOPED_TRACE(one.name);
    ReplyParser parser;
    parser.KeepBodies(100);
    std::string_view bytes = one.bytes;
    Expect(one, parser, parser.Read(bytes));
  }
}

TEST(ReplyParser, ReadsRepliesByteByByte) {
  for (const Case& one : kCases) {
    SCOPED_TRACE(one.name);
    ReplyParser parser;
    parser.KeepBodies(100);
    Outcome outcome = Outcome::kIncomplete;
    for (std::size_t i = 0; i < one.bytes.size() && outcome == Outcome::kIncomplete; ++i) {
      std::string_view byte = one.bytes.substr(i, 1);
      outcome = parser.Read(byte);
    }
    Expect(one, parser, outcome);
  }
}

TEST(ReplyParser, LeavesTheNextReplyInTheBytes) {
  ReplyParser parser;
  const std::string_view next = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n";
  const std::string both = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab" + std::string(next);
  std::string_view bytes = both;
  EXPECT_EQ(parser.Read(bytes), Outcome::kComplete);
  EXPECT_EQ(bytes, next);
  EXPECT_EQ(parser.Read(bytes), Outcome::kComplete);
  EXPECT_EQ(parser.Status(), 503);
}

TEST(ReplyParser, TheEndOfTheConnectionEndsOnlyABodyWithoutLength) {
  ReplyParser open;
  std::string_view bytes = "HTTP/1.1 200 OK\r\n\r\nabc";
  EXPECT_EQ(open.Read(bytes), Outcome::kIncomplete);
  EXPECT_EQ(open.End(), Outcome::kComplete);
  ReplyParser sized;
  bytes = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc";
  EXPECT_EQ(sized.Read(bytes), Outcome::kIncomplete);
  EXPECT_EQ(sized.End(), Outcome::kMalformed);
}

TEST(ReplyParser, EndlessHeadsAreRefused) {
  ReplyParser parser;
  const std::string piece(1'000, 'x');
  Outcome outcome = Outcome::kIncomplete;
  for (int i = 0; i < 70 && outcome == Outcome::kIncomplete; ++i) {
    std::string_view bytes = piece;
    outcome = parser.Read(bytes);
  }
  EXPECT_EQ(outcome, Outcome::kMalformed);
}

}  // namespace
}  // namespace tenon::bench
