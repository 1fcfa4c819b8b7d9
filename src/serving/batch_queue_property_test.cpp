// SPDX-License-Identifier: Apache-2.0
// Batching under random schedules: items come, are stopped and expire while runs begin and end, all
// at moments that a seed decides.
#include <gtest/gtest.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "tenon/serving/batched.hpp"
#include "tenon/task/compute_pool.hpp"
#include "tenon/testing/manual_clock.hpp"
#include "tenon/testing/manual_loop.hpp"
#include "tenon/testing/run_task.hpp"

namespace tenon::serving {
namespace {

using std::chrono::milliseconds;

// A batch function whose runs end when the test says so, one at a time.
class HeldRuns {
 public:
  std::vector<int> Run(std::span<const int> items) {
    std::unique_lock lock(mutex_);
    begun_.emplace_back(items.begin(), items.end());
    changed_.notify_all();
    const std::size_t mine = begun_.size();
    changed_.wait(lock, [&] { return ended_.contains(mine); });
    return {items.begin(), items.end()};
  }
  // Waits until so many runs have begun since the start; gives what the new ones were given.
  std::vector<std::vector<int>> WaitUntilBegun(std::size_t runs) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return begun_.size() >= runs; });
    std::vector<std::vector<int>> fresh(begun_.begin() + static_cast<std::ptrdiff_t>(seen_),
                                        begun_.end());
    for (; seen_ < begun_.size(); ++seen_) under_way_.push_back(seen_ + 1);
    return fresh;
  }
  std::size_t UnderWay() const { return under_way_.size(); }
  void End(std::size_t index) {
    const std::lock_guard lock(mutex_);
    ended_.insert(under_way_[index]);
    under_way_.erase(under_way_.begin() + static_cast<std::ptrdiff_t>(index));
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::vector<int>> begun_;
  std::set<std::size_t> ended_;
  // The test's own.
  std::size_t seen_ = 0;
  std::vector<std::size_t> under_way_;
};

class RandomBatching {
 public:
  RandomBatching(unsigned seed, BatchOptions options)
      : random_(seed),
        options_(options),
        function_([this](std::span<const int> items) { return runs_.Run(items); }, nullptr),
        queue_(function_, options),
        pool_(options.max_concurrent_batches) {
    queue_.Attach(pool_, clock_);
  }

  void Step() {
    switch (random_() % 6) {
      case 0:
      case 1: Arrive(); break;
      case 2: EndOneRun(); break;
      case 3: StopOne(); break;
      case 4: clock_.Advance(milliseconds(random_() % 8)); break;
      default: break;
    }
    Settle();
  }
  // Lets everything end, and checks that everybody was answered, once and rightly.
  void End() {
    while (true) {
      Settle();
      if (runs_.UnderWay() > 0) {
        EndOneRun();
      } else if (!pool_.Idle()) {
        std::this_thread::yield();  // A job posts before the pool counts it as ended.
      } else if (loop_.RunUntilIdle() == 0 && !loop_.AdvanceToNextTimer()) {
        break;
      }
    }
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      Call& call = *calls_[i];
      ASSERT_TRUE(call.Ended()) << "item " << i << " is lost";
      const Result<int> result = call.operation.TakeResult();
      if (ran_.contains(static_cast<int>(i))) {
        ASSERT_TRUE(result) << "item " << i;
        EXPECT_EQ(*result, static_cast<int>(i));
      } else {
        ASSERT_FALSE(result) << "item " << i << " did not run";
        // Stopped, late, or with too little time left for a run.
        EXPECT_TRUE(call.stop.StopRequested() ||
                    result.Error().Code() == ErrorCode::kDeadlineExceeded);
      }
    }
    const BatchCounts counts = queue_.Read();
    EXPECT_EQ(counts.waiting + counts.running, 0U);
    EXPECT_EQ(counts.items, ran_.size());
    EXPECT_EQ(loop_.ArmedTimers(), 0U);
  }
  std::size_t Ran() const { return ran_.size(); }
  std::size_t NeverRan() const { return calls_.size() - ran_.size(); }

 private:
  struct Call {
    Call(TypedBatch<int, int>& function, BatchQueue& queue, int value)
        : operation(function, queue, value) {}
    bool Ended() const { return ended_at_once || note.Ended(); }

    StopSource stop;
    Scope scope;
    testing::EndNote note;
    BatchedCall<int, int> operation;
    bool ended_at_once = false;
    bool stopped_while_waiting = false;
  };

  void Arrive() {
    calls_.push_back(std::make_unique<Call>(function_, queue_, static_cast<int>(calls_.size())));
    Call& call = *calls_.back();
    call.scope.loop = &loop_;
    call.scope.stop = call.stop;
    if (random_() % 2 == 0) {
      call.scope.deadline = Deadline::At(clock_.Now() + milliseconds(random_() % 20));
    }
    call.ended_at_once = call.operation.Start(call.scope, call.note);
  }
  void EndOneRun() {
    if (runs_.UnderWay() == 0) return;
    const std::size_t under_way = runs_.UnderWay();
    runs_.End(random_() % under_way);
    // The pool's thread now ends the run and, where one is due, begins the next.
    const std::size_t ended = ++ended_runs_;
    while (true) {
      const BatchCounts counts = queue_.Read();
      if (counts.runs - counts.running >= ended) break;
      std::this_thread::yield();
    }
  }
  void StopOne() {
    if (calls_.empty()) return;
    const std::size_t index = random_() % calls_.size();
    Call& call = *calls_[index];
    call.stopped_while_waiting =
        call.stopped_while_waiting || (!call.Ended() && !ran_.contains(static_cast<int>(index)));
    call.stop.RequestStop();
  }
  // Whatever can happen now has happened; what has begun is checked.
  void Settle() {
    loop_.RunUntilIdle();
    const BatchCounts counts = queue_.Read();
    for (const std::vector<int>& batch : runs_.WaitUntilBegun(counts.runs)) {
      EXPECT_GE(batch.size(), 1U);
      EXPECT_LE(batch.size(), *options_.max_batch_size);
      for (const int item : batch) {
        EXPECT_TRUE(ran_.insert(item).second) << "item " << item << " ran twice";
        const Call& call = *calls_[static_cast<std::size_t>(item)];
        EXPECT_FALSE(call.stopped_while_waiting) << "item " << item;
        EXPECT_FALSE(call.scope.deadline.Passed(clock_.Now())) << "item " << item;
      }
    }
    EXPECT_LE(counts.running, options_.max_concurrent_batches);
    EXPECT_EQ(counts.running, runs_.UnderWay());
    // Who waits has a reason: no permit is free, or the wait that was asked for is not over.
    if (counts.waiting > 0 && counts.running < options_.max_concurrent_batches) {
      EXPECT_LT(counts.waiting, *options_.max_batch_size);
      EXPECT_GT(options_.batch_wait_timeout->count(), 0);
      EXPECT_GT(loop_.ArmedTimers(), 0U);
    }
  }

  std::mt19937 random_;
  const BatchOptions options_;
  testing::ManualClock clock_;
  testing::ManualLoop loop_{clock_};
  HeldRuns runs_;
  TypedBatch<int, int> function_;
  BatchQueue queue_;
  std::vector<std::unique_ptr<Call>> calls_;
  std::set<int> ran_;
  std::size_t ended_runs_ = 0;
  ComputePool pool_;
};

TEST(BatchQueueProperty, HoldsUnderRandomSchedules) {
  std::size_t ran = 0;
  std::size_t never_ran = 0;
  for (unsigned seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    RandomBatching schedule(seed, {.max_batch_size = 1 + seed % 5,
                                   .batch_wait_timeout = milliseconds(seed % 3 == 0 ? 0 : seed % 7),
                                   .max_concurrent_batches = 1 + seed % 4 / 2});
    for (int step = 0; step < 200; ++step) schedule.Step();
    schedule.End();
    if (::testing::Test::HasFailure()) return;
    ran += schedule.Ran();
    never_ran += schedule.NeverRan();
  }
  // Otherwise the schedules test nothing.
  EXPECT_GT(ran, 500U);
  EXPECT_GT(never_ran, 100U);
}

}  // namespace
}  // namespace tenon::serving
