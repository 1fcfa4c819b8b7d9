// SPDX-License-Identifier: Apache-2.0

// The deployment alone, without a server: an object, and coroutines run to their end.

#include "deployment.hpp"

#include <gtest/gtest.h>

#include <string>
#include <tenon/testing/run_task.hpp>

#include "held_out.hpp"

namespace example_serving {
namespace {

using tenon::testing::RunTask;

const TextClassifier& Classifier() {
  static const TextClassifier classifier(EXAMPLE_MODEL "/a");
  return classifier;
}

TEST(TextClassifier, NamesTheLanguage) {
  struct {
    const char* text;
    const char* language;
  } const cases[] = {
      {"Thank you for your letter of last week.", "en"},
      {"Vielen Dank für Ihren Brief von letzter Woche.", "de"},
      {"Merci pour votre lettre de la semaine dernière.", "fr"},
      {"Большое спасибо за ваше письмо, мы ответим на него завтра.", "ru"},
      {"お手紙ありがとうございます。", "ja"},
  };
  for (const auto& [text, language] : cases) {
    const auto answer = RunTask(Classifier().Infer({.text = text})).Value();
    EXPECT_EQ(answer.language, language) << text;
    EXPECT_GT(answer.score, 0.5F) << text;
    EXPECT_LE(answer.score, 1.0F) << text;
  }
}

TEST(TextClassifier, SaysThatATextWithoutLettersHasNone) {
  for (const char* text : {"", " ", "12 345 – 6", "…", "👍👍"}) {
    EXPECT_EQ(RunTask(Classifier().Infer({.text = text})).Value().language, "und") << text;
  }
}

TEST(TextClassifier, AnswersALongTextAsItsBeginning) {
  const std::string begin = "Der Vertrag endet am Ende des Jahres, wenn ihn niemand verlängert. ";
  std::string text = begin;
  while (text.size() < 40'000) text += begin;
  tenon::ComputePool pool(2);
  EXPECT_EQ(RunTask(Classifier().Infer({.text = text}), &pool).Value().language, "de");
}

TEST(TextClassifier, AnswersWhatTheTrainerAnswers) {
  ASSERT_GE(HeldOutTexts().size(), 1000U);
  for (const HeldOut& expected : HeldOutTexts()) {
    const auto answer = RunTask(Classifier().Infer({.text = expected.text})).Value();
    EXPECT_EQ(answer.language, expected.answer.language) << expected.text;
    EXPECT_NEAR(answer.score, expected.answer.score, 2e-5) << expected.text;
  }
}

TEST(TextClassifier, SaysAtTheStartThatThereIsNoModel) {
  try {
    TextClassifier(EXAMPLE_TEST_DATA);
    FAIL() << "loaded a folder without a model";
  } catch (const tenon::Error& error) {
    EXPECT_NE(std::string(error.what()).find(EXAMPLE_TEST_DATA), std::string::npos) << error.what();
  }
}

TEST(Clean, KeepsSmallLettersAndSingleSpaces) {
  struct {
    const char* text;
    const char* clean;
  } const cases[] = {
      {"", ""},
      {"  A\t1\n b ", "a b"},
      {"ÄÖÜ ŽLUŤ ΑΒΓ ДЖЁ İ", "äöü žluť αβγ джё i"},
      {"25 m² – 3,5", "m² – ,"},
      {"東京 12月", "東京 月"},
  };
  for (const auto& [text, clean] : cases) EXPECT_EQ(Clean(text), clean);
}

TEST(Clean, TakesBytesThatAreNotText) {
  EXPECT_EQ(Clean("a\xFF"
                  "b\xE2\x82"),
            "a\uFFFDb\uFFFD\uFFFD");
}

TEST(Clean, StopsAfterFourHundredCharacters) {
  std::string long_text;
  std::string expected;
  for (int i = 0; i < 500; ++i) long_text += "я";
  for (int i = 0; i < 400; ++i) expected += "я";
  EXPECT_EQ(Clean(long_text), expected);
}

}  // namespace
}  // namespace example_serving
