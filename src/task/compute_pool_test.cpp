// SPDX-License-Identifier: Apache-2.0
#include "tenon/task/compute_pool.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <deque>
#include <functional>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tenon/base/metrics.hpp"
#include "tenon/testing/manual_clock.hpp"

namespace tenon {
namespace {

struct TestJob final : ComputeJob {
  explicit TestJob(std::function<void()> what = [] {}) : body(std::move(what)) {}
  void RunJob() noexcept override {
    body();
    ran.count_down();
  }
  std::function<void()> body;
  std::latch ran{1};
};

// Keeps a thread of a pool busy until it is released.
struct Blocker {
  Blocker() : job([this] { begun.count_down(), go.wait(); }) {}
  std::latch begun{1};
  std::latch go{1};
  TestJob job;
};

TEST(ComputePool, RunsWhatIsSubmitted) {
  ComputePool pool(2);
  std::thread::id where;
  TestJob job([&] { where = std::this_thread::get_id(); });
  pool.Submit(job);
  job.ran.wait();
  EXPECT_NE(where, std::this_thread::get_id());
}

TEST(ComputePool, HasAtLeastOneThread) {
  EXPECT_EQ(ComputePool(0).ThreadCount(), 1U);
  EXPECT_EQ(ComputePool(3).ThreadCount(), 3U);
}

TEST(ComputePool, RunsJobsInTheOrderOfSubmission) {
  Blocker blocker;
  ComputePool pool(1);
  pool.Submit(blocker.job);
  std::vector<int> order;
  TestJob first([&] { order.push_back(1); });
  TestJob second([&] { order.push_back(2); });
  TestJob third([&] { order.push_back(3); });
  pool.Submit(first);
  pool.Submit(second);
  pool.Submit(third);
  blocker.go.count_down();
  third.ran.wait();
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST(ComputePool, RemovesOnlyWhatHasNotStarted) {
  Blocker blocker;
  ComputePool pool(1);
  TestJob never_submitted;
  std::vector<int> order;
  TestJob first([&] { order.push_back(1); });
  TestJob second([&] { order.push_back(2); });
  TestJob third([&] { order.push_back(3); });
  pool.Submit(blocker.job);
  blocker.begun.wait();
  pool.Submit(first);
  pool.Submit(second);
  pool.Submit(third);
  EXPECT_EQ(pool.Waiting(), 3U);
  EXPECT_FALSE(pool.Idle());

  EXPECT_FALSE(pool.Remove(blocker.job)) << "it runs";
  EXPECT_FALSE(pool.Remove(never_submitted));
  EXPECT_TRUE(pool.Remove(second));
  EXPECT_FALSE(pool.Remove(second)) << "it is out already";
  EXPECT_EQ(pool.Waiting(), 2U);
  blocker.go.count_down();
  third.ran.wait();
  EXPECT_FALSE(pool.Remove(third)) << "it ran";
  EXPECT_EQ(order, (std::vector<int>{1, 3}));
  EXPECT_EQ(pool.Waiting(), 0U);
}

TEST(ComputePool, RemovesTheOnlyTheFirstAndTheLast) {
  Blocker blocker;
  ComputePool pool(1);
  pool.Submit(blocker.job);
  blocker.begun.wait();
  std::vector<int> order;
  TestJob a([&] { order.push_back(1); });
  TestJob b([&] { order.push_back(2); });
  TestJob c([&] { order.push_back(3); });
  pool.Submit(a);
  EXPECT_TRUE(pool.Remove(a));
  for (TestJob* job : {&a, &b, &c}) pool.Submit(*job);
  EXPECT_TRUE(pool.Remove(a));
  EXPECT_TRUE(pool.Remove(c));
  pool.Submit(c);
  blocker.go.count_down();
  c.ran.wait();
  EXPECT_EQ(order, (std::vector<int>{2, 3}));
}

TEST(ComputePool, RunsWhatStillWaitsBeforeItEnds) {
  std::atomic<int> ran{0};
  TestJob first([&] { ++ran; });
  TestJob second([&] { ++ran; });
  Blocker blocker;
  {
    ComputePool pool(1);
    pool.Submit(blocker.job);
    blocker.begun.wait();
    pool.Submit(first);
    pool.Submit(second);
    blocker.go.count_down();
  }
  EXPECT_EQ(ran.load(), 2);
}

TEST(ComputePool, UsesAllItsThreads) {
  // Each job waits for all the others: it ends only when every thread takes one.
  constexpr int kThreads = 4;
  ComputePool pool(kThreads);
  std::latch all{kThreads};
  std::vector<std::unique_ptr<TestJob>> jobs;
  for (int i = 0; i < kThreads; ++i) {
    jobs.push_back(std::make_unique<TestJob>([&] { all.arrive_and_wait(); }));
    pool.Submit(*jobs.back());
  }
  for (const auto& job : jobs) job->ran.wait();
}

TEST(ComputePool, TakesJobsFromManyThreadsAndLosesNone) {
  constexpr int kThreads = 4;
  constexpr int kJobs = 2'000;
  std::atomic<int> ran{0};
  int removed = 0;
  {
    ComputePool pool(2);
    std::vector<std::thread> threads;
    std::atomic<int> taken_back{0};
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < kJobs; ++i) {
          TestJob job([&] { ++ran; });
          pool.Submit(job);
          if (i % 3 == t % 3 && pool.Remove(job)) {
            ++taken_back;
          } else {
            job.ran.wait();
            while (!pool.Idle() && pool.Waiting() > 8) std::this_thread::yield();
          }
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    removed = taken_back.load();
  }
  EXPECT_EQ(ran.load() + removed, kThreads * kJobs);
}

TEST(ComputePool, LeavesSignalsToOtherThreads) {
  ComputePool pool(1);
  bool term = false;
  bool fault = true;
  TestJob job([&] {
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
    term = sigismember(&blocked, SIGTERM) == 1;
    fault = sigismember(&blocked, SIGSEGV) == 1;
  });
  pool.Submit(job);
  job.ran.wait();
  EXPECT_TRUE(term);
  EXPECT_FALSE(fault);
  sigset_t own;
  pthread_sigmask(SIG_SETMASK, nullptr, &own);
  EXPECT_EQ(sigismember(&own, SIGTERM), 0) << "the caller's mask is as before";
}

TEST(ComputePool, GivesItsThreadsTheirOwnMetricCells) {
  MetricsRegistry metrics(1);
  const Counter counter = metrics.AddCounter("jobs_total", "Jobs.");
  bool own = false;
  {
    ComputePool pool(1, &metrics);
    TestJob job([&] {
      own = detail::this_metric_thread.registry == &metrics;
      counter.Add();
    });
    pool.Submit(job);
    job.ran.wait();
  }
  EXPECT_TRUE(own);
  std::string text;
  metrics.WritePrometheus(text);
  EXPECT_NE(text.find("jobs_total 1\n"), std::string::npos);
}

// A job that takes a while by the manual clock, and notes who it was for.
class TimedJob final : public ComputeJob {
 public:
  TimedJob(testing::ManualClock& clock, Duration time, std::string& log, char who)
      : clock_(clock), time_(time), log_(log), who_(who) {}
  void RunJob() noexcept override {
    clock_.Advance(time_);
    log_ += who_;
  }

 private:
  testing::ManualClock& clock_;
  const Duration time_;
  std::string& log_;
  const char who_;
};

// Runs jobs of consumers that all want the pool at once, on one thread; gives who ran, in order.
class ShareTest : public ::testing::Test {
 protected:
  struct Consumer {
    double weight;
    Duration time;
    std::size_t jobs;
  };
  std::string Order(const std::vector<Consumer>& consumers) {
    std::string log;
    std::deque<TimedJob> jobs;
    Blocker blocker;
    {
      ComputePool pool(1, nullptr, &clock_);
      std::vector<ComputeShare*> shares;
      for (const Consumer& consumer : consumers) shares.push_back(&pool.MakeShare(consumer.weight));
      pool.Submit(blocker.job);
      blocker.begun.wait();
      for (std::size_t i = 0; i < consumers.size(); ++i) {
        for (std::size_t n = 0; n < consumers[i].jobs; ++n) {
          jobs.emplace_back(clock_, consumers[i].time, log, static_cast<char>('a' + i));
          pool.Submit(jobs.back(), shares[i]);
        }
      }
      blocker.go.count_down();
    }
    return log;
  }

  testing::ManualClock clock_;
};

TEST_F(ShareTest, OverloadOfOneDoesNotStarveAnother) {
  const std::string order =
      Order({{1, std::chrono::milliseconds(1), 1'000}, {1, std::chrono::milliseconds(1), 10}});
  ASSERT_EQ(order.size(), 1'010U);
  EXPECT_LE(order.rfind('b'), 24U);
}

TEST_F(ShareTest, SharesAreOfTimeNotOfJobs) {
  // One's jobs take ten times as long: it gets a tenth of the jobs, as long as both want some.
  const std::string order =
      Order({{1, std::chrono::milliseconds(10), 100}, {1, std::chrono::milliseconds(1), 200}});
  const std::string both = order.substr(0, order.rfind('b') + 1);
  EXPECT_NEAR(static_cast<double>(std::ranges::count(both, 'a')), 20, 3);
}

TEST_F(ShareTest, FollowsWeights) {
  const std::string order =
      Order({{3, std::chrono::milliseconds(1), 300}, {1, std::chrono::milliseconds(1), 300}});
  const std::string both = order.substr(0, order.rfind('a') + 1);
  EXPECT_NEAR(static_cast<double>(std::ranges::count(both, 'b')), 100, 5);
}

TEST_F(ShareTest, GivesOneAllThatNobodyElseWants) {
  EXPECT_EQ(Order({{0.001, std::chrono::milliseconds(1), 50}, {1, Duration::zero(), 0}}),
            std::string(50, 'a'));
}

}  // namespace
}  // namespace tenon
