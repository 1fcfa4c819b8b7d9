// SPDX-License-Identifier: Apache-2.0
#include "task/epoll_loop.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <coroutine>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tenon/task/compute.hpp"
#include "tenon/task/sleep.hpp"
#include "tenon/task/task.hpp"
#include "tenon/task/when_all.hpp"
#include "tenon/testing/manual_clock.hpp"

namespace tenon {
namespace {

using namespace std::chrono_literals;

std::unique_ptr<EpollLoop> MakeLoop(const Clock& clock) {
  Result<std::unique_ptr<EpollLoop>> loop = EpollLoop::Create(clock);
  EXPECT_TRUE(loop.Ok());
  return *std::move(loop);
}

struct Work final : PostedWork {
  explicit Work(std::function<void()> what) : body(std::move(what)) {}
  void RunPosted() noexcept override { body(); }
  std::function<void()> body;
};

struct Alarm final : Timer {
  explicit Alarm(std::function<void()> what) : body(std::move(what)) {}
  void OnTime() noexcept override { body(); }
  std::function<void()> body;
};

struct Handler final : FdHandler {
  explicit Handler(std::function<void(std::uint32_t)> what) : body(std::move(what)) {}
  void OnEvents(std::uint32_t events) noexcept override { body(events); }
  std::function<void(std::uint32_t)> body;
};

// Two connected sockets.
struct Pair {
  Pair() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds.data()), 0); }
  ~Pair() {
    for (int fd : fds) close(fd);
  }
  void Send() const { EXPECT_EQ(write(fds[1], "x", 1), 1); }
  int Watched() const { return fds[0]; }
  std::array<int, 2> fds{};
};

struct OnEpollLoop : ::testing::Test {
  SystemClock clock;
  std::unique_ptr<EpollLoop> loop = MakeLoop(clock);
};

TEST_F(OnEpollLoop, RunsPostedWorkInOrder) {
  std::string order;
  Work a([&] { order += 'a'; });
  Work b([&] { order += 'b'; });
  Work exit([&] { loop->RequestExit(); });
  loop->Post(a);
  loop->Post(b);
  loop->Post(exit);
  loop->Run();
  EXPECT_EQ(order, "ab");
}

TEST_F(OnEpollLoop, WorkThatPostsItselfDoesNotStarveTimersOrDescriptors) {
  Pair pair;
  bool fired = false;
  bool read = false;
  std::unique_ptr<Work> again;
  again = std::make_unique<Work>([&] {
    if (fired && read) {
      loop->RequestExit();
    } else {
      loop->Post(*again);
    }
  });
  Alarm alarm([&] { fired = true; });
  Handler handler([&](std::uint32_t) { read = true; });
  ASSERT_TRUE(loop->Watch(pair.Watched(), EPOLLIN | EPOLLET, handler).Ok());
  loop->Arm(alarm, clock.Now() + 1ms);
  loop->Post(*again);
  pair.Send();
  loop->Run();
  EXPECT_TRUE(fired && read);
}

TEST_F(OnEpollLoop, ATimerThatArmsItselfForNowDoesNotStarvePosts) {
  int rounds = 0;
  std::unique_ptr<Alarm> alarm;
  alarm = std::make_unique<Alarm>([&] {
    ++rounds;
    loop->Arm(*alarm, loop->Now());
  });
  std::unique_ptr<Work> work;
  work = std::make_unique<Work>([&] {
    if (rounds >= 3) return loop->RequestExit();
    loop->Post(*work);
  });
  loop->Arm(*alarm, loop->Now());
  loop->Post(*work);
  loop->Run();
  EXPECT_GE(rounds, 3);
}

TEST_F(OnEpollLoop, FiresTimersInOrderAndNotBeforeTheirTime) {
  std::string order;
  const TimePoint begin = clock.Now();
  TimePoint last_fired{};
  Alarm c([&] {
    order += 'c';
    last_fired = clock.Now();
    loop->RequestExit();
  });
  Alarm a([&] { order += 'a'; });
  Alarm b([&] { order += 'b'; });
  Alarm never([&] { order += '!'; });
  loop->Arm(c, begin + 3ms);
  loop->Arm(a, begin + 1ms);
  loop->Arm(b, begin + 2ms);
  loop->Arm(never, begin + 1ms);
  loop->Disarm(never);
  loop->Run();
  EXPECT_EQ(order, "abc");
  EXPECT_GE(last_fired, begin + 3ms);
}

TEST_F(OnEpollLoop, ATimerMovesEarlierAndLater) {
  std::string order;
  const TimePoint begin = clock.Now();
  Alarm early([&] { order += 'e'; });
  Alarm late([&] {
    order += 'l';
    loop->RequestExit();
  });
  loop->Arm(early, begin + 1h);
  loop->Arm(late, begin + 1ms);
  Work move([&] {
    loop->Arm(early, begin + 2ms);
    loop->Arm(late, begin + 3ms);
  });
  loop->Post(move);
  loop->Run();
  EXPECT_EQ(order, "el");
}

TEST_F(OnEpollLoop, TakesItsTimeFromTheClockItWasGiven) {
  testing::ManualClock manual;
  std::unique_ptr<EpollLoop> other = MakeLoop(manual);
  bool fired = false;
  Alarm alarm([&] { fired = true; });
  other->Arm(alarm, manual.Now() + 1h);
  Work check([&] { other->RequestExit(); });
  other->Post(check);
  other->Run();
  EXPECT_FALSE(fired);
  manual.Advance(1h);
  other->Post(check);
  other->Run();
  EXPECT_TRUE(fired);
  EXPECT_EQ(other->Now(), manual.Now());
}

TEST_F(OnEpollLoop, TellsAHandlerWhatHappened) {
  Pair pair;
  std::uint32_t seen = 0;
  Handler handler([&](std::uint32_t events) {
    seen = events;
    loop->RequestExit();
  });
  ASSERT_TRUE(loop->Watch(pair.Watched(), EPOLLIN | EPOLLRDHUP | EPOLLET, handler).Ok());
  shutdown(pair.fds[1], SHUT_WR);
  loop->Run();
  EXPECT_TRUE((seen & EPOLLRDHUP) != 0);
}

TEST_F(OnEpollLoop, RewatchReportsWhatIsReadyAlready) {
  Pair pair;
  int calls = 0;
  Handler handler([&](std::uint32_t) {
    if (++calls == 1) {
      loop->Rewatch(pair.Watched(), EPOLLIN | EPOLLOUT | EPOLLET);
    } else {
      loop->RequestExit();
    }
  });
  ASSERT_TRUE(loop->Watch(pair.Watched(), EPOLLIN | EPOLLET, handler).Ok());
  pair.Send();
  loop->Run();
  EXPECT_EQ(calls, 2);
}

TEST_F(OnEpollLoop, WatchingWhatCannotBeWatchedFails) {
  Handler handler([](std::uint32_t) {});
  std::FILE* file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  EXPECT_FALSE(loop->Watch(fileno(file), EPOLLIN | EPOLLET, handler).Ok());
  std::fclose(file);
}

TEST_F(OnEpollLoop, UnwatchKeepsEventsOfTheSameTurnFromADeadHandler) {
  // All are ready at once; whichever comes first destroys all the others.
  std::array<Pair, 8> pairs;
  std::array<std::unique_ptr<Handler>, 8> handlers;
  int calls = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    handlers[i] = std::make_unique<Handler>([&, i](std::uint32_t) {
      ++calls;
      for (std::size_t other = 0; other < pairs.size(); ++other) {
        if (other == i) continue;
        loop->Unwatch(pairs[other].Watched());
        handlers[other].reset();
      }
      loop->RequestExit();
    });
    ASSERT_TRUE(loop->Watch(pairs[i].Watched(), EPOLLIN | EPOLLET, *handlers[i]).Ok());
    pairs[i].Send();
  }
  loop->Run();
  EXPECT_EQ(calls, 1);
}

TEST_F(OnEpollLoop, AHandlerMayDestroyItself) {
  Pair pair;
  std::unique_ptr<Handler> handler;
  handler = std::make_unique<Handler>([&](std::uint32_t) {
    loop->Unwatch(pair.Watched());
    EpollLoop& kept = *loop;
    handler.reset();
    kept.RequestExit();
  });
  ASSERT_TRUE(loop->Watch(pair.Watched(), EPOLLIN | EPOLLET, *handler).Ok());
  pair.Send();
  loop->Run();
  EXPECT_EQ(handler, nullptr);
}

TEST_F(OnEpollLoop, AnEventOfAClosedDescriptorDoesNotReachItsSuccessor) {
  // Whichever of the two runs first replaces the other by a new socket of the same number, which
  // has nothing to read.
  std::array<Pair, 2> pairs;
  std::array<std::unique_ptr<Handler>, 2> handlers;
  int successor_calls = 0;
  Handler successor([&](std::uint32_t) { ++successor_calls; });
  Pair fresh;
  Work exit([&] { loop->RequestExit(); });
  bool replaced = false;
  for (std::size_t i = 0; i < 2; ++i) {
    handlers[i] = std::make_unique<Handler>([&, i](std::uint32_t) {
      if (std::exchange(replaced, true)) return;
      const int other = pairs[1 - i].Watched();
      loop->Unwatch(other);
      ASSERT_EQ(dup2(fresh.Watched(), other), other);
      ASSERT_TRUE(loop->Watch(other, EPOLLIN | EPOLLET, successor).Ok());
      loop->Post(exit);
    });
    ASSERT_TRUE(loop->Watch(pairs[i].Watched(), EPOLLIN | EPOLLET, *handlers[i]).Ok());
    pairs[i].Send();
  }
  loop->Run();
  EXPECT_TRUE(replaced);
  EXPECT_EQ(successor_calls, 0);
}

TEST_F(OnEpollLoop, SaysForHowLongAndByWhomItIsHeld) {
  testing::ManualClock manual;
  std::unique_ptr<EpollLoop> held = MakeLoop(manual);
  EXPECT_EQ(held->Held(manual.Now()).time, 0ns) << "not running";
  LoopHold first;
  LoopHold second;
  Work block([&] {
    held->SetActivity("classifier");
    manual.Advance(7ms);
    std::thread([&] { first = held->Held(manual.Now()); }).join();
    manual.Advance(1ms);
    std::thread([&] { second = held->Held(manual.Now()); }).join();
  });
  LoopHold next;
  Work after([&] {
    next = held->Held(manual.Now());
    held->RequestExit();
  });
  held->Post(block);
  held->Post(after);
  held->Run();
  EXPECT_EQ(first.time, 7ms);
  EXPECT_STREQ(first.activity, "classifier");
  EXPECT_EQ(second.time, 8ms);
  EXPECT_EQ(second.step, first.step) << "one callback holds it";
  EXPECT_NE(next.step, first.step);
  EXPECT_EQ(next.activity, nullptr) << "nobody inherits an activity";
  EXPECT_EQ(held->Held(manual.Now()).time, 0ns);
}

TEST_F(OnEpollLoop, ExitRequestedBeforeItRunsIsNotLost) {
  bool ran = false;
  Work work([&] { ran = true; });
  loop->Post(work);
  loop->RequestExit();
  loop->Run();
  EXPECT_TRUE(ran) << "what was posted before has run";
}

TEST_F(OnEpollLoop, RunsAgainAfterItsExit) {
  for (int i = 0; i < 3; ++i) {
    Work exit([&] { loop->RequestExit(); });
    loop->Post(exit);
    loop->Run();
  }
}

TEST_F(OnEpollLoop, WakesForEveryPostOfASleepingLoop) {
  // Each post waits for the one before to have run, so the loop sleeps, or is about to, each time.
  std::atomic<int> ran{0};
  std::thread runner([&] { loop->Run(); });
  for (int i = 0; i < 2'000; ++i) {
    std::latch done{1};
    Work work([&] {
      ++ran;
      done.count_down();
    });
    loop->Post(work);
    done.wait();
  }
  loop->RequestExit();
  runner.join();
  EXPECT_EQ(ran.load(), 2'000);
}

TEST_F(OnEpollLoop, LosesNothingInAStormFromFourThreads) {
  constexpr int kThreads = 4;
  constexpr int kPosts = 20'000;
  struct Numbered final : PostedWork {
    void RunPosted() noexcept override {
      if (*last + 1 != number) *in_order = false;
      *last = number;
      if (--*left == 0) loop->RequestExit();
    }
    EpollLoop* loop = nullptr;
    int* last = nullptr;
    int* left = nullptr;
    bool* in_order = nullptr;
    int number = 0;
  };
  int left = kThreads * kPosts;
  bool in_order = true;
  std::array<int, kThreads> last{};
  std::vector<std::unique_ptr<Numbered[]>> work;
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < kThreads; ++t) {
    work.push_back(std::make_unique<Numbered[]>(kPosts));
    Numbered* mine = work.back().get();
    threads.emplace_back([&, mine, t] {
      for (int i = 0; i < kPosts; ++i) {
        mine[i].loop = loop.get();
        mine[i].last = &last[t];
        mine[i].left = &left;
        mine[i].in_order = &in_order;
        mine[i].number = i + 1;
        loop->Post(mine[i]);
      }
    });
  }
  loop->Run();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(left, 0);
  EXPECT_TRUE(in_order) << "work of one thread runs in the order in which it was posted";
}

TEST_F(OnEpollLoop, CarriesCoroutinesPoolAndTimers) {
  ComputePool pool(2);
  Scope scope;
  scope.loop = loop.get();
  scope.pool = &pool;
  auto step = [](int i) -> Task<int> {
    const int half = co_await Compute([i] { return i; });
    co_await Sleep(10us);
    co_return half + 1;
  };
  auto body = [&]() -> Task<std::int64_t> {
    std::int64_t sum = 0;
    for (int i = 0; i < 300; ++i) {
      auto [a, b, c] = co_await WhenAll(step(1), step(2), step(3));
      sum += a + b + c;
    }
    co_return sum;
  };
  struct Exit final : Completion {
    explicit Exit(EpollLoop& running) : loop(running) {}
    std::coroutine_handle<> Complete() noexcept override {
      loop.RequestExit();
      return std::noop_coroutine();
    }
    EpollLoop& loop;
  } exit(*loop);
  Task<std::int64_t> task = body();
  bool ended = false;
  Work start([&] {
    ended = task.Start(scope, exit);
    if (ended) loop->RequestExit();
  });
  loop->Post(start);
  loop->Run();
  EXPECT_EQ(*task.TakeResult(), 2'700);
}

}  // namespace
}  // namespace tenon
