// SPDX-License-Identifier: Apache-2.0
// The table of signatures in docs/deployments.md, row by row: where an Infer runs, and how many at
// once.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "serving/test_application.hpp"
#include "tenon/task/compute.hpp"
#include "tenon/task/sleep.hpp"
#include "tenon/task/when_all.hpp"

namespace tenon::serving {
namespace {

using namespace std::chrono_literals;

struct Question {
  int number = 0;
};
struct Seen {
  bool on_loop = false;  // Of the test: its thread runs the loops.
  int company = 0;       // How many were inside, this one included.
  std::string session;
};

// Counts who is inside, and lets those on threads wait for each other.
class Room {
 public:
  Room() : loop_thread_(std::this_thread::get_id()) {}

  bool OnLoop() const { return std::this_thread::get_id() == loop_thread_; }
  int Enter() {
    const std::lock_guard lock(mutex_);
    return ++inside_;
  }
  void Leave() {
    const std::lock_guard lock(mutex_);
    --inside_;
  }
  // Stays until two have been inside together. Gives up, and fails its test, where none comes.
  int MeetAnother() {
    constexpr auto kPatience = 10s;
    std::unique_lock lock(mutex_);
    most_ = std::max(most_, ++inside_);
    changed_.notify_all();
    changed_.wait_for(lock, kPatience, [&] { return most_ >= 2; });
    --inside_;
    return most_;
  }
  // Gives others time to come in, where they may.
  int PassThrough() {
    const int company = Enter();
    for (int i = 0; i < 100; ++i) std::this_thread::yield();
    Leave();
    return company;
  }

 private:
  const std::thread::id loop_thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int inside_ = 0;
  int most_ = 0;
};

struct ConstFunction {
  Room* room;
  Seen Infer(const Question&, const RequestContext& context) const {
    return {room->OnLoop(), room->MeetAnother(), std::string(context.SessionId())};
  }
};
struct OwnFunction {
  Room* room;
  Seen Infer(const Question&) { return {room->OnLoop(), room->PassThrough(), ""}; }
};
struct OwnFunctions {
  Room* room;
  Seen Infer(const Question&) { return {room->OnLoop(), room->MeetAnother(), ""}; }
};
struct ConstTask {
  Room* room;
  Task<Seen> Infer(Question, const RequestContext& context) const {
    const bool before = room->OnLoop();
    const int company = room->Enter();
    co_await Sleep(1ms);
    co_await Compute([] {});
    room->Leave();
    co_return Seen{before && room->OnLoop(), company, std::string(context.SessionId())};
  }
};
struct OwnTask {
  Room* room;
  Task<Seen> Infer(Question) {
    const int company = room->Enter();
    co_await Sleep(1ms);
    room->Leave();
    co_return Seen{room->OnLoop(), company, ""};
  }
};
struct ConstBatch {
  Room* room;
  std::vector<Seen> Infer(std::span<const Question> batch) const {
    return std::vector<Seen>(batch.size(), Seen{room->OnLoop(), room->MeetAnother(), ""});
  }
};
struct OwnBatch {
  Room* room;
  std::vector<Seen> Infer(std::span<const Question> batch) {
    return std::vector<Seen>(batch.size(), Seen{room->OnLoop(), room->PassThrough(), ""});
  }
};
struct ConstStream {
  Room* room;
  Stream<Seen> Infer(Question question, const RequestContext& context) const {
    const int company = room->Enter();
    for (int i = 0; i < question.number; ++i) {
      co_await Sleep(1ms);
      co_yield Seen{room->OnLoop(), company, std::string(context.SessionId())};
    }
    room->Leave();
  }
};
struct OwnStream {
  Room* room;
  Stream<Seen> Infer(Question question) {
    const int company = room->Enter();
    for (int i = 0; i < question.number; ++i) {
      co_await Sleep(1ms);
      co_yield Seen{room->OnLoop(), company, ""};
    }
    room->Leave();
  }
};

class SignatureTable : public ApplicationFixture {
 protected:
  SignatureTable() {
    context_.SetSessionId("s1");
    scope_.request = &context_;
  }
  // The answers of so many calls at the same time.
  template <class H>
  std::vector<Seen> CallTogether(const H& handle, int calls) {
    std::vector<Task<Seen>> tasks;
    for (int i = 0; i < calls; ++i) tasks.push_back(handle(Question{i}));
    return Run(WhenAll(std::move(tasks))).Value();
  }
  template <class H>
  static Task<std::vector<Seen>> Collect(H handle) {
    std::vector<Seen> all;
    auto stream = handle(Question{3});
    while (auto item = co_await stream.Next()) all.push_back(*item);
    co_return all;
  }
  template <class H>
  std::vector<Seen> CollectTogether(const H& handle) {
    auto [first, second] = Run(WhenAll(Collect(handle), Collect(handle))).Value();
    first.insert(first.end(), second.begin(), second.end());
    return first;
  }
  static int Most(const std::vector<Seen>& answers) {
    int most = 0;
    for (const Seen& answer : answers) most = std::max(most, answer.company);
    return most;
  }

  RequestContext context_;
  Room room_;
};

TEST_F(SignatureTable, AConstFunctionRunsOnThePoolSeveralAtOnce) {
  auto handle = app_.Bind<ConstFunction>({.max_ongoing_requests = 2}, ConstFunction{&room_});
  ASSERT_TRUE(Start());
  const auto answers = CallTogether(handle, 2);
  EXPECT_EQ(Most(answers), 2);
  for (const Seen& answer : answers) {
    EXPECT_FALSE(answer.on_loop);
    EXPECT_EQ(answer.session, "s1");
  }
}

TEST_F(SignatureTable, AFunctionThatIsNotConstRunsOnThePoolOneAtATime) {
  auto handle = app_.Bind<OwnFunction>({}, OwnFunction{&room_});
  ASSERT_TRUE(Start());
  const auto answers = CallTogether(handle, 3);
  EXPECT_EQ(Most(answers), 1);
  for (const Seen& answer : answers) EXPECT_FALSE(answer.on_loop);
}

TEST_F(SignatureTable, ReplicasMultiplyAFunctionThatIsNotConst) {
  auto handle = app_.Bind<OwnFunctions>({.num_replicas = 2}, OwnFunctions{&room_});
  ASSERT_TRUE(Start());
  EXPECT_EQ(Most(CallTogether(handle, 2)), 2);
}

TEST_F(SignatureTable, AConstTaskRunsOnTheLoopAsManyAtOnceAsAllowed) {
  auto handle = app_.Bind<ConstTask>({.max_ongoing_requests = 3}, ConstTask{&room_});
  ASSERT_TRUE(Start());
  const auto answers = CallTogether(handle, 7);
  EXPECT_EQ(Most(answers), 3);
  for (const Seen& answer : answers) {
    EXPECT_TRUE(answer.on_loop);
    EXPECT_EQ(answer.session, "s1");
  }
}

TEST_F(SignatureTable, ReplicasOfAConstTaskMultiplyItsPermits) {
  auto handle =
      app_.Bind<ConstTask>({.num_replicas = 2, .max_ongoing_requests = 3}, ConstTask{&room_});
  ASSERT_TRUE(Start());
  EXPECT_EQ(Most(CallTogether(handle, 9)), 6);
}

TEST_F(SignatureTable, ATaskThatIsNotConstRunsOneAtATime) {
  auto handle = app_.Bind<OwnTask>({}, OwnTask{&room_});
  ASSERT_TRUE(Start());
  const auto answers = CallTogether(handle, 4);
  EXPECT_EQ(Most(answers), 1);
  for (const Seen& answer : answers) EXPECT_TRUE(answer.on_loop);
}

struct TellsItsLoop {
  const EventLoop** seen;
  Task<Question> Infer(Question question) {
    seen[question.number] = (co_await CurrentScope()).loop;
    co_await Sleep(1ms);
    co_return question;
  }
};

// The first replica lives on the first loop, the second on the second, wherever a call comes from.
TEST_F(SignatureTable, ATaskThatIsNotConstRunsOnTheHomeLoopOfItsReplica) {
  const EventLoop* seen[2] = {};
  auto handle = app_.Bind<TellsItsLoop>({.num_replicas = 2}, TellsItsLoop{seen});
  ASSERT_TRUE(Start());
  testing::EndNote notes[2];
  std::vector<Task<Question>> calls;
  for (int i = 0; i < 2; ++i) {
    calls.push_back(handle(Question{i}));
    EXPECT_FALSE(calls.back().Start(scope_, notes[i]));
  }
  for (int i = 0; i < 3; ++i) {
    loop_.RunUntilIdle();
    other_loop_.RunUntilIdle();
    clock_.Advance(1ms);
  }
  ASSERT_TRUE(notes[0].Ended() && notes[1].Ended());
  EXPECT_EQ(seen[0], &loop_);
  EXPECT_EQ(seen[1], &other_loop_);
}

TEST_F(SignatureTable, AConstBatchRunsOnThePoolInAsManyRunsAsAllowed) {
  auto handle = app_.Bind<ConstBatch>({.batch = {.max_batch_size = 2, .max_concurrent_batches = 2}},
                                      ConstBatch{&room_});
  ASSERT_TRUE(Start());
  const auto answers = CallTogether(handle, 4);
  EXPECT_EQ(Most(answers), 2);
  for (const Seen& answer : answers) EXPECT_FALSE(answer.on_loop);
}

TEST_F(SignatureTable, ABatchThatIsNotConstHasOneRunAtATime) {
  auto handle = app_.Bind<OwnBatch>({.batch = {.max_batch_size = 2}}, OwnBatch{&room_});
  ASSERT_TRUE(Start());
  const auto answers = CallTogether(handle, 6);
  EXPECT_EQ(Most(answers), 1);
  EXPECT_LT(app_.Deployments()[0]->Read().batching[0].counts.runs, 6U) << "calls were put together";
}

TEST_F(SignatureTable, AConstStreamRunsOnTheLoopSeveralAtOnce) {
  auto handle = app_.Bind<ConstStream>({}, ConstStream{&room_});
  ASSERT_TRUE(Start());
  const auto answers = CollectTogether(handle);
  ASSERT_EQ(answers.size(), 6U);
  EXPECT_EQ(Most(answers), 2);
  for (const Seen& answer : answers) {
    EXPECT_TRUE(answer.on_loop);
    EXPECT_EQ(answer.session, "s1");
  }
}

TEST_F(SignatureTable, AStreamThatIsNotConstIsAloneUntilItsEnd) {
  auto handle = app_.Bind<OwnStream>({}, OwnStream{&room_});
  ASSERT_TRUE(Start());
  const auto answers = CollectTogether(handle);
  ASSERT_EQ(answers.size(), 6U);
  EXPECT_EQ(Most(answers), 1);
}

TEST_F(SignatureTable, AStreamThatIsDroppedGivesItsPermitBack) {
  auto handle = app_.Bind<OwnStream>({.max_queued_requests = 0}, OwnStream{&room_});
  ASSERT_TRUE(Start());
  const auto drop = [&]() -> Task<void> {
    auto stream = handle(Question{3});
    EXPECT_TRUE(co_await stream.Next());
  };
  ASSERT_TRUE(Run(drop()));
  EXPECT_EQ(app_.Deployments()[0]->Read().admission.ongoing, 0U);
  EXPECT_EQ(Run(Collect(handle)).Value().size(), 3U);
}

}  // namespace
}  // namespace tenon::serving
