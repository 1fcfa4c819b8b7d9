// SPDX-License-Identifier: Apache-2.0

// The applications of multi.cpp, in this process, through their drivers.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <tenon/schema/json.hpp>
#include <vector>

#include "held_out.hpp"
#include "in_process.hpp"

namespace example_serving {
namespace {

std::string Body(const std::string& text) { return tenon::schema::WriteJson(Text{text}); }

class Multi : public ::testing::Test {
 protected:
  Multi() {
    ::setenv("MODEL_PATH_A", EXAMPLE_MODEL "/a", 1);
    ::setenv("MODEL_PATH_B", EXAMPLE_MODEL "/b", 1);
    Replicas("1");
  }
  static void Replicas(const char* count) {
    ::setenv("REPLICAS_A", count, 1);
    ::setenv("REPLICAS_B", count, 1);
  }
};

// All held-out texts, `together` of them at the same time.
void ExpectTheTrainersAnswers(std::size_t together) {
  InProcess application("handle");
  const auto& texts = HeldOutTexts();
  ASSERT_GE(texts.size(), 1000U);
  SpanScore score;
  for (std::size_t first = 0; first < texts.size(); first += together) {
    const std::size_t count = std::min(together, texts.size() - first);
    std::vector<std::string> bodies;
    for (std::size_t i = 0; i < count; ++i) bodies.push_back(Body(texts[first + i].text));
    const auto answers = application.Post(std::move(bodies));
    for (std::size_t i = 0; i < count; ++i) {
      const HeldOut& expected = texts[first + i];
      const auto answer = tenon::schema::ReadJson<Letter>(answers[i]).Value();
      EXPECT_EQ(answer.language, expected.answer.language) << expected.text;
      EXPECT_NEAR(answer.score, expected.answer.score, 2e-5) << expected.text;
      EXPECT_EQ(SpansOf(answer.fields), expected.answer.fields) << expected.text;
      if (expected.fields) score.Add(SpansOf(answer.fields), *expected.fields);
    }
  }
  EXPECT_NEAR(score.F1(), 0.993, 0.002);  // As the card says, of 600 letters.
}

TEST_F(Multi, AnswersOneByOneWhatTheTrainerAnswers) { ExpectTheTrainersAnswers(1); }

TEST_F(Multi, AnswersManyAtOnceWhatTheTrainerAnswers) { ExpectTheTrainersAnswers(96); }

TEST_F(Multi, AnswersTheSameWithSeveralReplicas) {
  Replicas("3");
  ExpectTheTrainersAnswers(96);
}

TEST_F(Multi, RefusesANumberOfReplicasOutOfRange) {
  for (const char* count : {"0", "65", "many"}) {
    Replicas(count);
    EXPECT_THROW(InProcess("handle"), tenon::Error) << count;
  }
}

TEST_F(Multi, ReadsPagesEachInItsLanguage) {
  const std::string german =
      "Sehr geehrte Frau Lindner,\nbitte überweisen Sie 120,00 € bis zum 3. Mai 2025.\n";
  const std::string japanese = "お手紙ありがとうございます。anna@post.example までご連絡ください。";
  const std::string text = german + "\f\f" + japanese + "\f \n";
  InProcess application("pages");
  const auto answers = application.Post({Body(text)});
  const auto pages = tenon::schema::ReadJson<Pages>(answers.at(0)).Value().pages;
  ASSERT_EQ(pages.size(), 2U);
  EXPECT_EQ(pages[0].letter.language, "de");
  EXPECT_EQ(pages[1].letter.language, "ja");
  EXPECT_EQ(Characters(text, pages[0].begin, pages[0].end), german);
  EXPECT_EQ(Characters(text, pages[1].begin, pages[1].end), japanese);
  for (const Page& page : pages) {
    EXPECT_FALSE(page.letter.fields.empty());
    for (const Field& field : page.letter.fields) {
      EXPECT_EQ(Characters(text, field.begin, field.end), field.text);
      EXPECT_GE(field.begin, page.begin);
      EXPECT_LE(field.end, page.end);
    }
  }
}

}  // namespace
}  // namespace example_serving
