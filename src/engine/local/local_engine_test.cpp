// SPDX-License-Identifier: Apache-2.0
#include "tenon/engine/local_engine.hpp"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tenon/serving/application.hpp"
#include "tenon/task/compute_pool.hpp"
#include "tenon/testing/captured_log.hpp"
#include "tenon/testing/manual_clock.hpp"
#include "tenon/testing/manual_loop.hpp"
#include "tenon/testing/run_task.hpp"

namespace tenon::engine {
namespace {

struct Empty {
  int nothing = 0;
};

// What happened to replicas, in order.
struct Diary {
  std::vector<std::string> lines;
  std::function<void()> on_construction = [] {};
};

class Noted {
 public:
  Noted(std::shared_ptr<Diary> diary, std::string name)
      : diary_(std::move(diary)), name_(std::move(name)) {
    diary_->on_construction();
    diary_->lines.push_back("+" + name_);
  }
  ~Noted() { diary_->lines.push_back("-" + name_); }
  Noted(const Noted&) = delete;
  Noted& operator=(const Noted&) = delete;

  Task<Empty> Infer(Empty request) const { co_return request; }

 private:
  std::shared_ptr<Diary> diary_;
  std::string name_;
};

class Broken {
 public:
  Broken() { throw Error(ErrorCode::kNotFound, "there are no weights"); }
  Empty Infer(const Empty& request) const { return request; }
};

class LocalEngineTest : public ::testing::Test {
 protected:
  Result<> Start() {
    std::array<EventLoop*, 1> loops{&loop_};
    return engine_.Start(
        app_, {.pool = pool_, .clock = clock_, .log = log_.Log(), .loops = loops, .cpus = 1});
  }

  testing::ManualClock clock_;
  testing::ManualLoop loop_{clock_};
  ComputePool pool_{1};
  testing::CapturedLog log_;
  Application app_{"test"};
  LocalEngine engine_;
  std::shared_ptr<Diary> diary_ = std::make_shared<Diary>();
};

TEST_F(LocalEngineTest, ConstructsInTheOrderOfBindingAndDestroysAgainstIt) {
  app_.Bind<Noted>({.name = "A"}, diary_, "A");
  app_.Bind<Noted>({.name = "B"}, diary_, "B");
  EXPECT_TRUE(diary_->lines.empty());
  ASSERT_TRUE(Start());
  engine_.Stop();
  EXPECT_EQ(diary_->lines, (std::vector<std::string>{"+A", "+B", "-B", "-A"}));
}

TEST_F(LocalEngineTest, NamesTheDeploymentThatItConstructs) {
  std::vector<std::string> seen;
  diary_->on_construction = [&] { seen.emplace_back(engine_.Constructing()); };
  app_.Bind<Noted>({.name = "A"}, diary_, "A");
  app_.Bind<Noted>({.name = "B"}, diary_, "B");
  ASSERT_TRUE(Start());
  EXPECT_EQ(seen, (std::vector<std::string>{"A", "B"}));
  EXPECT_EQ(engine_.Constructing(), "");
  engine_.Stop();
}

TEST_F(LocalEngineTest, EndsAtTheFirstFailureAndCanStillBeStopped) {
  app_.Bind<Noted>({.name = "A"}, diary_, "A");
  app_.Bind<Broken>({.name = "Weights"});
  app_.Bind<Noted>({.name = "B"}, diary_, "B");
  const Result<> started = Start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.Error().Code(), ErrorCode::kNotFound);
  EXPECT_EQ(started.Error().Detail(),
            "The deployment 'Weights' did not start: there are no weights");
  EXPECT_EQ(engine_.Constructing(), "");
  engine_.Stop();
  EXPECT_EQ(diary_->lines, (std::vector<std::string>{"+A", "-A"}));
}

TEST_F(LocalEngineTest, StartsAgainAfterAStop) {
  const auto handle = app_.Bind<Noted>({.name = "A"}, diary_, "A");
  ASSERT_TRUE(Start());
  engine_.Stop();
  engine_.Stop();  // A second one does nothing.
  ASSERT_TRUE(Start());
  Scope scope;
  scope.loop = &loop_;
  EXPECT_TRUE(testing::RunIn(scope, loop_, handle(Empty{})));
  engine_.Stop();
}

}  // namespace
}  // namespace tenon::engine
