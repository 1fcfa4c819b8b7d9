// SPDX-License-Identifier: Apache-2.0
#include "aws/event_stream.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <vector>

#include "aws/failure.hpp"

namespace tenon::aws {
namespace {

std::string Big(std::uint32_t number) {
  return {static_cast<char>(number >> 24), static_cast<char>(number >> 16),
          static_cast<char>(number >> 8), static_cast<char>(number)};
}

std::string Crc(const std::string& bytes) {
  return Big(static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size()))));
}

std::string Frame(const std::string& headers, const std::string& payload) {
  std::string frame = Big(static_cast<std::uint32_t>(16 + headers.size() + payload.size())) +
                      Big(static_cast<std::uint32_t>(headers.size()));
  frame += Crc(frame) + headers + payload;
  return frame + Crc(frame);
}

std::string TextHeader(const std::string& name, const std::string& value) {
  return std::string(1, static_cast<char>(name.size())) + name + '\7' + '\0' +
         static_cast<char>(value.size()) + value;
}

TEST(EventStream, GivesWholeMessagesHoweverTheBytesCome) {
  using namespace std::string_literals;
  // A flag, a number and a time before the text.
  const std::string odd = "\1f\0"s + "\1n\4"s + "\0\0\0\1"s + "\1t\x8"s + std::string(8, '\0');
  const std::string bytes =
      Frame(TextHeader(":event-type", "PayloadPart"), "one") +
      Frame(odd + TextHeader(":event-type", "Other"), std::string("\0\xFF", 2));
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    std::vector<std::pair<std::string, std::string>> seen;
    EventStreamDecoder decoder([&](const StreamMessage& message) {
      seen.emplace_back(message.Header(":event-type"), message.payload);
    });
    for (std::size_t at = 0; at < bytes.size(); at += step) decoder.Feed(bytes.substr(at, step));
    ASSERT_EQ(seen.size(), 2U) << step;
    EXPECT_EQ(seen[0], (std::pair<std::string, std::string>("PayloadPart", "one")));
    EXPECT_EQ(seen[1].second, std::string("\0\xFF", 2));
    EXPECT_TRUE(decoder.IsAtEnd());
  }
}

TEST(EventStream, RefusesEveryFrameThatIsBroken) {
  const std::string good = Frame(TextHeader("a", "b"), "payload");
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x55);
    EventStreamDecoder decoder([](const StreamMessage&) { FAIL(); });
    EXPECT_THROW(decoder.Feed(bad), Failure) << at;
  }
}

TEST(EventStream, RefusesHeadersThatLieAboutTheirLength) {
  using namespace std::string_literals;
  for (const std::string& headers : {"\x20short"s, "\1a\7\xFF\xFFx"s, "\1a\x63"s, "\1a\4\0"s}) {
    EventStreamDecoder decoder([](const StreamMessage&) {});
    EXPECT_THROW(decoder.Feed(Frame(headers, "")), Failure);
  }
}

}  // namespace
}  // namespace tenon::aws
