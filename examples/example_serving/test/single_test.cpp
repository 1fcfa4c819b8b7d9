// SPDX-License-Identifier: Apache-2.0

// The application of single.cpp, in this process, through its driver.

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <tenon/schema/json.hpp>
#include <vector>

#include "held_out.hpp"
#include "in_process.hpp"

namespace example_serving {
namespace {

std::vector<std::string> Bodies() {
  std::vector<std::string> bodies;
  for (const HeldOut& text : HeldOutTexts()) {
    bodies.push_back(tenon::schema::WriteJson(Text{text.text}));
  }
  return bodies;
}

class Single : public ::testing::Test {
 protected:
  Single() { ::setenv("MODEL_PATH", EXAMPLE_MODEL "/a", 1); }
};

TEST_F(Single, AnswersARequest) {
  InProcess application("handle");
  const auto answers = application.Post({R"({"text":"Wo ist der Bahnhof, bitte?"})"});
  EXPECT_EQ(tenon::schema::ReadJson<Language>(answers.at(0)).Value().language, "de");
}

TEST_F(Single, RefusesWhatIsNoRequest) {
  InProcess application("handle");
  for (const char* body : {R"({"text":""})", R"({"txt":"a"})", R"({"text":1})", "{", ""}) {
    EXPECT_THROW(application.Post({body}), tenon::Error) << body;
  }
}

TEST_F(Single, AnswersInBatchesWhatTheTrainerAnswers) {
  InProcess application("handle");
  ASSERT_GE(HeldOutTexts().size(), 1000U);
  std::size_t right = 0;
  std::size_t messages = 0;
  const auto bodies = Bodies();
  for (std::size_t first = 0; first < bodies.size(); first += 120) {
    const std::size_t count = std::min<std::size_t>(120, bodies.size() - first);
    const auto answers =
        application.Post({bodies.begin() + static_cast<std::ptrdiff_t>(first),
                          bodies.begin() + static_cast<std::ptrdiff_t>(first + count)});
    for (std::size_t i = 0; i < count; ++i) {
      const HeldOut& expected = HeldOutTexts()[first + i];
      const auto answer = tenon::schema::ReadJson<Language>(answers[i]).Value();
      EXPECT_EQ(answer.language, expected.answer.language) << expected.text;
      EXPECT_NEAR(answer.score, expected.answer.score, 2e-5) << expected.text;
      if (expected.fields) continue;
      ++messages;
      if (answer.language == expected.language) ++right;
    }
  }
  EXPECT_LT(application.Batches(), bodies.size() / 4) << "batches formed across requests";
  // As the card says: 0.967 of 1,140 short messages.
  EXPECT_NEAR(static_cast<double>(right) / static_cast<double>(messages), 0.967, 0.003);
}

TEST_F(Single, DoesNotStartWithoutItsModel) {
  ::setenv("MODEL_PATH", EXAMPLE_TEST_DATA, 1);
  EXPECT_THROW(InProcess("handle"), tenon::Error);
}

}  // namespace
}  // namespace example_serving
