// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/admission.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "task/epoll_loop.hpp"
#include "tenon/task/task.hpp"
#include "tenon/testing/manual_clock.hpp"
#include "tenon/testing/manual_loop.hpp"
#include "tenon/testing/run_task.hpp"

namespace tenon::serving {
namespace {

using testing::EndNote;
using testing::ManualClock;
using testing::ManualLoop;

// A call that holds its permit until the test lets it go.
struct Caller {
  Caller(Admission& admission, ManualLoop& loop) : acquire(admission.Acquire()) {
    scope.loop = &loop;
    scope.stop = stop;
  }
  void Start() {
    if (acquire.Start(scope, note)) ended_at_once = true;
  }
  bool Ended() const { return ended_at_once || note.Ended(); }
  void Take() { outcome.emplace(acquire.TakeResult()); }
  void Finish() { outcome.reset(); }

  StopSource stop;
  Scope scope;
  EndNote note;
  AcquirePermit acquire;
  bool ended_at_once = false;
  std::optional<Result<Permit>> outcome;
};

class AdmissionTest : public ::testing::Test {
 protected:
  ManualClock clock_;
  ManualLoop loop_{clock_};
};

TEST_F(AdmissionTest, HandsPermitsOnInTheOrderOfArrival) {
  Admission admission("Echo", {.max_ongoing_requests = 1, .max_queued_requests = 2}, 0);
  Caller first(admission, loop_);
  Caller second(admission, loop_);
  Caller third(admission, loop_);
  Caller fourth(admission, loop_);
  for (Caller* caller : {&first, &second, &third, &fourth}) caller->Start();
  ASSERT_TRUE(first.Ended());
  first.Take();
  EXPECT_TRUE(first.outcome->Ok());
  EXPECT_FALSE(second.Ended());
  EXPECT_FALSE(third.Ended());

  ASSERT_TRUE(fourth.Ended());
  fourth.Take();
  ASSERT_FALSE(fourth.outcome->Ok());
  EXPECT_EQ(fourth.outcome->Error().Code(), ErrorCode::kOverloaded);
  EXPECT_EQ(fourth.outcome->Error().RetryAfter(), std::chrono::seconds(1));
  EXPECT_NE(fourth.outcome->Error().Detail().find("'Echo'"), std::string::npos);

  first.Finish();
  loop_.RunUntilIdle();
  ASSERT_TRUE(second.Ended());
  EXPECT_FALSE(third.Ended());
  second.Take();
  second.Finish();
  loop_.RunUntilIdle();
  ASSERT_TRUE(third.Ended());
  third.Take();
  third.Finish();
  const Admission::Counts counts = admission.Read();
  EXPECT_EQ(counts.ongoing, 0U);
  EXPECT_EQ(counts.queued, 0U);
  EXPECT_EQ(counts.refused, 1U);
}

TEST_F(AdmissionTest, LetsAStoppedCallerLeaveTheQueueAtOnce) {
  Admission admission("Echo", {.max_ongoing_requests = 1, .max_queued_requests = 5}, 0);
  Caller first(admission, loop_);
  Caller leaves(admission, loop_);
  Caller stays(admission, loop_);
  for (Caller* caller : {&first, &leaves, &stays}) caller->Start();
  leaves.stop.RequestStop();
  loop_.RunUntilIdle();
  ASSERT_TRUE(leaves.Ended());
  leaves.Take();
  EXPECT_EQ(leaves.outcome->Error().Code(), ErrorCode::kCancelled);
  EXPECT_EQ(admission.Read().queued, 1U);

  first.Take();
  first.Finish();
  loop_.RunUntilIdle();
  ASSERT_TRUE(stays.Ended());
  stays.Take();
  EXPECT_TRUE(stays.outcome->Ok());
}

TEST_F(AdmissionTest, GivesThePermitBackWhenTheCallerWasStoppedWhileItWasHandedOver) {
  Admission admission("Echo", {.max_ongoing_requests = 1, .max_queued_requests = 5}, 0);
  Caller first(admission, loop_);
  Caller second(admission, loop_);
  first.Start();
  second.Start();
  first.Take();
  first.Finish();  // Posted to the loop, not yet run.
  second.stop.RequestStop();
  loop_.RunUntilIdle();
  ASSERT_TRUE(second.Ended());
  second.Take();
  EXPECT_EQ(second.outcome->Error().Code(), ErrorCode::kCancelled);
  EXPECT_EQ(admission.Read().ongoing, 0U);
}

TEST_F(AdmissionTest, RefusesACallerThatIsStoppedOrLateBeforeItBegins) {
  Admission admission("Echo", {}, 0);
  Caller stopped(admission, loop_);
  stopped.stop.RequestStop();
  stopped.Start();
  ASSERT_TRUE(stopped.Ended());
  stopped.Take();
  EXPECT_EQ(stopped.outcome->Error().Code(), ErrorCode::kCancelled);

  Caller late(admission, loop_);
  late.scope.deadline = Deadline::At(clock_.Now());
  late.Start();
  ASSERT_TRUE(late.Ended());
  late.Take();
  EXPECT_EQ(late.outcome->Error().Code(), ErrorCode::kDeadlineExceeded);
}

TEST_F(AdmissionTest, GivesEachReplicaToOneCallerAtATime) {
  Admission admission("Counter", {.max_queued_requests = 5}, 2);
  Caller first(admission, loop_);
  Caller second(admission, loop_);
  Caller third(admission, loop_);
  for (Caller* caller : {&first, &second, &third}) caller->Start();
  first.Take();
  second.Take();
  EXPECT_NE((*first.outcome)->Slot(), (*second.outcome)->Slot());
  EXPECT_FALSE(third.Ended());
  const std::size_t freed = (*second.outcome)->Slot();
  second.Finish();
  loop_.RunUntilIdle();
  third.Take();
  EXPECT_EQ((*third.outcome)->Slot(), freed);
}

// Callers on two loops, stopped from a third thread at any moment: nothing is lost or run twice.
TEST(AdmissionRace, KeepsItsCountsWhenStopsAndReleasesMeet) {
  const SystemClock clock;
  Admission admission("Echo", {.max_ongoing_requests = 2, .max_queued_requests = 1000}, 0);
  constexpr int kLoops = 2;
  constexpr int kCallsPerLoop = 200;
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  std::atomic<int> ended{0};
  std::vector<std::unique_ptr<StopSource>> stops;
  for (int i = 0; i < kLoops * kCallsPerLoop; ++i) stops.push_back(std::make_unique<StopSource>());

  const auto call = [&](int /*index*/) -> Task<void> {
    auto permit = co_await AsResult(admission.Acquire());
    if (permit) {
      const int now = ++running;
      int seen = most.load();
      while (seen < now && !most.compare_exchange_weak(seen, now)) {
      }
      --running;
    }
    ++ended;
  };
  struct Root final : Completion {
    std::coroutine_handle<> Complete() noexcept override { return std::noop_coroutine(); }
  };
  struct StartAll final : PostedWork {
    std::vector<std::unique_ptr<Scope>> scopes;
    std::vector<Task<void>> tasks;
    Root root;
    void RunPosted() noexcept override {
      for (std::size_t i = 0; i < tasks.size(); ++i) tasks[i].Start(*scopes[i], root);
    }
  };
  std::vector<std::unique_ptr<EpollLoop>> loops;
  std::vector<std::unique_ptr<StartAll>> starts;
  for (int l = 0; l < kLoops; ++l) {
    loops.push_back(std::move(EpollLoop::Create(clock)).Value());
    auto start = std::make_unique<StartAll>();
    for (int i = 0; i < kCallsPerLoop; ++i) {
      const int index = l * kCallsPerLoop + i;
      auto scope = std::make_unique<Scope>();
      scope->loop = loops.back().get();
      scope->stop = *stops[static_cast<std::size_t>(index)];
      start->scopes.push_back(std::move(scope));
      start->tasks.push_back(call(index));
    }
    loops.back()->Post(*start);
    starts.push_back(std::move(start));
  }
  std::vector<std::thread> threads;
  for (auto& loop : loops) threads.emplace_back([&loop] { loop->Run(); });
  for (std::size_t i = 0; i < stops.size(); i += 3) stops[i]->RequestStop();
  while (ended.load() < kLoops * kCallsPerLoop) std::this_thread::yield();
  for (auto& loop : loops) loop->RequestExit();
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(most.load(), 2);
  EXPECT_EQ(admission.Read().ongoing, 0U);
  EXPECT_EQ(admission.Read().queued, 0U);
}

}  // namespace
}  // namespace tenon::serving
