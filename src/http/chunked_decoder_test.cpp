// SPDX-License-Identifier: Apache-2.0
#include "http/chunked_decoder.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace tenon::http {
namespace {

struct Decoded {
  ParseOutcome outcome = ParseOutcome::kIncomplete;
  std::string body;
  std::size_t consumed = 0;
};

Decoded Decode(std::string_view text, std::size_t split, std::uint64_t limit) {
  ChunkedDecoder decoder(limit);
  GrowingBody body;
  Decoded decoded;
  for (const std::string_view part : {text.substr(0, split), text.substr(split)}) {
    if (decoded.outcome != ParseOutcome::kIncomplete) break;
    const ChunkedDecoder::Step step = decoder.Feed(part, body);
    decoded.outcome = step.outcome;
    decoded.consumed += step.consumed;
  }
  const std::size_t size = body.Size();
  const Block block = body.TakeBlock();
  if (size != 0) decoded.body.assign(block.Data(), size);
  return decoded;
}

TEST(ChunkedDecoder, GivesTheSameWhereverTheBytesAreSplit) {
  using enum ParseOutcome;
  struct Case {
    std::string text;
    ParseOutcome outcome;
    std::string body;
    std::size_t rest = 0;
  };
  const std::string full(64, 'a');
  const std::vector<Case> cases{
      {"0\r\n\r\n", kComplete, ""},
      {"5\r\nhello\r\n0\r\n\r\n", kComplete, "hello"},
      {"5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n", kComplete, "hello world"},
      {"A\r\n0123456789\r\n000\r\n\r\nGET", kComplete, "0123456789", 3},
      {"0000000000000000000001\r\na\r\n0 \t;x\r\n\r\n", kComplete, "a"},
      {"1\r\na\r\n0\r\nTrailer: x\r\nOther: y\r\n\r\n", kComplete, "a"},
      {"5;q=\"a;b\"\r\nhello\r\n0\r\n\r\n", kComplete, "hello"},
      {"40\r\n" + full + "\r\n24\r\n" + full.substr(0, 36) + "\r\n0\r\n\r\n", kComplete,
       full + full.substr(0, 36)},
      {"5\r\nhel", kIncomplete, "hel"},
      {"0\r\nh", kIncomplete, ""},
      {"g\r\n", kMalformed, ""},
      {"-1\r\n", kMalformed, ""},
      {" 5\r\nhello\r\n", kMalformed, ""},
      {"0x5\r\nhello\r\n", kMalformed, ""},
      {"5 x\r\nhello\r\n", kMalformed, ""},
      {"5\nhello\r\n", kMalformed, ""},
      {"5\rhello\r\n", kMalformed, ""},
      // A quoted string ends no later than its line: what looks like its rest is data.
      {"5;a=\"\r\n\"\r\nhello", kMalformed, "\"\r\nhe"},
      {"5;a\x01\r\nhello", kMalformed, ""},
      {"3\r\nhello\r\n0\r\n\r\n", kMalformed, "hel"},
      {"5\r\nhello0\r\n\r\n", kMalformed, "hello"},
      {"0\r\nT: x\n\r\n", kMalformed, ""},
      {"0\r\n\rx", kMalformed, ""},
      {"\r\n\r\n", kMalformed, ""},
      {"", kIncomplete, ""},
      {"65\r\n", kTooLarge, ""},
      {"ffff\r\n", kTooLarge, ""},
      {"11111111111111111\r\n", kTooLarge, ""},
      {"ffffffffffffffff\r\n", kTooLarge, ""},
      {"40\r\n" + full + "\r\n40\r\n", kTooLarge, full},
  };
  for (const Case& c : cases) {
    for (std::size_t split = 0; split <= c.text.size(); ++split) {
      const Decoded decoded = Decode(c.text, split, 100);
      EXPECT_EQ(decoded.outcome, c.outcome) << c.text << " at " << split;
      EXPECT_EQ(decoded.body, c.body) << c.text << " at " << split;
      if (c.outcome == kComplete) {
        EXPECT_EQ(decoded.consumed, c.text.size() - c.rest) << c.text << " at " << split;
      }
    }
  }
}

TEST(ChunkedDecoder, LimitsLinesThatDoNotEnd) {
  const std::string line(ChunkedDecoder::kMaxLineBytes, '0');
  for (const std::string& endless : {line + "0", "5;" + line, "5 ;" + line, "0\r\nT: " + line}) {
    EXPECT_EQ(Decode(endless, 0, 100).outcome, ParseOutcome::kMalformed) << endless.substr(0, 9);
  }
}

TEST(GrowingBody, KeepsRoomBehindIt) {
  GrowingBody body;
  std::string expected;
  for (int i = 0; i < 100; ++i) {
    const std::string piece(static_cast<std::size_t>(i * 7), static_cast<char>('a' + i % 26));
    body.Append(piece);
    expected += piece;
  }
  const std::size_t size = body.Size();
  const Block block = body.TakeBlock();
  EXPECT_EQ(std::string_view(block.Data(), size), expected);
  EXPECT_GE(block.Capacity(), size);
  for (std::size_t i = 0; i < Block::kSpare; ++i) EXPECT_EQ(block.Data()[block.Capacity() + i], 0);
}

}  // namespace
}  // namespace tenon::http
