// SPDX-License-Identifier: Apache-2.0
#include "http/stream_format.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace tenon::http {
namespace {

constexpr auto kLines = StreamFormat::kJsonLines;
constexpr auto kEvents = StreamFormat::kServerSentEvents;
constexpr auto kRaw = StreamFormat::kRaw;

TEST(StreamFormat, IsTheOneThatTheClientNames) {
  struct Case {
    std::string_view accept;
    ItemKind items;
    std::optional<StreamFormat> format;
  };
  const std::vector<Case> cases = {
      {"", ItemKind::kDocument, kLines},
      {"*/*", ItemKind::kDocument, kLines},
      {"application/jsonlines", ItemKind::kDocument, kLines},
      {"application/x-ndjson", ItemKind::kDocument, kLines},
      {"application/*", ItemKind::kDocument, kLines},
      {"text/event-stream", ItemKind::kDocument, kEvents},
      {"Text/Event-Stream; charset=utf-8", ItemKind::kDocument, kEvents},
      {"text/event-stream, */*;q=0.1", ItemKind::kDocument, kEvents},
      {"*/*, text/event-stream", ItemKind::kDocument, kEvents},
      {"text/*", ItemKind::kDocument, kEvents},
      {"text/event-stream;q=0, */*", ItemKind::kDocument, kLines},
      {"application/jsonlines;q=0", ItemKind::kDocument, std::nullopt},
      {"text/plain", ItemKind::kDocument, std::nullopt},
      {"text/plain", ItemKind::kText, kRaw},
      {"application/octet-stream", ItemKind::kText, kRaw},
      {"image/png", ItemKind::kText, std::nullopt},
  };
  for (const Case& c : cases)
    EXPECT_EQ(ChooseStreamFormat(c.accept, c.items), c.format) << c.accept;
}

TEST(StreamFormat, FramesItems) {
  struct Case {
    StreamFormat format;
    std::string_view text;
    std::string_view framed;
  };
  const std::vector<Case> cases = {
      {kLines, R"({"a":1})", "{\"a\":1}\n"},
      {kRaw, "ab", "ab"},
      {kEvents, R"({"a":1})", "data: {\"a\":1}\n\n"},
      {kEvents, "one\ntwo\r\nthree\rfour", "data: one\ndata: two\ndata: three\ndata: four\n\n"},
      {kEvents, "", "data: \n\n"},
      {kEvents, "end\n", "data: end\ndata: \n\n"},
  };
  for (const Case& c : cases) {
    std::string out;
    AppendItem(c.format, c.text, out);
    EXPECT_EQ(out, c.framed);
  }
}

TEST(StreamFormat, SaysWhyAStreamBreaks) {
  const Error error(ErrorCode::kDeadlineExceeded, "Too late.");
  EXPECT_EQ(FailureItem(kRaw, error, "id"), "");
  EXPECT_EQ(FailureItem(kLines, error, "id").rfind("{\"error\":{\"title\":", 0), 0U);
  EXPECT_TRUE(FailureItem(kLines, error, "id").ends_with("}}\n"));
  const std::string event = FailureItem(kEvents, error, "id");
  EXPECT_EQ(event.rfind("event: error\ndata: {\"title\":", 0), 0U);
  EXPECT_NE(event.find("\"request_id\":\"id\""), std::string::npos);
  EXPECT_TRUE(event.ends_with("}\n\n"));
}

}  // namespace
}  // namespace tenon::http
