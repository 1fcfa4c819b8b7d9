// The deployments alone, and the application in this process through its driver.

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
}

TEST(NumberExtractor, FindsNumbers) {
  const std::vector<std::string> expected = {"4711", "20"};
  EXPECT_EQ(NumberExtractor().Infer({"order 4711, 20 euros"}).numbers, expected);
}

TEST(Application, AsksBothAndRefuses) {
  ::setenv("MODEL_PATH", MODEL, 1);
  tenon::testing::InProcess app("handle");
  const auto answer = tenon::schema::ReadJson<Answer>(
                          app.Post("/invocations", R"({"text":"Order 4711 arrived broken."})"))
                          .Value();
  EXPECT_EQ(answer.label, "bad");
  EXPECT_EQ(answer.numbers, std::vector<std::string>{"4711"});
  EXPECT_THROW(app.Post("/invocations", R"({"text":""})"), tenon::Error);
}

}  // namespace
}  // namespace my_model
