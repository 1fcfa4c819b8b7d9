// SPDX-License-Identifier: Apache-2.0
#include "case.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "behaviours/behaviours.hpp"
#include "judge.hpp"
#include "placeholders.hpp"
#include "request_text.hpp"

namespace tenon::check {
namespace {

TEST(Cases, AreAtLeastSixtyAndWellFormed) {
  const auto cases = ReadCases();
  ASSERT_TRUE(cases) << cases.Error().what();
  EXPECT_GE(cases->size(), 60U);
  for (const Case& one : *cases) {
    EXPECT_FALSE(one.why.empty()) << one.id;
    EXPECT_FALSE(one.source.empty()) << one.id;
    if (one.behaviour) EXPECT_NE(FindBehaviour(*one.behaviour), nullptr) << one.id;
    bool expects = one.behaviour.has_value();
    for (const Step& step : one.steps) expects |= !step.expect.empty() || step.expect_hex;
    EXPECT_TRUE(expects) << one.id << " can never fail";
  }
}

TEST(Cases, AreRefusedWithTheirFileAndFault) {
  const std::map<std::string, std::string> cases = {
      {"{", "x.json"},
      {R"({"id":"x"})", "/title"},
      {R"({"id":"y","title":"t","level":"must","section":"1","why":"w","source":"s",)"
       R"("behaviour":"b"})",
       "name the file after it"},
      {R"({"id":"x","title":"t","level":"must","section":"1","why":"w","source":"s"})",
       "either steps or a behaviour"},
      {R"({"id":"x","title":"t","level":"always","section":"1","why":"w","source":"s"})", "/level"},
      {R"({"id":"x","title":"t","level":"must","section":"1","why":"w","source":"s","step":[]})",
       "/step"},
  };
  for (const auto& [text, named] : cases) {
    const auto read = ReadCase({.file = "x.json", .text = text});
    ASSERT_FALSE(read) << text;
    EXPECT_NE(read.Error().Detail().find(named), std::string::npos) << read.Error().Detail();
  }
}

TEST(Placeholders, AreReplacedOnce) {
  const Values values = {{"a", "1"}, {"b", "${a}"}};
  EXPECT_EQ(*Expand("x${a}y${a}", values), "x1y1");
  EXPECT_EQ(*Expand("${b}", values), "${a}");
  EXPECT_EQ(*Expand("${repeat 3 ab}", values), "ababab");
  EXPECT_EQ(*Expand("$a {} ${", values), "$a {} ${");
  EXPECT_FALSE(Expand("${c}", values));
  EXPECT_FALSE(Expand("${repeat x y}", values));
}

TEST(Placeholders, ReadHexadecimal) {
  EXPECT_EQ(*FromHex("89 80"), "\x89\x80");
  EXPECT_EQ(*FromHex(""), "");
  EXPECT_FALSE(FromHex("8"));
  EXPECT_FALSE(FromHex("zz"));
}

TEST(Requests, AreWrittenAsTheCaseSays) {
  const Values values = {
      {"host", "h"}, {"accept", "*/*"}, {"content_type", "application/json"}, {"p", "{}"}};
  RequestStep step;
  step.body = "${p}";
  EXPECT_EQ(*WriteRequest(step, values),
            "POST /invocations HTTP/1.1\r\nHost: h\r\nAccept: */*\r\n"
            "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
  step.framing = Framing::chunked;
  step.chunk_bytes = 1;
  step.content_type = "";
  step.accept = "";
  EXPECT_EQ(*WriteRequest(step, values),
            "POST /invocations HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
            "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n");
  RequestStep get;
  get.method = "GET";
  get.copies = 2;
  get.accept = "";
  EXPECT_EQ(
      *WriteRequest(get, values),
      "GET /invocations HTTP/1.1\r\nHost: h\r\n\r\nGET /invocations HTTP/1.1\r\nHost: h\r\n\r\n");
}

Received Answer(int status, std::string body) {
  Received received{.ending = Ending::kReply, .reply = {}, .problem = {}};
  received.reply.status = status;
  received.reply.body = std::move(body);
  received.reply.headers = {{"Content-Type", "application/json"}, {"X-Id", "abc; Expires=1"}};
  return received;
}

TEST(Judgement, IsTheFirstFaultUnlessOneExpectationHolds) {
  struct Row {
    Expectation expected;
    bool holds;
  };
  const std::vector<Row> rows = {
      {{.status = {"200"}}, true},
      {{.status = {"2xx"}}, true},
      {{.status = {"4xx", "500"}}, false},
      {{.status_not = {"2xx"}}, false},
      {{.headers = {{.name = "content-type", .contains = "json"}}}, true},
      {{.headers = {{.name = "Content-Type", .contains = "html"}}}, false},
      {{.headers = {{.name = "X-None"}}}, false},
      {{.headers = {{.name = "X-None", .present = false}}}, true},
      {{.headers = {{.name = "X-Id", .matches = "[a-z]+; Expires=\\d"}}}, true},
      {{.headers = {{.name = "X-Id", .matches = "[a-z]+"}}}, false},
      {{.body_contains = "\"a\""}, true},
      {{.body_lacks = "\"a\""}, false},
      {{.body_matches = "\"a\": ?1"}, true},
      {{.json = true}, true},
      {{.chunked = true}, false},
      {{.max_body_bytes = 3}, false},
      {{.min_arrivals = 2}, false},
      {{.closed = true}, false},
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Values values;
    const Expectation any_of[] = {rows[i].expected};
    EXPECT_EQ(!Judge(Answer(200, R"({"a":1})"), any_of, nullptr, values).has_value(), rows[i].holds)
        << "row " << i;
  }
  Values values;
  const Expectation either[] = {{.status = {"404"}}, {.status = {"200"}}};
  EXPECT_FALSE(Judge(Answer(200, ""), either, nullptr, values));
  EXPECT_EQ(*Judge(Answer(500, ""), either, nullptr, values), "status 500, expected 404");
}

TEST(Judgement, ComparesWithThePlainInvocation) {
  const Expectation expected[] = {{.as_reference = true}};
  Values values;
  const Reference steady{.status = 200, .body = "a", .same_every_time = true};
  const Reference changing{.status = 200, .body = "a", .same_every_time = false};
  EXPECT_FALSE(Judge(Answer(200, "a"), expected, &steady, values));
  EXPECT_TRUE(Judge(Answer(200, "b"), expected, &steady, values));
  EXPECT_FALSE(Judge(Answer(200, "b"), expected, &changing, values));
  EXPECT_TRUE(Judge(Answer(400, "a"), expected, &steady, values));
  EXPECT_TRUE(Judge(Answer(200, "a"), expected, nullptr, values));
}

TEST(Judgement, KeepsWhatAHeaderIsCapturedFor) {
  const Expectation expected[] = {
      {.headers = {{.name = "X-Id", .matches = "([a-z]+); .*", .capture = "id"}}}};
  Values values;
  EXPECT_FALSE(Judge(Answer(200, ""), expected, nullptr, values));
  EXPECT_EQ(values["id"], "abc");
}

}  // namespace
}  // namespace tenon::check
