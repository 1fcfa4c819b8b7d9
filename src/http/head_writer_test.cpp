// SPDX-License-Identifier: Apache-2.0
#include "http/head_writer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tenon::http {
namespace {

std::string Head(const Response& response, const HeadFacts& facts) {
  std::string head;
  AppendHead(response, facts, head);
  return head;
}

TEST(HeadWriter, WritesNoMoreThanIsNeeded) {
  Response response;
  EXPECT_EQ(Head(response, {.length = 17}),
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n");
  EXPECT_EQ(Head(response, {}), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(Head(response, {.framing = Framing::kChunked, .persistence = Persistence::kClose}),
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
            "Connection: close\r\n\r\n");
  EXPECT_EQ(Head(response, {.framing = Framing::kToClose}),
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n");
  response.SetStatus(204);
  EXPECT_EQ(Head(response, {.persistence = Persistence::kKeepSaying}),
            "HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n");
  response.SetStatus(299);
  EXPECT_EQ(Head(response, {.server_timing = "total;dur=1"}),
            "HTTP/1.1 299 \r\nContent-Length: 0\r\nServer-Timing: total;dur=1\r\n\r\n");
}

TEST(HeadWriter, DropsHeadersThatCouldSplitAReply) {
  Response response;
  response.AddHeader("X-Good", "a\tb\xC3\xA4");
  response.AddHeader("X-Bad", "a\r\nSet-Cookie: b");
  response.AddHeader("X-Bad", std::string("a\0b", 3));
  response.AddHeader("X Bad", "a");
  response.AddHeader("", "a");
  response.AddHeader("X:Bad", "a");
  response.AddHeader("content-length", "5");
  response.AddHeader("Transfer-Encoding", "chunked");
  response.AddHeader("Connection", "close");
  EXPECT_EQ(Head(response, {}),
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Good: a\tb\xC3\xA4\r\n\r\n");
}

TEST(HeadWriter, FramesChunks) {
  std::string out;
  AppendChunk("hello", out);
  AppendChunk("", out);
  AppendChunk(std::string(26, 'a'), out);
  out += kLastChunk;
  EXPECT_EQ(out, "5\r\nhello\r\n1a\r\n" + std::string(26, 'a') + "\r\n0\r\n\r\n");
}

}  // namespace
}  // namespace tenon::http
