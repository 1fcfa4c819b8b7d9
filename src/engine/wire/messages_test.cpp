// SPDX-License-Identifier: Apache-2.0
#include "engine/wire/messages.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tenon::engine {
namespace {

std::span<const std::byte> BytesOf(const std::string& text) {
  return std::as_bytes(std::span(text));
}

TEST(CallHead, GivesBackWhatWasWritten) {
  CallHead head{.budget_us = 1'234'567,
                .credit = 8,
                .priority = 5,
                .id = "id-1",
                .custom_attributes = "a=1",
                .session_id = "s",
                .headers = {{"Content-Type", "application/json"}, {"X", ""}}};
  std::string text;
  WriteCallHead(head, text);
  const auto back = ReadCallHead(BytesOf(text));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->budget_us, head.budget_us);
  EXPECT_EQ(back->credit, head.credit);
  EXPECT_EQ(back->priority, head.priority);
  EXPECT_EQ(back->id, head.id);
  EXPECT_EQ(back->custom_attributes, head.custom_attributes);
  EXPECT_EQ(back->session_id, head.session_id);
  ASSERT_EQ(back->headers.size(), 2U);
  EXPECT_EQ(back->headers[0].value, "application/json");
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    const std::string part = text.substr(0, cut);
    EXPECT_FALSE(ReadCallHead(BytesOf(part))) << cut;
  }
  // What a newer peer adds at the end is not looked at.
  text += "more";
  EXPECT_TRUE(ReadCallHead(BytesOf(text)));
}

TEST(WireError, KeepsEverythingAClientMayHear) {
  const Error error = Error(ErrorCode::kOverloaded, "too much")
                          .WithPrivateDetail("queue 7")
                          .WithFaults({{"/a", "wrong"}}, 3)
                          .WithRetryAfter(std::chrono::milliseconds(250));
  const Error back = FromWire(ToWire(error));
  EXPECT_EQ(back.Code(), error.Code());
  EXPECT_EQ(back.Detail(), error.Detail());
  EXPECT_EQ(back.PrivateDetail(), error.PrivateDetail());
  ASSERT_EQ(back.Faults().size(), 1U);
  EXPECT_EQ(back.Faults()[0].pointer, "/a");
  EXPECT_EQ(back.OmittedFaults(), 3U);
  EXPECT_EQ(back.RetryAfter(), error.RetryAfter());
}

TEST(WireError, OfACodeThatIsNotKnownIsInternal) {
  WireError wire;
  wire.code = "invented_later";
  EXPECT_EQ(FromWire(wire).Code(), ErrorCode::kInternal);
}

TEST(Secrets, AreEqualOnlyWhereTheyAre) {
  EXPECT_TRUE(SecretsEqual("abc", "abc"));
  EXPECT_TRUE(SecretsEqual("", ""));
  EXPECT_FALSE(SecretsEqual("abc", "abd"));
  EXPECT_FALSE(SecretsEqual("abc", "ab"));
  EXPECT_FALSE(SecretsEqual("abc", ""));
  EXPECT_FALSE(SecretsEqual("", "abc"));
  EXPECT_FALSE(SecretsEqual("aa", "a"));
}

}  // namespace
}  // namespace tenon::engine
