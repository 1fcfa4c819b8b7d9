// SPDX-License-Identifier: Apache-2.0

// The second component alone, without a server.

#include "extraction.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include <tenon/testing/run_task.hpp>

#include "held_out.hpp"

namespace example_serving {
namespace {

const FieldExtractor& Extractor() {
  static const FieldExtractor extractor(EXAMPLE_MODEL "/b");
  return extractor;
}

std::vector<Field> Extract(std::string text, std::optional<std::string> language = {}) {
  return tenon::testing::RunTask(
             Extractor().Infer({.text = std::move(text), .language = std::move(language)}))
      .Value()
      .fields;
}

std::string Of(const std::vector<Field>& fields, std::string_view kind) {
  const auto found = std::ranges::find(fields, kind, &Field::kind);
  return found == fields.end() ? "" : found->text;
}

TEST(FieldExtractor, FindsTheFieldsOfALetter) {
  const auto fields = Extract(
      "Dear Ms Whitfield,\n\nplease pay $1,250.00 for invoice INV-2024-0031 before 3 March 2025. "
      "You can reach us at billing@northwind.example.\n\nKind regards,\nPeter Hollis\n");
  EXPECT_EQ(Of(fields, "amount"), "$1,250.00");
  EXPECT_EQ(Of(fields, "invoice"), "INV-2024-0031");
  EXPECT_EQ(Of(fields, "date"), "3 March 2025");
  EXPECT_EQ(Of(fields, "email"), "billing@northwind.example");
  EXPECT_EQ(Of(fields, "name"), "Whitfield");
}

TEST(FieldExtractor, CountsCharactersInEveryScript) {
  // What stands before the address moves it by characters, whatever their bytes.
  const char* const before[] = {"",        "abc ",    "äöü ",  "Ελλάδα ", "Привет ", "你好 ",
                                "日本語 ", "한국어 ", "שלום ", "مرحبا ",  "नमस्ते ",   "👍🏽🇩🇪 "};
  const std::int64_t lengths[] = {0, 4, 4, 7, 7, 3, 4, 4, 5, 6, 7, 5};
  for (std::size_t i = 0; i < std::size(before); ++i) {
    const auto fields = Extract(std::string(before[i]) + "anna.berg@mail.example");
    const auto found = std::ranges::find(fields, "email", &Field::kind);
    ASSERT_NE(found, fields.end()) << before[i];
    EXPECT_EQ(found->begin, lengths[i]) << before[i];
    EXPECT_EQ(found->end, lengths[i] + 22) << before[i];
    EXPECT_EQ(found->text, "anna.berg@mail.example");
  }
}

TEST(FieldExtractor, GivesTheTextThatStandsAtTheOffsets) {
  std::size_t fields = 0;
  for (const HeldOut& expected : HeldOutTexts()) {
    for (const Field& field : Extract(expected.text)) {
      EXPECT_EQ(field.text, Characters(expected.text, field.begin, field.end)) << expected.text;
      ++fields;
    }
  }
  EXPECT_GT(fields, 1000U);
}

TEST(FieldExtractor, AnswersWhatTheTrainerAnswers) {
  ASSERT_GE(HeldOutTexts().size(), 1000U);
  for (const HeldOut& expected : HeldOutTexts()) {
    EXPECT_EQ(SpansOf(Extract(expected.text)), expected.answer.fields) << expected.text;
  }
}

TEST(FieldExtractor, TakesLessInALanguageThatItWasNotTrainedOn) {
  const std::string text =
      "Dear Mr Hollis,\nplease write to p.hollis@mail.example by 3 March 2025.";
  EXPECT_EQ(Of(Extract(text, "en"), "name"), "Hollis");
  const auto fields = Extract(text, "fi");
  EXPECT_EQ(Of(fields, "name"), "");
  EXPECT_EQ(Of(fields, "email"), "p.hollis@mail.example");
}

TEST(FieldExtractor, TakesWhateverComes) {
  for (const char* text :
       {"", " \n\n ", "@", ":", "::\n:", "\xFF\xFE", "a\xE2\x82", "\n\n\n.", "@@@@"}) {
    for (const Field& field : Extract(text)) EXPECT_LE(field.begin, field.end) << text;
  }
}

TEST(FieldExtractor, StaysLinearOnOneLongLine) {
  // 200,000 tokens in one line and one piece: quadratic work would take minutes.
  EXPECT_NO_THROW(Extract(std::string(200'000, ':')));
}

class BrokenWeights : public ::testing::TestWithParam<const char*> {};

TEST_P(BrokenWeights, FailTheStartWithTheFileAndTheReason) {
  const auto file = std::filesystem::path(::testing::TempDir()) /
                    ("weights" + std::to_string(::getpid()) + ".json");
  std::ofstream(file) << GetParam();
  try {
    FieldExtractor extractor(file);
    FAIL() << "took " << GetParam();
  } catch (const tenon::Error& error) {
    EXPECT_NE(std::string(error.what()).find(file), std::string::npos) << error.what();
  }
  std::filesystem::remove(file);
}

INSTANTIATE_TEST_SUITE_P(
    FieldExtractor, BrokenWeights,
    ::testing::Values(
        "", "{", "[]", R"({"labels":["O"]})",
        R"({"labels":[],"languages":[],"transitions":[],"features":{}})",
        R"({"labels":["O","B-a"],"languages":[],"transitions":[[0,0]],"features":{}})",
        R"({"labels":["O"],"languages":[],"transitions":[[0,1]],"features":{}})",
        R"({"labels":["O"],"languages":[],"transitions":[[0]],"features":{"x":{"B":1}}})"));

TEST(FieldExtractor, SaysWhereItLookedForItsWeights) {
  try {
    FieldExtractor extractor(EXAMPLE_TEST_DATA "/nowhere");
    FAIL();
  } catch (const tenon::Error& error) {
    EXPECT_NE(std::string(error.what()).find("/nowhere"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace example_serving
