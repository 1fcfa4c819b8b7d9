// SPDX-License-Identifier: Apache-2.0
#include "tenon/testing/in_process.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "tenon/tenon.hpp"

namespace {

struct Text {
  std::string text;
};
struct Arguments {
  std::string prefix = "said ";
};

class Sayer {
 public:
  explicit Sayer(std::string prefix) : prefix_(std::move(prefix)) {}
  tenon::Task<Text> Infer(Text request) const {
    co_await tenon::Sleep(std::chrono::hours(1));
    co_return Text{prefix_ + request.text};
  }

 private:
  std::string prefix_;
};

TENON_APPLICATION(sayer, app, Arguments arguments) {
  return tenon::sagemaker::Driver(app.Bind<Sayer>({}, arguments.prefix));
}

}  // namespace

namespace tenon::testing {
namespace {

TEST(InProcess, AnswersThroughTheDriverWithoutWaitingInRealTime) {
  InProcess app("sayer");
  EXPECT_EQ(app.Post("/invocations", R"({"text":"hi"})"), R"({"text":"said hi"})");
  EXPECT_EQ(app.PostAll("/invocations", {R"({"text":"a"})", R"({"text":"b"})"}),
            (std::vector<std::string>{R"({"text":"said a"})", R"({"text":"said b"})"}));
  EXPECT_EQ(app.App().Deployments().size(), 1U);
}

TEST(InProcess, TakesArguments) {
  const std::pair<std::string, std::string> arguments[] = {{"prefix", "we "}};
  InProcess app("sayer", arguments);
  EXPECT_EQ(app.Post("/invocations", R"({"text":"hi"})"), R"({"text":"we hi"})");
}

TEST(InProcess, ThrowsWhatTheClientWouldBeTold) {
  EXPECT_THROW(InProcess("sayr"), Error);
  InProcess app("sayer");
  EXPECT_THROW(app.Post("/nowhere", "{}"), Error);
  try {
    app.Post("/invocations", "{}");
    FAIL() << "a field was missing";
  } catch (const Error& error) {
    EXPECT_EQ(error.Code(), ErrorCode::kInvalid) << error.Detail();
  }
}

}  // namespace
}  // namespace tenon::testing
