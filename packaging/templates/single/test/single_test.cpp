// The deployment alone, and the application in this process through its driver.

#include <gtest/gtest.h>

#include <cstdlib>

#include <tenon/schema/json.hpp>
#include <tenon/testing/in_process.hpp>
#include <tenon/testing/run_task.hpp>

#include "deployment.hpp"

namespace my_model {
namespace {

TEST(Classifier, Judges) {
  const Classifier classifier(MODEL);
  EXPECT_EQ(tenon::testing::RunTask(classifier.Infer({"It came late and broken."})).Value().label,
            "bad");
  EXPECT_EQ(tenon::testing::RunTask(classifier.Infer({"Great, thank you!"})).Value().label, "good");
}

TEST(Classifier, FailsTheStartWithoutItsArtifact) {
  EXPECT_THROW(Classifier("no/such/folder"), tenon::Error);
}

TEST(Application, AnswersAndRefuses) {
  ::setenv("MODEL_PATH", MODEL, 1);
  tenon::testing::InProcess app("handle");
  const std::string answer = app.Post("/invocations", R"({"text":"great"})");
  EXPECT_EQ(tenon::schema::ReadJson<Response>(answer).Value().label, "good");
  EXPECT_THROW(app.Post("/invocations", R"({"txt":"great"})"), tenon::Error);
}

}  // namespace
}  // namespace my_model
