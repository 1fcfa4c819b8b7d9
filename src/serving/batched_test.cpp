// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/batched.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "tenon/task/compute_pool.hpp"
#include "tenon/task/task.hpp"
#include "tenon/testing/manual_clock.hpp"
#include "tenon/testing/manual_loop.hpp"
#include "tenon/testing/run_task.hpp"

namespace tenon::serving {
namespace {

using namespace std::chrono_literals;
using testing::EndNote;
using testing::ManualClock;
using testing::ManualLoop;

// Lets a test hold a batch inside its function.
class Gate {
 public:
  void Close() {
    const std::lock_guard lock(mutex_);
    open_ = false;
  }
  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void Pass() {
    std::unique_lock lock(mutex_);
    ++inside_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void WaitForEntries(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return inside_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = true;
  int inside_ = 0;
};

struct Item {
  int value = 0;
  std::string text;
};

// Doubles its items; -1 throws, -2 throws an int, -3 returns too few, -4 fails alone in DoubleEach.
class Doubler {
 public:
  explicit Doubler(BatchOptions options, Gate* gate = nullptr)
      : gate_(gate),
        double_(*this, &Doubler::Double, options),
        each_(*this, &Doubler::DoubleEach) {}

  std::vector<int> Double(std::span<const Item> batch) const {
    if (gate_ != nullptr) gate_->Pass();
    {
      const std::lock_guard lock(mutex_);
      std::vector<int> values;
      for (const Item& item : batch) values.push_back(item.value);
      batches_.push_back(values);
    }
    std::vector<int> results;
    for (const Item& item : batch) {
      if (item.value == -1) throw std::runtime_error("weights are gone");
      if (item.value == -2) throw 7;
      if (item.value != -3) results.push_back(2 * item.value);
    }
    return results;
  }
  std::vector<Result<int>> DoubleEach(std::span<const Item> batch) const {
    std::vector<Result<int>> results;
    for (const Item& item : batch) {
      if (item.value == -4) {
        results.push_back(Error(ErrorCode::kInvalid, "minus four"));
      } else {
        results.push_back(2 * item.value);
      }
    }
    return results;
  }
  std::vector<std::vector<int>> Batches() const {
    const std::lock_guard lock(mutex_);
    return batches_;
  }

  Gate* gate_;
  mutable std::mutex mutex_;
  mutable std::vector<std::vector<int>> batches_;
  Batched<int(Item)> double_;
  Batched<int(Item)> each_;
};

class BatchedTest : public ::testing::Test {
 protected:
  struct Pending {
    Pending(BatchedCall<int, Item> c, ManualLoop& loop,
            std::optional<Duration> budget = std::nullopt)
        : call(std::move(c)) {
      scope.loop = &loop;
      if (budget) scope.deadline = Deadline::After(loop.Now(), *budget);
      scope.stop = stop;
      EXPECT_FALSE(call.Start(scope, note));
    }
    StopSource stop;
    Scope scope;
    EndNote note;
    BatchedCall<int, Item> call;
  };

  std::unique_ptr<Doubler> Make(BatchOptions options) {
    const ConstructionScope scope;
    auto doubler = std::make_unique<Doubler>(options, &gate_);
    for (BatchQueue* queue : scope.Queues()) queue->Attach(pool_, clock_);
    return doubler;
  }
  std::unique_ptr<Pending> Call(const Doubler& doubler, int value) {
    return std::make_unique<Pending>(doubler.double_(value, "x"), loop_);
  }
  void RunUntilEnded(const Pending& pending) {
    testing::RunUntilEnded(loop_, &pool_, pending.note);
  }

  ManualClock clock_;
  ManualLoop loop_{clock_};
  Gate gate_;
  ComputePool pool_{2};
};

TEST_F(BatchedTest, RunsInlineWithOneItemWhenNobodyAttachedIt) {
  const Doubler doubler({});
  EXPECT_EQ(*testing::RunTask(doubler.double_(Item{21, ""})), 42);
  EXPECT_EQ(doubler.Batches(), (std::vector<std::vector<int>>{{21}}));
}

TEST_F(BatchedTest, RunsAloneAtOnceAndFillsWhileBusy) {
  const auto doubler = Make({.max_batch_size = 3});
  gate_.Close();
  auto first = Call(*doubler, 1);
  gate_.WaitForEntries(1);
  std::vector<std::unique_ptr<Pending>> rest;
  for (int i = 2; i <= 6; ++i) rest.push_back(Call(*doubler, i));
  gate_.Open();
  RunUntilEnded(*first);
  EXPECT_EQ(*first->call.TakeResult(), 2);
  for (int i = 2; i <= 6; ++i) {
    auto& pending = *rest[static_cast<std::size_t>(i - 2)];
    RunUntilEnded(pending);
    EXPECT_EQ(*pending.call.TakeResult(), 2 * i);
  }
  EXPECT_EQ(doubler->Batches(), (std::vector<std::vector<int>>{{1}, {2, 3, 4}, {5, 6}}));
}

TEST_F(BatchedTest, WaitsForCompanyAsLongAsAsked) {
  const auto doubler = Make({.max_batch_size = 8, .batch_wait_timeout = 5ms});
  auto first = Call(*doubler, 1);
  clock_.Advance(3ms);
  auto second = Call(*doubler, 2);
  loop_.RunUntilIdle();
  EXPECT_EQ(doubler->double_.Read().runs, 0U);
  clock_.Advance(2ms);
  RunUntilEnded(*second);
  EXPECT_EQ(*first->call.TakeResult(), 2);
  EXPECT_EQ(doubler->Batches(), (std::vector<std::vector<int>>{{1, 2}}));
  EXPECT_EQ(doubler->double_.Read().causes[static_cast<std::size_t>(BatchCause::kTimeout)], 1U);
  EXPECT_EQ(loop_.ArmedTimers(), 0U);
}

TEST_F(BatchedTest, RunsAFullBatchWithoutWaiting) {
  const auto doubler = Make({.max_batch_size = 2, .batch_wait_timeout = 1h});
  auto first = Call(*doubler, 1);
  auto second = Call(*doubler, 2);
  testing::RunUntilEnded(loop_, &pool_, second->note);
  EXPECT_EQ(clock_.Now(), ManualClock().Now());
  EXPECT_EQ(*second->call.TakeResult(), 4);
}

TEST_F(BatchedTest, RunsNoItemWhoseRequestWasStopped) {
  const auto doubler = Make({.max_batch_size = 8});
  gate_.Close();
  auto first = Call(*doubler, 1);
  gate_.WaitForEntries(1);
  auto stopped = Call(*doubler, 2);
  auto stays = Call(*doubler, 3);
  stopped->stop.RequestStop();
  loop_.RunUntilIdle();
  ASSERT_TRUE(stopped->note.Ended());
  EXPECT_EQ(stopped->call.TakeResult().Error().Code(), ErrorCode::kCancelled);
  gate_.Open();
  RunUntilEnded(*first);
  RunUntilEnded(*stays);
  EXPECT_EQ(doubler->Batches(), (std::vector<std::vector<int>>{{1}, {3}}));
  EXPECT_EQ(doubler->double_.Read().stopped, 1U);
}

TEST_F(BatchedTest, RunsNoItemThatIsLateWhenItsTurnComes) {
  const auto doubler = Make({.max_batch_size = 8});
  gate_.Close();
  auto first = Call(*doubler, 1);
  gate_.WaitForEntries(1);
  auto late = std::make_unique<Pending>(doubler->double_(2, "x"), loop_, 5ms);
  auto stays = std::make_unique<Pending>(doubler->double_(3, "x"), loop_, 6ms);
  clock_.Advance(5ms);
  gate_.Open();
  RunUntilEnded(*first);
  RunUntilEnded(*late);
  RunUntilEnded(*stays);
  EXPECT_EQ(late->call.TakeResult().Error().Code(), ErrorCode::kDeadlineExceeded);
  EXPECT_EQ(*stays->call.TakeResult(), 6);
  EXPECT_EQ(doubler->Batches(), (std::vector<std::vector<int>>{{1}, {3}}));
  EXPECT_EQ(doubler->double_.Read().stopped, 1U);
}

TEST_F(BatchedTest, DoesNotBeginForACallerThatIsStopped) {
  const auto doubler = Make({});
  StopSource stop;
  stop.RequestStop();
  Scope scope;
  scope.loop = &loop_;
  scope.stop = stop;
  const auto result = testing::RunIn(scope, loop_, doubler->double_(2, "x"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.Error().Code(), ErrorCode::kCancelled);
  EXPECT_EQ(doubler->double_.Read().runs, 0U);
}

TEST_F(BatchedTest, JoinsAnItemThatIsStoppedWhileItRuns) {
  const auto doubler = Make({});
  gate_.Close();
  auto running = Call(*doubler, 1);
  gate_.WaitForEntries(1);
  running->stop.RequestStop();
  loop_.RunUntilIdle();
  EXPECT_FALSE(running->note.Ended());
  gate_.Open();
  RunUntilEnded(*running);
}

TEST_F(BatchedTest, FailsOnlyTheBatchThatMisbehaves) {
  for (const int bad : {-1, -2, -3}) {
    const auto doubler = Make({.max_batch_size = 2});
    gate_.Close();
    auto before = Call(*doubler, 1);
    // The one in front is alone in its batch; then the bad one with a neighbour; then a good one.
    auto wrong = Call(*doubler, bad);
    auto neighbour = Call(*doubler, 5);
    auto after = Call(*doubler, 6);
    gate_.Open();
    for (Pending* pending : {before.get(), wrong.get(), neighbour.get(), after.get()}) {
      RunUntilEnded(*pending);
    }
    EXPECT_EQ(*before->call.TakeResult(), 2);
    const Result<int> failed = wrong->call.TakeResult();
    ASSERT_FALSE(failed) << bad;
    EXPECT_EQ(failed.Error().Code(), ErrorCode::kInternal);
    EXPECT_EQ(failed.Error().Detail().find("weights"), std::string::npos);
    EXPECT_FALSE(failed.Error().PrivateDetail().empty());
    EXPECT_FALSE(neighbour->call.TakeResult());
    EXPECT_EQ(*after->call.TakeResult(), 12);
  }
}

TEST_F(BatchedTest, LetsOneItemFailAlone) {
  const Doubler doubler({});
  EXPECT_EQ(testing::RunTask(doubler.each_(Item{-4, ""})).Error().Detail(), "minus four");
  EXPECT_EQ(*testing::RunTask(doubler.each_(Item{4, ""})), 8);
}

// Adds up its items' values for each of them, and keeps what it was given.
class Adder {
 public:
  Adder(BatchOptions options, BatchItems<int> items, Gate* gate)
      : gate_(gate), add_(*this, &Adder::Add, std::move(options), std::move(items)) {}

  std::vector<int> Add(std::span<const int> batch) const {
    gate_->Pass();
    const std::lock_guard lock(mutex_);
    batches_.emplace_back(batch.begin(), batch.end());
    return std::vector<int>(batch.size(), std::accumulate(batch.begin(), batch.end(), 0));
  }

  Gate* gate_;
  mutable std::mutex mutex_;
  mutable std::vector<std::vector<int>> batches_;
  Batched<int(int)> add_;
};

class AdderTest : public BatchedTest {
 protected:
  using Batches = std::vector<std::vector<int>>;

  void Make(BatchOptions options, BatchItems<int> items = {}) {
    const ConstructionScope scope;
    adder_ = std::make_unique<Adder>(std::move(options), std::move(items), &gate_);
    for (BatchQueue* queue : scope.Queues()) queue->Attach(pool_, clock_);
    scope_.loop = &loop_;
    scope_.pool = &pool_;
  }
  // All that it starts waits before the first run ends.
  template <Operation T>
  auto Run(T operation) {
    EndNote note;
    gate_.Close();
    const bool ended = operation.Start(scope_, note);
    gate_.Open();
    if (!ended) testing::RunUntilEnded(loop_, &pool_, note);
    return operation.TakeResult();
  }

  Scope scope_;
  std::unique_ptr<Adder> adder_;
};

TEST_F(AdderTest, SplitsWhatIsMoreThanARunTakesAndJoinsItAgain) {
  Make({.max_batch_size = 3});
  const Result<std::vector<int>> sums = Run(adder_->add_.All({1, 2, 3, 4, 5, 6, 7}));
  ASSERT_TRUE(sums);
  // The first runs at once, since the model is free.
  EXPECT_EQ(adder_->batches_, (Batches{{1}, {2, 3, 4}, {5, 6, 7}}));
  EXPECT_EQ(*sums, (std::vector<int>{1, 9, 9, 9, 18, 18, 18}));
}

TEST_F(AdderTest, CountsSizesAndRefusesAnItemLargerThanABatch) {
  Make({.max_batch_size = 10},
       {.size = [](const int& value) { return static_cast<std::size_t>(value); }});
  ASSERT_TRUE(Run(adder_->add_.All({9, 4, 5, 2, 10})));
  EXPECT_EQ(adder_->batches_, (Batches{{9}, {4, 5}, {2}, {10}}));
  const Result<int> refused = Run(adder_->add_(11));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.Error().Code(), ErrorCode::kInvalid);
  EXPECT_NE(refused.Error().Detail().find("11"), std::string::npos);
}

TEST_F(AdderTest, KeepsUnlikeItemsApart) {
  Make({.max_batch_size = 8}, {.key = [](const int& value) { return value % 2 == 0 ? 1U : 0U; }});
  ASSERT_TRUE(Run(adder_->add_.All({1, 2, 3, 4, 5})));
  EXPECT_EQ(adder_->batches_, (Batches{{1}, {2, 4}, {3, 5}}));
}

TEST_F(AdderTest, FillsABatchUpToAPreferredSize) {
  Make({.max_batch_size = 8, .preferred_sizes = {1, 4, 8}},
       {.pad = [](std::span<const int> batch) { return -batch[0]; }});
  const Result<std::vector<int>> sums = Run(adder_->add_.All({1, 2, 3, 4}));
  ASSERT_TRUE(sums);
  EXPECT_EQ(adder_->batches_, (Batches{{1}, {2, 3, 4, -2}}));
  EXPECT_EQ(*sums, (std::vector<int>{1, 7, 7, 7}));
}

TEST_F(AdderTest, LosesOnlyTheItemWhoseFunctionThrows) {
  const auto throws_at_13 = [](const int& value) -> std::size_t {
    if (value == 13) throw std::runtime_error("unlucky");
    return 1;
  };
  Make({.max_batch_size = 8}, {.size = throws_at_13});
  EXPECT_FALSE(Run(adder_->add_(13)));
  EXPECT_EQ(*Run(adder_->add_(1)), 1);
  Make({.max_batch_size = 8}, {.key = throws_at_13});
  EXPECT_FALSE(Run(adder_->add_(13)));
  EXPECT_EQ(*Run(adder_->add_(1)), 1);
}

TEST_F(AdderTest, FailsTheBatchWhosePaddingThrows) {
  Make({.max_batch_size = 8, .preferred_sizes = {2}},
       {.pad = [](std::span<const int>) -> int { throw std::runtime_error("no filler"); }});
  EXPECT_FALSE(Run(adder_->add_(1)));
  EXPECT_TRUE(Run(adder_->add_.All({})));
}

TEST(Batched, TakesTheDeploymentsOptionsWhereItNamesNone) {
  const ConstructionScope scope(BatchOptions{.max_batch_size = 5});
  Gate gate;
  const Adder names_none({}, {}, &gate);
  const Adder names_some({.max_batch_size = 7}, {}, &gate);
  ASSERT_EQ(scope.Queues().size(), 2U);
  EXPECT_EQ(scope.Queues()[0]->Options().max_batch_size, 5U);
  EXPECT_EQ(scope.Queues()[1]->Options().max_batch_size, 7U);
}

class Counter {
 public:
  explicit Counter(BatchOptions options) : count_(*this, &Counter::Count, options) {}
  std::vector<int> Count(std::span<const Item> batch) {
    return std::vector<int>(batch.size(), ++calls_);
  }
  int calls_ = 0;
  Batched<int(Item)> count_;
};

TEST_F(BatchedTest, RefusesOptionsThatCannotWork) {
  EXPECT_THROW(Counter({.max_concurrent_batches = 2}), Error);
  EXPECT_THROW(Doubler({.max_batch_size = 0}), Error);
  EXPECT_THROW(Doubler({.preferred_sizes = {4, 4}}), Error);
  EXPECT_THROW(Doubler({.preferred_sizes = {0, 4}}), Error);
  EXPECT_THROW(Doubler({.max_batch_size = 8, .preferred_sizes = {4, 16}}), Error);
  EXPECT_EQ(*testing::RunTask(Counter({}).count_(Item{})), 1);
}

}  // namespace
}  // namespace tenon::serving
