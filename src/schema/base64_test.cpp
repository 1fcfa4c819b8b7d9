// SPDX-License-Identifier: Apache-2.0
#include "schema/base64.hpp"

#include <string>

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
