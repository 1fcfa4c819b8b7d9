// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/application.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "serving/test_application.hpp"
#include "tenon/task/sleep.hpp"
#include "tenon/task/when_all.hpp"

namespace tenon::serving {
namespace {

using namespace std::chrono_literals;

struct Text {
  std::string text;
};
struct Answer {
  std::string text;
  int count = 0;
};

std::string Name(std::thread::id id) { return id == std::this_thread::get_id() ? "loop" : "pool"; }

// One deployment for each row of the signature table; `count` tells how many objects were made.
struct ConstTask {
  Task<Answer> Infer(Text request) const { co_return Answer{request.text, 1}; }
};
struct TaskWithContext {
  Task<Answer> Infer(Text request, const RequestContext& context) const {
    co_return Answer{request.text + std::string(context.SessionId()), 2};
  }
};
class CountingTask {
 public:
  Task<Answer> Infer(Text request) {
    const int mine = ++inside_;
    co_await Sleep(1ms);
    --inside_;
    co_return Answer{request.text, mine};
  }

 private:
  int inside_ = 0;
};
struct ConstFunction {
  std::thread::id loop;
  Answer Infer(const Text& request) const { return {request.text + " on " + Name(loop), 3}; }
};
class CountingFunction {
 public:
  Answer Infer(const Text& request) {
    const int mine = ++inside_;
    std::this_thread::yield();
    --inside_;
    return {request.text, mine};
  }

 private:
  int inside_ = 0;  // Unguarded on purpose: the thread sanitizer sees two calls at once.
};
struct Batch {
  std::vector<Answer> Infer(std::span<const Text> batch) const {
    std::vector<Answer> answers;
    for (const Text& item : batch) {
      answers.push_back({item.text, static_cast<int>(batch.size())});
    }
    return answers;
  }
};
struct Streaming {
  Stream<Answer> Infer(Text request) const {
    for (int i = 0; i < 3; ++i) co_yield Answer{request.text, i};
  }
};
struct Refusing {
  Result<Answer> Infer(const Text& request) const {
    if (request.text.empty()) return Error(ErrorCode::kInvalid, "the text is empty");
    return Answer{request.text, 0};
  }
};
struct RefusingOne {
  std::vector<Result<Answer>> Infer(std::span<const Text> batch) const {
    std::vector<Result<Answer>> answers;
    for (const Text& item : batch) {
      if (item.text.empty()) {
        answers.push_back(Error(ErrorCode::kInvalid, "the text is empty"));
      } else {
        answers.push_back(Answer{item.text, static_cast<int>(batch.size())});
      }
    }
    return answers;
  }
};
struct Throwing {
  Task<Answer> Infer(Text request) const {
    if (request.text == "int") throw 7;
    throw std::runtime_error("secret path");
    co_return Answer{};
  }
};

using ApplicationTest = ApplicationFixture;

TEST_F(ApplicationTest, CallsEveryKindOfInferThroughItsHandle) {
  auto task = app_.Bind<ConstTask>();
  auto with_context = app_.Bind<TaskWithContext>();
  auto function = app_.Bind<ConstFunction>({}, ConstFunction{std::this_thread::get_id()});
  auto batch = app_.Bind<Batch>();
  ASSERT_TRUE(Start());
  RequestContext context;
  context.SetSessionId("!");
  scope_.request = &context;
  EXPECT_EQ(Run(task(Text{"a"})).Value().text, "a");
  EXPECT_EQ(Run(with_context(Text{"a"})).Value().text, "a!");
  EXPECT_EQ(Run(function(Text{"a"})).Value().text, "a on pool");
  EXPECT_EQ(Run(batch(Text{"a"})).Value().count, 1);
  EXPECT_EQ(task.Name(), "ConstTask");
}

TEST_F(ApplicationTest, RunsAPinnedFunctionOnTheLoop) {
  auto function = app_.Bind<ConstFunction>({.placement = Placement::kInline},
                                           ConstFunction{std::this_thread::get_id()});
  ASSERT_TRUE(Start());
  EXPECT_EQ(Run(function(Text{"a"})).Value().text, "a on loop");
}

TEST_F(ApplicationTest, StreamsThroughAHandle) {
  auto streaming = app_.Bind<Streaming>();
  ASSERT_TRUE(Start());
  const auto collect = [&]() -> Task<std::string> {
    std::string all;
    auto stream = streaming(Text{"x"});
    while (auto item = co_await stream.Next()) all += item->text + std::to_string(item->count);
    co_return all;
  };
  EXPECT_EQ(Run(collect()).Value(), "x0x1x2");
}

TEST_F(ApplicationTest, RunsOneCallAtATimeWhereInferIsNotConst) {
  auto task = app_.Bind<CountingTask>();
  auto function = app_.Bind<CountingFunction>();
  ASSERT_TRUE(Start());
  std::vector<Task<Answer>> calls;
  for (int i = 0; i < 8; ++i) {
    calls.push_back(task(Text{"t"}));
    calls.push_back(function(Text{"f"}));
  }
  const auto answers = Run(WhenAll(std::move(calls))).Value();
  ASSERT_EQ(answers.size(), 16U);
  for (const Answer& answer : answers) EXPECT_EQ(answer.count, 1) << answer.text;
}

class BatchesAlone {
 public:
  Task<Answer> Infer(Text request) { co_return co_await answer_(std::move(request)); }

 private:
  std::vector<Answer> Run(std::span<const Text> batch) const {
    return std::vector<Answer>(batch.size());
  }
  Batched<Answer(Text)> answer_{*this, &BatchesAlone::Run};
};
class BatchesTogether {
 public:
  Task<Answer> Infer(Text request) const { co_return co_await answer_(std::move(request)); }

 private:
  std::vector<Answer> Run(std::span<const Text> batch) const {
    return std::vector<Answer>(batch.size());
  }
  Batched<Answer(Text)> answer_{*this, &BatchesTogether::Run};
};

TEST_F(ApplicationTest, WarnsOfABatchThatCanNeverForm) {
  auto alone = app_.Bind<BatchesAlone>();
  auto together = app_.Bind<BatchesTogether>();
  ASSERT_TRUE(Start());
  EXPECT_TRUE(Run(alone(Text{"x"})));
  EXPECT_TRUE(Run(together(Text{"x"})));
  EXPECT_TRUE(log_.Contains("BatchesAlone"));
  EXPECT_FALSE(log_.Contains("BatchesTogether"));
}

class Orchestrator {
 public:
  Orchestrator(Handle<Answer(Text)> first, Handle<Answer(Text)> second)
      : first_(first), second_(second) {}
  Task<Answer> Infer(Text request) const {
    auto [a, b] = co_await WhenAll(first_(request), second_(request));
    co_return Answer{a.text + "+" + b.text, a.count + b.count};
  }

 private:
  Handle<Answer(Text)> first_;
  Handle<Answer(Text)> second_;
};

TEST_F(ApplicationTest, ComposesDeployments) {
  auto first = app_.Bind<ConstTask>({.name = "first"});
  auto second = app_.Bind<Batch>({.name = "second"});
  auto model = app_.Bind<Orchestrator>({}, first, second);
  ASSERT_TRUE(Start());
  const Answer answer = Run(model(Text{"x"})).Value();
  EXPECT_EQ(answer.text, "x+x");
  EXPECT_EQ(answer.count, 2);
}

TEST_F(ApplicationTest, TurnsWhatUserCodeThrowsIntoErrorsThatHideIt) {
  auto throwing = app_.Bind<Throwing>();
  auto refusing = app_.Bind<Refusing>();
  ASSERT_TRUE(Start());
  const auto failed = Run(throwing(Text{"x"}));
  EXPECT_EQ(failed.Error().Code(), ErrorCode::kInternal);
  EXPECT_EQ(failed.Error().Detail().find("secret"), std::string::npos);
  EXPECT_EQ(failed.Error().PrivateDetail(), "secret path");
  EXPECT_EQ(Run(throwing(Text{"int"})).Error().Code(), ErrorCode::kInternal);
  EXPECT_EQ(Run(refusing(Text{""})).Error().Detail(), "the text is empty");
  EXPECT_EQ(Run(refusing(Text{"x"})).Value().text, "x");
}

TEST_F(ApplicationTest, LetsOneItemOfABatchFailAlone) {
  auto batch = app_.Bind<RefusingOne>({.batch = {.max_batch_size = 2, .batch_wait_timeout = 1h}});
  ASSERT_TRUE(Start());
  auto [bad, good] = Run(WhenAll(batch(Text{""}).AsResult(), batch(Text{"x"}).AsResult())).Value();
  EXPECT_EQ(bad.Error().Detail(), "the text is empty");
  ASSERT_TRUE(good);
  EXPECT_EQ(good->count, 2) << "both were in one batch";
}

class Slow {
 public:
  Task<Answer> Infer(Text request) const {
    co_await Sleep(10ms);
    co_return Answer{request.text, 0};
  }
};

TEST_F(ApplicationTest, RefusesBeyondItsLimitsAndServesTheRest) {
  auto slow = app_.Bind<Slow>({.max_ongoing_requests = 1, .max_queued_requests = 1});
  ASSERT_TRUE(Start());
  const auto call = [&]() -> Task<std::string> {
    auto answer = co_await slow(Text{"ok"}).AsResult();
    co_return answer ? answer->text : std::string(tenon::Name(answer.Error().Code()));
  };
  std::vector<Task<std::string>> calls;
  for (int i = 0; i < 3; ++i) calls.push_back(call());
  EXPECT_EQ(Run(WhenAll(std::move(calls))).Value(),
            (std::vector<std::string>{"ok", "ok", "overloaded"}));
  EXPECT_EQ(app_.Deployments()[0]->Read().admission.refused, 1U);
}

struct Constructed {
  explicit Constructed(std::string what) {
    if (what == "error") throw Error(ErrorCode::kNotFound, "no weights at that place");
    if (what == "exception") throw std::runtime_error("weights are broken");
    if (what == "int") throw 7;
  }
  Answer Infer(const Text&) const { return {}; }
};

TEST_F(ApplicationTest, NamesTheDeploymentWhoseConstructorThrew) {
  for (const std::string what : {"error", "exception", "int"}) {
    Application app("test");
    app.Bind<ConstTask>();
    app.Bind<Constructed>({.name = "Weights"}, what);
    engine::LocalEngine engine;
    const Result<> started = Start(app, engine);
    ASSERT_FALSE(started) << what;
    EXPECT_NE(started.Error().Detail().find("'Weights'"), std::string::npos);
    engine.Stop();
  }
}

struct Configured {
  struct Config {
    int factor = 1;
    std::string name = "kept";
  };
  void Reconfigure(const Config& config) {
    factor = config.factor;
    name = config.name;
  }
  void WarmUp() { warm = factor; }
  bool CheckHealth() const { return factor < 100; }
  Answer Infer(const Text&) const { return {name, factor + warm}; }
  std::string name;
  int factor = 1;
  int warm = 0;
};

TEST_F(ApplicationTest, ReconfiguresThenWarmsUpThenChecksHealth) {
  auto model = app_.Bind<Configured>({.user_config = R"({"factor": 20})"});
  app_.Bind<Configured>({.user_config = R"({"factor": 100})"});
  ASSERT_TRUE(Start());
  const Answer answer = Run(model(Text{})).Value();
  EXPECT_EQ(answer.count, 40);
  EXPECT_EQ(answer.text, "kept") << "what is left out has its initializer";
  EXPECT_TRUE(app_.Deployments()[0]->CheckHealth());
  EXPECT_FALSE(app_.Deployments()[1]->CheckHealth());
}

TEST_F(ApplicationTest, RefusesAUserConfigThatNobodyTakesOrThatIsWrong) {
  app_.Bind<ConstTask>({.name = "Echo", .user_config = "{}"});
  const Result<> started = Start();
  ASSERT_FALSE(started);
  EXPECT_NE(started.Error().Detail().find("Reconfigure"), std::string::npos);

  struct Case {
    const char* user_config;
    std::vector<const char*> pointers;
  };
  const Case cases[] = {{R"({"factor": "many"})", {"/factor"}},
                        {R"({"factr": 1})", {"/factr"}},
                        {R"({"factor": "x", "name": 1})", {"/factor", "/name"}},
                        {R"({"factor": )", {}}};
  for (const Case& test : cases) {
    Application wrong("wrong");
    wrong.Bind<Configured>({.user_config = test.user_config});
    engine::LocalEngine engine;
    const Result<> refused = Start(wrong, engine);
    ASSERT_FALSE(refused) << test.user_config;
    EXPECT_NE(refused.Error().Detail().find("user_config"), std::string::npos);
    ASSERT_EQ(refused.Error().Faults().size(), test.pointers.size()) << test.user_config;
    for (std::size_t i = 0; i < test.pointers.size(); ++i) {
      EXPECT_EQ(refused.Error().Faults()[i].pointer, test.pointers[i]);
    }
    engine.Stop();
  }
}

TEST_F(ApplicationTest, GivesEachDeploymentANameOfItsOwn) {
  app_.Bind<ConstTask>();
  app_.Bind<ConstTask>();
  app_.Bind<ConstTask>({.name = "x"});
  app_.Bind<Batch>({.name = "x"});
  std::vector<std::string> names;
  for (const auto& deployment : app_.Deployments()) names.push_back(deployment->Name());
  EXPECT_EQ(names, (std::vector<std::string>{"ConstTask", "ConstTask_1", "x", "x_1"}));
  EXPECT_THROW(app_.Bind<ConstTask>({.num_replicas = 0}), Error);
}

struct CountsObjects {
  explicit CountsObjects(std::shared_ptr<std::atomic<int>> made) { ++*made; }
  Answer Infer(const Text&) const { return {}; }
};
struct CountsExclusiveObjects {
  explicit CountsExclusiveObjects(std::shared_ptr<std::atomic<int>> made) { ++*made; }
  Answer Infer(const Text&) { return {}; }
};

TEST_F(ApplicationTest, SharesOneObjectBetweenConstReplicasAndBindsLazily) {
  const auto shared = std::make_shared<std::atomic<int>>(0);
  const auto exclusive = std::make_shared<std::atomic<int>>(0);
  app_.Bind<CountsObjects>({.num_replicas = 3}, shared);
  app_.Bind<CountsExclusiveObjects>({.num_replicas = 3}, exclusive);
  EXPECT_EQ(shared->load() + exclusive->load(), 0);
  ASSERT_TRUE(Start());
  EXPECT_EQ(shared->load(), 1);
  EXPECT_EQ(exclusive->load(), 3);
  EXPECT_EQ(app_.Deployments()[0]->Read().limits.max_ongoing_requests, 6U);
  EXPECT_EQ(app_.Deployments()[1]->Read().limits.max_ongoing_requests, 3U);
}

}  // namespace
}  // namespace tenon::serving
