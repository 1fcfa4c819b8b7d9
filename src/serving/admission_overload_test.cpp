// SPDX-License-Identifier: Apache-2.0
// More calls than can be answered, in simulated time: what is accepted ends in time, and nobody
// waits beside a free permit.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tenon/serving/admission.hpp"
#include "tenon/testing/manual_clock.hpp"
#include "tenon/testing/manual_loop.hpp"
#include "tenon/testing/run_task.hpp"

namespace tenon::serving {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kBudget = milliseconds(200);

struct Call {
  Call(Admission& admission, testing::ManualLoop& loop) : acquire(admission.Acquire()) {
    scope.loop = &loop;
    scope.deadline = Deadline::After(loop.Now(), kBudget);
    scope.stop = stop;
    ended_at_once = acquire.Start(scope, note);
  }
  bool Ended() const { return ended_at_once || note.Ended(); }

  StopSource stop;
  Scope scope;
  testing::EndNote note;
  AcquirePermit acquire;
  bool ended_at_once = false;
  std::optional<Permit> permit;
};

// A model that runs what waits inside, at most so many at once, one run after the other.
struct Model {
  Duration fixed;
  Duration each;
  std::size_t most;
};

class Overload {
 public:
  Overload(Model model, double rate)
      : model_(model),
        gap_(rate),
        admission_("Echo",
                   {.max_ongoing_requests = 1000,
                    .max_queued_requests = 1000,
                    .adapts_ongoing = true,
                    .adapts_queued = true},
                   0, &clock_) {}
  ~Overload() {
    while (!run_.empty() || !inside_.empty()) EndRun();
  }

  void RunFor(Duration time) {
    in_time = late = refused = 0;
    const TimePoint end = clock_.Now() + time;
    TimePoint next_arrival = clock_.Now();
    while (clock_.Now() < end) {
      if (run_.empty() || next_arrival < run_end_) {
        clock_.AdvanceTo(std::max(next_arrival, clock_.Now()));
        Arrive();
        next_arrival +=
            std::chrono::duration_cast<Duration>(std::chrono::duration<double>(gap_(random_)));
      } else {
        clock_.AdvanceTo(run_end_);
        EndRun();
      }
      if (run_.empty()) BeginRun();
      const Admission::Counts counts = admission_.Read();
      ASSERT_TRUE(counts.queued == 0 || counts.ongoing >= counts.concurrency)
          << counts.ongoing << " of " << counts.concurrency << ", " << counts.queued << " wait";
    }
  }

  std::size_t in_time = 0;
  std::size_t late = 0;  // Of those that were not refused.
  std::size_t refused = 0;

 private:
  void Arrive() {
    auto call = std::make_unique<Call>(admission_, loop_);
    if (!call->Ended()) {
      waiting_.push_back(std::move(call));
      return;
    }
    Take(std::move(call));
  }
  void Take(std::unique_ptr<Call> call) {
    Result<Permit> permit = call->acquire.TakeResult();
    if (permit) {
      call->permit.emplace(*std::move(permit));
      inside_.push_back(std::move(call));
    } else if (permit.Error().Code() == ErrorCode::kOverloaded) {
      ++refused;
    } else {
      ++late;
    }
  }
  void BeginRun() {
    while (!inside_.empty() && run_.size() < model_.most) {
      run_.push_back(std::move(inside_.front()));
      inside_.pop_front();
    }
    const auto count = static_cast<Duration::rep>(run_.size());
    run_end_ = clock_.Now() + model_.fixed + model_.each * count;
  }
  void EndRun() {
    for (const auto& call : run_) ++(call->scope.deadline.Passed(clock_.Now()) ? late : in_time);
    run_.clear();
    loop_.RunUntilIdle();
    while (!waiting_.empty() && waiting_.front()->Ended()) {
      Take(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    BeginRun();
  }

  Model model_;
  std::mt19937 random_{1};
  std::exponential_distribution<double> gap_;
  testing::ManualClock clock_;
  testing::ManualLoop loop_{clock_};
  Admission admission_;
  std::deque<std::unique_ptr<Call>> waiting_;
  std::deque<std::unique_ptr<Call>> inside_;
  std::vector<std::unique_ptr<Call>> run_;
  TimePoint run_end_{};
};

TEST(AdmissionOverload, AnswersWhatItAcceptsInTimeUnderAnyLoad) {
  struct Case {
    const char* name;
    Model model;
    double capacity;  // Calls a second, in runs that end within a quarter of the budget.
  };
  for (const Case& test : {Case{"alike", {Duration::zero(), milliseconds(2), 1}, 500},
                           Case{"cheaper", {milliseconds(4), microseconds(500), 96}, 1680}}) {
    for (const double times : {2, 5, 10}) {
      SCOPED_TRACE(std::string(test.name) + " at " + std::to_string(times));
      Overload overload(test.model, times * test.capacity);
      overload.RunFor(seconds(3));  // It learns.
      overload.RunFor(seconds(5));
      EXPECT_GE(static_cast<double>(overload.in_time), 0.9 * 5 * test.capacity);
      EXPECT_LE(overload.late, overload.in_time / 100);
      EXPECT_GT(overload.refused, 0U);
    }
  }
}

// Calls that wait for something outside: as many as there are end after the same time.
TEST(AdmissionOverload, LeavesCallsAloneThatTakeLongByThemselves) {
  constexpr std::size_t kClients = 100;
  testing::ManualClock clock;
  testing::ManualLoop loop(clock);
  Admission admission("Echo",
                      {.max_ongoing_requests = 1000,
                       .max_queued_requests = 1000,
                       .adapts_ongoing = true,
                       .adapts_queued = true},
                      0, &clock);
  struct Inside {
    TimePoint end;
    std::unique_ptr<Call> call;
  };
  std::deque<Inside> inside;
  // How many calls end in that time, with clients that call again and again.
  const auto run_for = [&](Duration time, Duration hold) {
    std::size_t ended = 0;
    const TimePoint end = clock.Now() + time;
    for (; clock.Now() < end; clock.Advance(milliseconds(1))) {
      for (; !inside.empty() && inside.front().end <= clock.Now(); ++ended) inside.pop_front();
      for (std::size_t i = inside.size(); i < kClients; ++i) {
        auto call = std::make_unique<Call>(admission, loop);
        // Whoever has to wait leaves, and comes again.
        if (!call->Ended()) {
          call->stop.RequestStop();
          loop.RunUntilIdle();
          continue;
        }
        Result<Permit> permit = call->acquire.TakeResult();
        if (!permit) continue;
        call->permit.emplace(*std::move(permit));
        inside.push_back({clock.Now() + hold, std::move(call)});
      }
    }
    return ended;
  };
  run_for(seconds(3), milliseconds(5));
  // They get slower, beyond a quarter of their budget; nobody is the faster for it if fewer run.
  run_for(seconds(3), milliseconds(150));
  EXPECT_GE(run_for(seconds(6), milliseconds(150)), kClients * 6 * 1000 / 150 * 85 / 100);
}

}  // namespace
}  // namespace tenon::serving
