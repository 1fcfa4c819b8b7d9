// SPDX-License-Identifier: Apache-2.0
// What is JSON and what is not, and what the writer makes of text.
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "schema/read_for_test.hpp"
#include "tenon/schema/json.hpp"

namespace tenon::schema {
namespace {

using namespace std::string_literals;

struct Text {
  std::string text;
};

TEST(JsonText, TakesEveryEscape) {
  const struct {
    std::string json;
    std::string text;
  } cases[] = {
      {R"("\"\\\/\b\f\n\r\t")", "\"\\/\b\f\n\r\t"},
      {R"("\u0000")", "\0"s},
      {R"("\u00e9\u20AC\ud83d\ude00")", "é€😀"},
      {R"("é€😀")", "é€😀"},
      {R"("\\u0041")", "\\u0041"},
      {R"("\\\"")", "\\\""},
      {R"("")", ""},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(MustRead<std::string>(row.json), row.text) << row.json;
    EXPECT_EQ(MustRead<std::string>(WriteJson(row.text)), row.text) << row.json;
    EXPECT_EQ(MustRead<std::vector<std::string>>("[" + row.json + ",\"x\"]"),
              (std::vector<std::string>{row.text, "x"}));
  }
}

TEST(JsonText, ReadsEscapesInKeys) { EXPECT_EQ(MustRead<Text>(R"({"\u0074ext":"x"})").text, "x"); }

TEST(JsonText, RefusesWhatIsNotJson) {
  const std::string cases[] = {
      "",
      " \n",
      "{",
      "[",
      "}",
      "]",
      ",",
      ":",
      "[1,]",
      "[,1]",
      "[1 2]",
      "[1}",
      "{]",
      R"({"a"})",
      R"({"a":})",
      R"({"a" 1})",
      R"({"a":1,})",
      R"({,"a":1})",
      R"({a:1})",
      R"({'a':1})",
      R"({1:1})",
      R"({"a":1 "b":2})",
      R"({"a":1}})",
      R"({"a":1} x)",
      R"({} {})",
      "{}\0"s,
      "{}\f",
      "\v{}",
      "nul",
      "nulll",
      "True",
      "tru e",
      "\"",
      "\"abc",
      R"("\")",
      R"("\x")",
      R"("\u12")",
      R"("\u12g4")",
      R"("\ud800")",
      R"("\ud800\n")",
      R"("\ud800\u0041")",
      R"("\udc00")",
      R"("\ud83d\ud83d")",
      "\"\t\"",
      "\"a\nb\"",
      "\"\0\""s,
      "\"\xff\"",
      "\"\xc0\x80\"",
      "\"\xed\xa0\x80\"",
      "\"\xf4\x90\x80\x80\"",
      "\"\xe2\x82\"",
      "\xef\xbb\xbf{}",
      "// comment\n{}",
      R"("a" "b")",
      R"("a"b)",
      R"(1"a")",
  };
  for (const std::string& json : cases) {
    EXPECT_EQ(Verdict<RawJson>(json), "malformed") << json;
    EXPECT_EQ(Verdict<Text>(json), "malformed") << json;
    // In a part that is skipped, and after the document.
    const std::string skipped = R"({"text":"x","skipped":[)" + json + R"(]})";
    if (json.find_first_not_of(" \n") != std::string::npos && json != "{}\f") {
      EXPECT_EQ(Verdict<Text>(skipped), "malformed") << skipped;
    }
    if (json.find_first_not_of(" \n") != std::string::npos) {
      EXPECT_EQ(Verdict<Text>(R"({"text":"x"})" + json), "malformed") << json;
    }
  }
}

TEST(JsonText, SaysWhereItIsNotJson) {
  const struct {
    std::string json;
    std::string_view detail;
  } cases[] = {
      {"", "Not JSON at line 1, column 1 (byte 0): expected a value, found nothing."},
      {"{\"text\":\"é\"\n  x}",
       "Not JSON at line 2, column 3 (byte 15): expected ',' or '}', found 'x'."},
      {"{\"é\":\"é\" x}",
       "Not JSON at line 1, column 10 (byte 11): expected ',' or '}', found 'x'."},
      {"{\"text\":\"x\"",
       "Not JSON at line 1, column 12 (byte 11): expected ',' or '}', found the "
       "end."},
      {"{\"text\":\"x",
       "Not JSON at line 1, column 9 (byte 8): the string that begins here does "
       "not end."},
      {"\n\n{\"text\":\"\x01\"}",
       "Not JSON at line 3, column 10 (byte 11): a control character in "
       "a string must be escaped."},
      {"{\"text\":\"ab\xff\"}", "Not JSON at line 1, column 12 (byte 11): the text is not UTF-8."},
      {"{\"text\":\"ab\\x\"}",
       "Not JSON at line 1, column 12 (byte 11): this is no escape of JSON, "
       "or half a surrogate pair."},
      {"[\n]\n\x01",
       "Not JSON at line 3, column 1 (byte 4): expected the end of the document, "
       "found '?'."},
  };
  for (const auto& row : cases) {
    const auto read = row.json.starts_with('[') ? ReadJson<std::vector<int>>(row.json).Error()
                                                : ReadJson<Text>(row.json).Error();
    EXPECT_EQ(read.Detail(), row.detail);
    EXPECT_TRUE(read.Faults().empty());
  }
}

std::string Nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(JsonText, NestsAsDeepAsAllowedAndNoDeeper) {
  struct Tree {
    std::vector<Tree> children;
  };
  EXPECT_EQ(Verdict<RawJson>(Nested(256)), "");
  EXPECT_EQ(Verdict<RawJson>(Nested(257)), "malformed");
  EXPECT_EQ(Verdict<RawJson>(std::string(10'000'000, '[')), "malformed");
  EXPECT_EQ(Verdict<Tensor<float>>(Nested(256)), "");
  EXPECT_EQ(Verdict<Tensor<float>>(Nested(257)), "malformed");
  std::string tree = "{\"children\":[]}";
  for (int i = 1; i < 128; ++i) tree = "{\"children\":[" + tree + "]}";
  EXPECT_EQ(Verdict<Tree>(tree), "");
  EXPECT_EQ(Verdict<Tree>("{\"children\":[" + tree + "]}"), "malformed");
}

TEST(JsonText, IsReadUpToItsSizeAndNoFurther) {
  // In memory of its own, so that a sanitizer notices one byte more.
  for (const std::string& json :
       {R"({"text":"abc"})"s, R"({"text":"a\u00e9"})"s, R"({"text":"abc)"s, R"({"text":"a\)"s,
        "[1"s, "12"s, "1."s, "-"s, "1e"s, "\"\xe2\x82"s, "tru"s, R"("\ud83d\u)"s}) {
    const auto copy = std::make_unique<char[]>(json.size());
    std::copy(json.begin(), json.end(), copy.get());
    RawJson value;
    const JsonText text{.data = copy.get(), .size = json.size(), .capacity = json.size()};
    const bool is_read = ReadJson(TypeOf<RawJson>(), &value, text).Ok();
    EXPECT_EQ(is_read, json.ends_with('}') || json == "12") << json;
    double number = 0;
    EXPECT_EQ(ReadJson(TypeOf<double>(), &number, text).Ok(), json == "12") << json;
  }
}

TEST(JsonText, IsEscapedWhenWritten) {
  EXPECT_EQ(WriteJson("\b\f\n\r\t\"\\/\x1f\x7f\0é😀"s + '\0'),
            "\"\\b\\f\\n\\r\\t\\\"\\\\/\\u001f\x7f\\u0000é😀\\u0000\"");
}

TEST(JsonText, IsEscapedAtEveryPlaceOfALongString) {
  for (std::size_t i = 0; i < 40; ++i) {
    for (const char c : {'"', '\\', '\n', '\x01'}) {
      std::string text(40, 'x');
      text[i] = c;
      ASSERT_EQ(MustRead<std::string>(WriteJson(text)), text) << i;
    }
  }
}

TEST(JsonText, BecomesUtf8WhenWritten) {
  EXPECT_EQ(WriteJson("a\xff\xfe z"s), "\"a\uFFFD\uFFFD z\"");
  EXPECT_EQ(WriteJson("\xe2\x82"s), "\"\uFFFD\uFFFD\"");
  EXPECT_EQ(WriteJson("\xed\xa0\x80"s), "\"\uFFFD\uFFFD\uFFFD\"");
  for (int lead = 0x80; lead < 0x100; ++lead) {
    for (int next = 0; next < 0x100; ++next) {
      std::string text = "ab";
      text += static_cast<char>(lead);
      text += static_cast<char>(next);
      text += "\x80\x80 the rest";
      ASSERT_EQ(Verdict<std::string>(WriteJson(text)), "") << lead << " " << next;
    }
  }
}

TEST(JsonText, IsReadOnManyThreadsAtOnce) {
  std::vector<std::thread> threads;
  std::string large = "[" + std::string(600'000, ' ') + "1]";
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&large] {
      for (int round = 0; round < 20; ++round) {
        EXPECT_EQ(Again<Text>(R"({"text":"abc"})"), R"({"text":"abc"})");
        EXPECT_EQ(MustRead<std::vector<int>>(large).size(), 1U);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace tenon::schema
