// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/admission.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <random>
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

TEST_F(AdmissionTest, GivesThePermitBackWhenItComesAfterTheDeadline) {
  Admission admission("Echo", {.max_ongoing_requests = 1, .max_queued_requests = 5}, 0);
  Caller first(admission, loop_);
  Caller late(admission, loop_);
  Caller next(admission, loop_);
  late.scope.deadline = Deadline::At(clock_.Now() + std::chrono::milliseconds(5));
  for (Caller* caller : {&first, &late, &next}) caller->Start();
  first.Take();
  clock_.Advance(std::chrono::milliseconds(5));
  first.Finish();
  loop_.RunUntilIdle();
  late.Take();
  ASSERT_FALSE(late.outcome->Ok());
  EXPECT_EQ(late.outcome->Error().Code(), ErrorCode::kDeadlineExceeded);
  ASSERT_TRUE(next.Ended());
  next.Take();
  EXPECT_TRUE(next.outcome->Ok());
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

// Whatever comes in whatever order: permits never exceed the limit, nobody runs who was stopped or
// late, arrival decides, everybody is answered once, and no permit lies idle while somebody waits.
class RandomAdmission {
 public:
  RandomAdmission(unsigned seed, std::size_t slots)
      : random_(seed),
        slotted_(slots > 0),
        limit_(slots == 0 ? 1 + seed % 4 : slots),
        most_queued_(seed % 5),
        admission_("Echo", {.max_ongoing_requests = limit_, .max_queued_requests = most_queued_},
                   slots) {}

  void Step() {
    switch (random_() % 6) {
      case 0:
      case 1: Arrive(); break;
      case 2: FinishOne(); break;
      case 3: StopOne(); break;
      case 4: clock_.Advance(milliseconds(random_() % 10)); break;
      default: Settle();
    }
    EXPECT_LE(admission_.Read().ongoing, limit_);
    EXPECT_LE(admission_.Read().queued, most_queued_);
  }
  void End() {
    Settle();
    while (!holders_.empty()) {
      FinishOne();
      Settle();
    }
    EXPECT_TRUE(waiting_.empty());
    EXPECT_EQ(answered_, callers_.size());
    EXPECT_EQ(admission_.Read().ongoing, 0U);
    EXPECT_EQ(admission_.Read().queued, 0U);
  }
  std::size_t Admitted() const { return admitted_; }

 private:
  using milliseconds = std::chrono::milliseconds;

  void Arrive() {
    callers_.push_back(std::make_unique<Caller>(admission_, loop_));
    Caller& caller = *callers_.back();
    if (random_() % 2 == 0) {
      caller.scope.deadline = Deadline::At(clock_.Now() + milliseconds(random_() % 20));
    }
    if (random_() % 10 == 0) caller.stop.RequestStop();
    const Admission::Counts before = admission_.Read();
    caller.Start();
    if (!caller.Ended()) {
      waiting_.push_back(&caller);
      return;
    }
    Answer(caller);
    if (caller.outcome->Ok()) {
      EXPECT_EQ(before.queued, 0U) << "it went past those who wait";
    } else if (caller.outcome->Error().Code() == ErrorCode::kOverloaded) {
      EXPECT_EQ(before.queued, most_queued_);
    }
  }
  void FinishOne() {
    if (holders_.empty()) return;
    const std::size_t index = random_() % holders_.size();
    holders_[index]->Finish();
    holders_.erase(holders_.begin() + static_cast<std::ptrdiff_t>(index));
  }
  void StopOne() {
    if (!callers_.empty()) callers_[random_() % callers_.size()]->stop.RequestStop();
  }
  void Settle() {
    loop_.RunUntilIdle();
    for (auto it = waiting_.begin(); it != waiting_.end();) {
      Caller& caller = **it;
      if (!caller.Ended()) {
        ++it;
        continue;
      }
      Answer(caller);
      // Those before it that still want to run would have been first.
      if (caller.outcome->Ok()) {
        EXPECT_EQ(it, waiting_.begin());
      }
      it = waiting_.erase(it);
    }
    const Admission::Counts counts = admission_.Read();
    EXPECT_EQ(counts.ongoing, holders_.size());
    EXPECT_EQ(counts.queued, waiting_.size());
    if (counts.queued > 0) {
      EXPECT_EQ(counts.ongoing, limit_) << "a permit lies idle";
    }
  }
  void Answer(Caller& caller) {
    ++answered_;
    caller.Take();
    if (!caller.outcome->Ok()) return;
    ++admitted_;
    EXPECT_FALSE(caller.stop.StopRequested());
    EXPECT_FALSE(caller.scope.deadline.Passed(clock_.Now()));
    for (const Caller* holder : holders_) {
      if (slotted_) {
        EXPECT_NE((*holder->outcome)->Slot(), (*caller.outcome)->Slot());
      }
    }
    holders_.push_back(&caller);
  }

  std::mt19937 random_;
  const bool slotted_;
  const std::size_t limit_;
  const std::size_t most_queued_;
  ManualClock clock_;
  ManualLoop loop_{clock_};
  Admission admission_;
  std::vector<std::unique_ptr<Caller>> callers_;
  std::vector<Caller*> waiting_;  // In the order of arrival.
  std::vector<Caller*> holders_;
  std::size_t answered_ = 0;
  std::size_t admitted_ = 0;
};

TEST(AdmissionProperty, HoldsUnderRandomSchedules) {
  std::size_t admitted = 0;
  for (unsigned seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    const std::size_t slots = seed % 3 == 0 ? 1 + seed % 2 : 0;
    RandomAdmission schedule(seed, slots);
    for (int step = 0; step < 300; ++step) schedule.Step();
    schedule.End();
    if (::testing::Test::HasFailure()) return;
    admitted += schedule.Admitted();
  }
  EXPECT_GT(admitted, 1000U);  // Otherwise the schedules test nothing.
}

// Callers on two loops, stopped from a third thread at any moment: nothing is lost or run twice.
TEST(AdmissionRace, KeepsItsCountsWhenStopsAndReleasesMeet) {
  const SystemClock clock;
  // With all that is measured: on which loop's thread a permit comes free is a matter of luck.
  Admission admission("Echo",
                      {.max_ongoing_requests = 2,
                       .max_queued_requests = 1000,
                       .adapts_ongoing = true,
                       .adapts_queued = true},
                      0, &clock);
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
