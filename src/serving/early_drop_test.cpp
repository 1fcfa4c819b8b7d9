// SPDX-License-Identifier: Apache-2.0
// A request's budget in composed models: it only shrinks, and no step begins that it cannot pay.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "serving/test_application.hpp"
#include "tenon/task/sleep.hpp"
#include "tenon/task/when_all.hpp"

namespace tenon::serving {
namespace {

using namespace std::chrono_literals;

struct Wait {
  int ms = 0;
};
struct Done {
  int ms = 0;
};

struct Seen {
  std::atomic<int> begun = 0;
  std::optional<Deadline> deadline;
};

// One for each way in which a step is executed; each takes as long as the request says.
class SleepingStep {
 public:
  SleepingStep(std::shared_ptr<Seen> seen, testing::ManualClock*) : seen_(std::move(seen)) {}
  Task<Done> Infer(Wait request) const {
    ++seen_->begun;
    seen_->deadline = (co_await CurrentScope()).deadline;
    co_await Sleep(std::chrono::milliseconds(request.ms));
    co_return Done{request.ms};
  }

 private:
  std::shared_ptr<Seen> seen_;
};
class ComputingStep {
 public:
  ComputingStep(std::shared_ptr<Seen> seen, testing::ManualClock* clock)
      : seen_(std::move(seen)), clock_(clock) {}
  Done Infer(const Wait& request) const {
    ++seen_->begun;
    clock_->Advance(std::chrono::milliseconds(request.ms));
    return {request.ms};
  }

 private:
  std::shared_ptr<Seen> seen_;
  testing::ManualClock* clock_;
};
class BatchingStep {
 public:
  BatchingStep(std::shared_ptr<Seen> seen, testing::ManualClock* clock)
      : seen_(std::move(seen)), clock_(clock) {}
  std::vector<Done> Infer(std::span<const Wait> batch) const {
    ++seen_->begun;
    clock_->Advance(std::chrono::milliseconds(batch[0].ms));
    return std::vector<Done>(batch.size());
  }

 private:
  std::shared_ptr<Seen> seen_;
  testing::ManualClock* clock_;
};

class TwoSteps {
 public:
  TwoSteps(Handle<Done(Wait)> first, Handle<Done(Wait)> second) : first_(first), second_(second) {}
  Task<Done> Infer(Wait request) const {
    const Done first = co_await first_(request);
    const Done second = co_await second_(request);
    co_return Done{first.ms + second.ms};
  }

 private:
  Handle<Done(Wait)> first_;
  Handle<Done(Wait)> second_;
};

template <class Step>
class EarlyDropTest : public ApplicationFixture {
 protected:
  void SetUp() override {
    ASSERT_TRUE(Start());
    // It is learned what the second step takes.
    for (int i = 0; i < 8; ++i) ASSERT_TRUE(CallWithin(1s, second_, 60));
    EXPECT_EQ(second_seen_->begun, 8);
  }
  Result<Done> CallWithin(Duration budget, const Handle<Done(Wait)>& handle, int ms) {
    scope_.deadline = Deadline::After(loop_.Now(), budget);
    began_ = loop_.Now();
    return Run(handle(Wait{ms}));
  }

  std::shared_ptr<Seen> first_seen_ = std::make_shared<Seen>();
  std::shared_ptr<Seen> second_seen_ = std::make_shared<Seen>();
  Handle<Done(Wait)> first_ = app_.Bind<SleepingStep>({.name = "First"}, first_seen_, &clock_);
  Handle<Done(Wait)> second_ = app_.Bind<Step>({.name = "Second"}, second_seen_, &clock_);
  Handle<Done(Wait)> both_ = app_.Bind<TwoSteps>({}, first_, second_);
  TimePoint began_{};
};

using Steps = ::testing::Types<SleepingStep, ComputingStep, BatchingStep>;
TYPED_TEST_SUITE(EarlyDropTest, Steps);

TYPED_TEST(EarlyDropTest, EndsBetweenStepsWhenTheNextOneTakesMoreThanIsLeft) {
  const Result<Done> answer = this->CallWithin(100ms, this->both_, 60);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.Error().Code(), ErrorCode::kDeadlineExceeded);
  EXPECT_EQ(this->first_seen_->begun, 1);
  EXPECT_EQ(this->second_seen_->begun, 8);
  // At once: neither when the budget was over, nor after the work.
  EXPECT_EQ(this->loop_.Now() - this->began_, 60ms);
}

TYPED_TEST(EarlyDropTest, EndsBeforeTheFirstStepWhenAllOfItTakesMore) {
  ASSERT_TRUE(this->CallWithin(1s, this->both_, 60));
  const Result<Done> answer = this->CallWithin(100ms, this->both_, 60);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.Error().Code(), ErrorCode::kDeadlineExceeded);
  EXPECT_EQ(this->first_seen_->begun, 1);
  EXPECT_EQ(this->loop_.Now(), this->began_);
}

TYPED_TEST(EarlyDropTest, RunsWhatFits) {
  ASSERT_TRUE(this->CallWithin(140ms, this->both_, 60));
  EXPECT_EQ(this->second_seen_->begun, 9);
  // The inner call had the request's deadline, not one of its own.
  EXPECT_EQ(this->first_seen_->deadline, Deadline::After(this->began_, 140ms));
}

}  // namespace
}  // namespace tenon::serving
