// SPDX-License-Identifier: Apache-2.0
#include "schema/base64.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "schema/read_for_test.hpp"
#include "tenon/schema/bytes.hpp"

namespace tenon::schema {
namespace {

TEST(Base64, IsThatOfTheRfc) {
  const struct {
    const char* bytes;
    const char* text;
  } cases[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(WriteJson(Bytes::Copy(std::string_view(row.bytes))),
              "\"" + std::string(row.text) + "\"");
    EXPECT_EQ(MustRead<Bytes>("\"" + std::string(row.text) + "\"").View(), row.bytes);
  }
}

TEST(Base64, GivesBackAllBytes) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  for (std::size_t size = 0; size <= 256; ++size) {
    const Bytes copy = Bytes::Copy(std::string_view(bytes).substr(0, size));
    ASSERT_EQ(MustRead<Bytes>(WriteJson(copy)), copy) << size;
  }
}

// Long enough for whole blocks, at every place of a block.
TEST(Base64, RefusesEveryByteThatIsNoneOfTheAlphabetAnywhere) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes(3 * 200, '\0');
  const std::string good(4 * 200, 'a');
  for (std::size_t place = 0; place + 4 < 100; ++place) {
    for (int value = 0; value < 256; ++value) {
      std::string text = good;
      text[place] = static_cast<char>(value);
      const bool is_one = kAlphabet.find(text[place]) != std::string_view::npos;
      ASSERT_EQ(DecodeBase64(text, reinterpret_cast<std::byte*>(bytes.data())), is_one)
          << place << ' ' << value;
    }
  }
}

TEST(Base64, GivesBackLongBytes) {
  std::string bytes;
  std::uint32_t state = 1;
  for (int i = 0; i < 5000; ++i) {
    state = state * 1664525 + 1013904223;
    bytes += static_cast<char>(state >> 24U);
  }
  for (std::size_t size = 4900; size <= bytes.size(); ++size) {
    const std::string_view part = std::string_view(bytes).substr(0, size);
    std::string text;
    EncodeBase64(std::as_bytes(std::span(part)), text);
    // What three bytes become does not depend on their neighbours.
    for (std::size_t i = 0; i + 3 <= size; i += 3) {
      std::string group;
      EncodeBase64(std::as_bytes(std::span(part.substr(i, 3))), group);
      ASSERT_EQ(text.substr(i / 3 * 4, 4), group) << size << ' ' << i;
    }
    std::string back(size, '\0');
    ASSERT_TRUE(DecodeBase64(text, reinterpret_cast<std::byte*>(back.data())));
    ASSERT_EQ(back, part);
  }
}

TEST(Base64, MayHaveItsSlashEscaped) {
  EXPECT_EQ(MustRead<Bytes>(R"("\/\u002f8=")").View(), "\xff\xff");
}

TEST(Base64, RefusesWhatIsNotCanonical) {
  for (const char* text : {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm 9", "Zm9v\\n",
                           "Z=g=", "====", "=", "Zg==Zg==", "Zm9-", "Zm9_", "Zm9v=", "éé"}) {
    EXPECT_NE(Verdict<Bytes>("\"" + std::string(text) + "\""), "") << text;
  }
}

}  // namespace
}  // namespace tenon::schema
