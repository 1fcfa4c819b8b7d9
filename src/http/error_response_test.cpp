// SPDX-License-Identifier: Apache-2.0
#include "tenon/http/error_response.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tenon::http {
namespace {

constexpr std::string_view kId = "0000000000abcdef0000000000000001";

std::string Written(const Error& error, std::string_view id = kId) {
  Response response;
  WriteError(error, id, response);
  return std::string(response.Payload());
}

// Enough of a JSON reader to tell whether brackets, strings and escapes are in order.
bool IsJson(std::string_view text) {
  std::string open;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      for (++i; i < text.size() && text[i] != '"'; ++i) {
        if (static_cast<unsigned char>(text[i]) < 0x20) return false;
        if (text[i] == '\\') ++i;
      }
      if (i >= text.size()) return false;
    } else if (c == '{' || c == '[') {
      open.push_back(c == '{' ? '}' : ']');
    } else if (c == '}' || c == ']') {
      if (open.empty() || open.back() != c) return false;
      open.pop_back();
    } else if (std::string_view(":,0123456789").find(c) == std::string_view::npos) {
      return false;
    }
  }
  return open.empty();
}

std::size_t Count(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

TEST(ErrorResponse, IsProblemDetails) {
  Response response;
  response.SetStatus(200);
  response.AddHeader("X-Left", "over");
  response.Body() += "half an answer";
  WriteError(Error(ErrorCode::kOverloaded, "The queue is full.")
                 .WithRetryAfter(std::chrono::milliseconds(1200)),
             kId, response);
  EXPECT_EQ(response.Status(), 429);
  EXPECT_EQ(response.ContentType(), "application/problem+json");
  EXPECT_EQ(
      response.Payload(),
      R"({"title":"Overloaded","status":429,"code":"overloaded","detail":"The queue is full.",)"
      R"("request_id":"0000000000abcdef0000000000000001","retry_after_ms":1200})");
  ASSERT_EQ(response.Headers().size(), 1U);
  EXPECT_EQ(response.Headers()[0].first, "Retry-After");
  EXPECT_EQ(response.Headers()[0].second, "2");
}

TEST(ErrorResponse, ShowsFaultsAndNeverThePrivateDetail) {
  const std::string body = Written(Error(ErrorCode::kInvalid, "The values do not fit.")
                                       .WithFaults({{"/a", "is missing"}, {"", "is \"odd\""}}, 0)
                                       .WithPrivateDetail("/secret/path"));
  EXPECT_NE(body.find(R"("errors":[{"pointer":"/a","detail":"is missing"},)"
                      R"({"pointer":"","detail":"is \"odd\""}]})"),
            std::string::npos)
      << body;
  EXPECT_EQ(body.find("secret"), std::string::npos);
  EXPECT_EQ(body.find("omitted"), std::string::npos);
}

TEST(ErrorResponse, FitsWithAThousandFaultsAndCountsTheRest) {
  std::vector<Fault> faults;
  for (int i = 0; i < 1000; ++i) {
    faults.push_back({"/items/" + std::to_string(i), "is not a number"});
  }
  for (const std::size_t carried : {std::size_t{20}, std::size_t{1000}}) {
    const std::string body = Written(
        Error(ErrorCode::kInvalid, "1,000 values do not fit.")
            .WithFaults({faults.begin(), faults.begin() + static_cast<std::ptrdiff_t>(carried)},
                        1000 - carried));
    EXPECT_LE(body.size(), kMaxErrorBodyBytes);
    EXPECT_TRUE(IsJson(body)) << body;
    const std::size_t shown = Count(body, "{\"pointer\"");
    EXPECT_GE(shown, 20U);
    EXPECT_NE(body.find("\"omitted\":" + std::to_string(1000 - shown) + "}"), std::string::npos)
        << body;
  }
}

TEST(ErrorResponse, StaysJsonWhateverTheTextsAre) {
  const std::vector<std::string> texts{
      "",
      std::string(10'000, 'a'),
      std::string(10'000, '"'),
      std::string(10'000, '\x01'),
      std::string(10'000, '\xff'),
      [] {
        std::string text;
        for (int i = 0; i < 3'000; ++i) text += "\xF0\x9F\x98\x80";
        return text;
      }(),
      "a" + std::string(1'190, 'b') + "\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC",
  };
  for (const std::string& text : texts) {
    for (const std::string& id : {std::string(kId), text}) {
      const std::string body =
          Written(Error(ErrorCode::kInvalid, text).WithFaults({{text, text}, {"/a", "b"}}, 7), id);
      EXPECT_LE(body.size(), kMaxErrorBodyBytes);
      EXPECT_TRUE(IsJson(body)) << body;
      EXPECT_NE(body.find("\"request_id\""), std::string::npos);
      EXPECT_NE(body.find("\"omitted\""), std::string::npos);
    }
  }
}

TEST(ErrorResponse, CutsALongDetailBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 1'000; ++i) text += "\xE2\x82\xAC";  // The euro sign, three bytes.
  const std::string body = Written(Error(ErrorCode::kInternal, text));
  const std::size_t begin = body.find("\"detail\":\"") + 10;
  const std::size_t end = body.find("...\"", begin);
  ASSERT_NE(end, std::string::npos);
  EXPECT_EQ((end - begin) % 3, 0U);
  EXPECT_GT(end - begin, 1'000U);
  EXPECT_EQ(body.find("\xEF\xBF\xBD"), std::string::npos) << "a cut character was replaced";
}

}  // namespace
}  // namespace tenon::http
