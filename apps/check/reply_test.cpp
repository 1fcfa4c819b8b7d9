// SPDX-License-Identifier: Apache-2.0
#include "reply.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace tenon::check {
namespace {

using State = ReplyReader::State;

TEST(ReplyReader, TakesARepliesBodyByLengthChunksOrEnd) {
  struct Case {
    std::string text;
    std::string body;
    BodyEnd end;
    bool keeps_open;
  };
  const std::vector<Case> cases = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "hi", BodyEnd::kLength, true},
      {"HTTP/1.1 200 \r\ncontent-length:0\r\n\r\n", "", BodyEnd::kLength, true},
      {"HTTP/1.1 200\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "", BodyEnd::kLength,
       false},
      {"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", "", BodyEnd::kLength, false},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n3;x=y\r\n yo\r\n0\r\nT: "
       "1\r\n\r\n",
       "hi yo", BodyEnd::kChunked, true},
      {"HTTP/1.1 204 No\r\n\r\n", "", BodyEnd::kNone, true},
      {"HTTP/1.1 200 OK\r\n\r\nall of it", "all of it", BodyEnd::kClose, false},
  };
  for (const Case& c : cases) {
    // In one piece, and byte for byte.
    for (const std::size_t step : {c.text.size(), std::size_t{1}}) {
      ReplyReader reader;
      for (std::size_t i = 0; i < c.text.size(); i += step) reader.Feed(c.text.substr(i, step));
      if (c.end == BodyEnd::kClose) {
        EXPECT_EQ(reader.Look(), State::kIncomplete);
        reader.FeedEnd();
      }
      ASSERT_EQ(reader.Look(), State::kWhole) << c.text;
      const Reply reply = reader.Take();
      EXPECT_EQ(reply.body, c.body) << c.text;
      EXPECT_EQ(reply.end, c.end) << c.text;
      EXPECT_EQ(reply.keeps_open, c.keeps_open) << c.text;
    }
  }
}

TEST(ReplyReader, RefusesWhatIsNoReply) {
  const std::vector<std::string> cases = {
      "HTTQ",
      "HTTP/2 200 OK\r\n\r\n",
      "HTTP/1.1 2x0 OK\r\n\r\n",
      "HTTP/1.1 200OK\r\n\r\n",
      "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
      "HTTP/1.1 200 OK\r\nName : x\r\n\r\n",
      "HTTP/1.1 200 OK\r\nA: b\x01\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
  };
  for (const std::string& text : cases) {
    ReplyReader reader;
    reader.Feed(text);
    EXPECT_EQ(reader.Look(), State::kMalformed) << text;
    EXPECT_FALSE(reader.Problem().empty()) << text;
  }
}

TEST(ReplyReader, TellsACutReplyFromAnEndedConnection) {
  ReplyReader nothing;
  nothing.FeedEnd();
  EXPECT_EQ(nothing.Look(), State::kIncomplete);
  for (const char* text : {"HTTP/1.1 2", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n"}) {
    ReplyReader reader;
    reader.Feed(text);
    reader.FeedEnd();
    EXPECT_EQ(reader.Look(), State::kMalformed) << text;
  }
}

TEST(ReplyReader, KeepsPipelinedRepliesApart) {
  ReplyReader reader;
  reader.Feed(
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 404 No\r\nContent-Length: 1\r\n\r\nb");
  ASSERT_EQ(reader.Look(), State::kWhole);
  EXPECT_EQ(reader.Take().body, "a");
  ASSERT_EQ(reader.Look(), State::kWhole);
  const Reply second = reader.Take();
  EXPECT_EQ(second.status, 404);
  EXPECT_EQ(second.body, "b");
}

TEST(ReplyReader, PassesInterimRepliesOver) {
  ReplyReader reader;
  reader.Feed("HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_TRUE(reader.HasInterim());
  EXPECT_EQ(reader.Look(), State::kIncomplete);
  reader.Feed("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  ASSERT_EQ(reader.Look(), State::kWhole);
  EXPECT_EQ(reader.Take().interim, std::vector<int>{100});
}

TEST(ReplyReader, CountsThePiecesInWhichABodyCame) {
  ReplyReader reader;
  reader.Feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  reader.Feed("1\r\na\r\n");
  reader.Feed("1\r\nb\r\n1\r\nc\r\n");
  reader.Feed("0\r\n\r\n");
  EXPECT_EQ(reader.Take().arrivals, 2U);
}

TEST(ReplyReader, KnowsThatHeadHasNoBody) {
  ReplyReader reader;
  reader.SetMethod("HEAD");
  reader.Feed("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
  EXPECT_EQ(reader.Look(), State::kWhole);
}

}  // namespace
}  // namespace tenon::check
