// SPDX-License-Identifier: Apache-2.0
// Callers and replica servers, with real sockets and loops.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/wire/address.hpp"
#include "engine/wire/caller.hpp"
#include "engine/wire/replica_server.hpp"
#include "tenon/serving/application.hpp"
#include "tenon/task/compute_pool.hpp"
#include "tenon/task/sleep.hpp"
#include "tenon/task/when_all.hpp"
#include "tenon/testing/captured_log.hpp"

namespace tenon::engine {
namespace {

using namespace std::chrono_literals;

struct Question {
  std::string text;
  Tensor<float> tensor;
  int items = 0;
};
struct Reply {
  std::string text;
  std::string id;
  Tensor<float> tensor;
  bool has_deadline = false;
};

// What the replica has done, seen from the test.
struct Diary {
  std::atomic<int> begun{0};
  std::atomic<int> stopped{0};
  std::atomic<int> items{0};
};

class Echo {
 public:
  explicit Echo(std::shared_ptr<Diary> diary) : diary_(std::move(diary)) {}
  Task<Reply> Infer(Question question, const RequestContext& context) const {
    ++diary_->begun;
    if (question.text == "fail") throw Error(ErrorCode::kInvalid, "it was told to");
    if (question.text == "wait") {
      const Result<Unit> slept = co_await AsResult(SleepLong());
      if (!slept) ++diary_->stopped;
      if (!slept) co_return slept.Error();
    }
    context.ReplyCustomAttributes("seen=" + question.text.substr(0, 8));
    co_return Reply{.text = question.text,
                    .id = std::string(context.Id()),
                    .tensor = question.tensor,
                    .has_deadline = !context.Deadline().IsNever()};
  }

 private:
  static Task<Unit> SleepLong() {
    co_await Sleep(30s);
    co_return Unit{};
  }
  std::shared_ptr<Diary> diary_;
};

class Count {
 public:
  explicit Count(std::shared_ptr<Diary> diary) : diary_(std::move(diary)) {}
  Stream<Reply> Infer(Question question) const {
    for (int i = 0; i < question.items; ++i) {
      if (question.text == "fail" && i == 3) throw Error(ErrorCode::kInternal, "half way");
      ++diary_->items;
      Reply reply;
      reply.text = std::to_string(i);
      co_yield reply;
    }
  }

 private:
  std::shared_ptr<Diary> diary_;
};

// Loops with their threads.
class Loops {
 public:
  explicit Loops(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      owned_.push_back(EpollLoop::Create(clock_).Value());
      sockets.push_back(owned_.back().get());
      events.push_back(owned_.back().get());
    }
  }
  ~Loops() { Stop(); }
  void Run() {
    for (const auto& loop : owned_) threads_.emplace_back([&loop] { loop->Run(); });
  }
  void Stop() {
    for (const auto& loop : owned_) loop->RequestExit();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  SystemClock clock_;
  std::vector<EpollLoop*> sockets;
  std::vector<EventLoop*> events;

 private:
  std::vector<std::unique_ptr<EpollLoop>> owned_;
  std::vector<std::thread> threads_;
};

// Starts an operation on a loop and waits for it on the test's thread.
template <Operation T>
class Awaited final : private PostedWork, private Completion {
 public:
  Awaited(const Scope& scope, T operation) : scope_(scope), operation_(std::move(operation)) {
    scope_.loop->Post(*this);
  }
  ~Awaited() = default;
  Result<typename T::ValueType> Get() {
    ended_.get_future().wait();
    return operation_.TakeResult();
  }

 private:
  void RunPosted() noexcept override {
    if (operation_.Start(scope_, *this)) ended_.set_value();
  }
  std::coroutine_handle<> Complete() noexcept override {
    ended_.set_value();
    return std::noop_coroutine();
  }
  Scope scope_;
  T operation_;
  std::promise<void> ended_;
};

// One replica in this process, with loops of its own.
class Server {
 public:
  explicit Server(const std::string& address, std::string secret = "secret",
                  std::uint64_t max_payload = 1U << 26U)
      : address_(address), loops_(2) {
    app_.Bind<Echo>({.name = "Echo", .max_ongoing_requests = 50}, diary);
    app_.Bind<Count>({.name = "Count"}, diary);
    const serving::ReplicaServices services{.pool = pool_,
                                            .clock = loops_.clock_,
                                            .log = log_.Log(),
                                            .loops = loops_.events,
                                            .cpus = 1};
    for (const auto& deployment : app_.Deployments()) {
      EXPECT_TRUE(deployment->Materialize(services));
      servers_.push_back(std::make_unique<ReplicaServer>(
          *deployment, pool_, loops_.sockets,
          ReplicaServerOptions{.secret = secret, .graph = 1, .max_payload = max_payload}));
      const auto fd = ListenAt(address + "." + deployment->Name());
      EXPECT_TRUE(fd) << fd.Error().what();
      EXPECT_TRUE(servers_.back()->Listen(*fd));
    }
    loops_.Run();
  }
  ~Server() {
    // Calls that nobody waits for end with their connections, which go with the client.
    while (InFlight() > 0) std::this_thread::yield();
    loops_.Stop();
    servers_.clear();
    for (const auto& deployment : app_.Deployments()) {
      deployment->Dismantle();
      unlink((address_ + "." + deployment->Name()).substr(5).c_str());  // Behind "unix:".
    }
  }
  std::size_t InFlight() const { return servers_[0]->InFlight() + servers_[1]->InFlight(); }
  void GoAway() {
    for (const auto& server : servers_) server->GoAway();
  }

  std::shared_ptr<Diary> diary = std::make_shared<Diary>();

 private:
  const std::string address_;
  testing::CapturedLog log_;
  Loops loops_;
  ComputePool pool_{1};
  Application app_{"server"};
  std::vector<std::unique_ptr<ReplicaServer>> servers_;
};

class Client {
 public:
  explicit Client(const std::vector<std::string>& addresses, std::string secret = "secret",
                  DeploymentOptions options = {.name = "Echo"}, bool connects = true)
      : loops_(2),
        echo(app_.Bind<Echo>(options, std::make_shared<Diary>())),
        count(app_.Bind<Count>({.name = "Count"}, std::make_shared<Diary>())) {
    const serving::ReplicaServices services{.pool = pool_,
                                            .clock = loops_.clock_,
                                            .log = log_.Log(),
                                            .loops = loops_.events,
                                            .cpus = 1};
    for (const auto& deployment : app_.Deployments()) {
      callers_.push_back(std::make_unique<Caller>(
          *deployment, loops_.sockets,
          CallerOptions{.deployment = {}, .secret = secret, .graph = 1, .max_payload = 1U << 26U},
          services));
      deployment->Connect(*callers_.back());
    }
    if (connects) Point(addresses);
    loops_.Run();
  }
  ~Client() { Close(); }
  void Close() {
    loops_.Stop();
    for (const auto& deployment : app_.Deployments()) deployment->Dismantle();
    callers_.clear();
  }
  void Point(const std::vector<std::string>& addresses) {
    for (std::size_t i = 0; i < callers_.size(); ++i) {
      PeerTable table{.deployment = app_.Deployments()[i]->Name(), .replicas = {}};
      for (const std::string& address : addresses) {
        table.replicas.push_back({.address = address + "." + table.deployment});
      }
      callers_[i]->Apply(table);
    }
  }
  void SetUnavailable(const std::string& why) {
    for (const auto& caller : callers_) {
      caller->Apply({.deployment = {}, .replicas = {}, .unavailable = why});
    }
  }
  Scope ScopeOf(std::size_t loop = 0) const {
    Scope scope;
    scope.loop = loops_.events[loop];
    return scope;
  }

 private:
  testing::CapturedLog log_;
  Loops loops_;
  ComputePool pool_{1};
  Application app_{"client"};
  std::vector<std::unique_ptr<Caller>> callers_;

 public:
  HandleOf<Echo> echo;
  HandleOf<Count> count;
};

std::string Address() {
  static std::atomic<int> number{0};
  return "unix:/tmp/tenon-test-" + std::to_string(getpid()) + "-" + std::to_string(++number);
}

Question Ask(std::string text, std::size_t elements = 0) {
  Question question{.text = std::move(text),
                    .tensor = Tensor<float>::Create({static_cast<std::int64_t>(elements)}),
                    .items = 0};
  for (std::size_t i = 0; i < elements; ++i) question.tensor[i] = static_cast<float>(i);
  return question;
}

TEST(DataPlane, CarriesRequestsOfEverySizeWithWhatIsKnownOfThem) {
  const std::string address = Address();
  Server server(address);
  Client client({address});
  for (const std::size_t elements : {0U, 10U, 5'000U, 1'000'000U}) {
    RequestContext context;
    context.SetId("id-7");
    Scope scope = client.ScopeOf(elements % 2);
    scope.request = &context;
    scope.deadline = Deadline::After(SystemClock().Now(), 20s);
    Awaited call(scope, client.echo(Ask("hello", elements)));
    const auto reply = call.Get();
    ASSERT_TRUE(reply) << reply.Error().what();
    EXPECT_EQ(reply->text, "hello");
    EXPECT_EQ(reply->id, "id-7");
    EXPECT_TRUE(reply->has_deadline);
    EXPECT_EQ(context.ReplyCustomAttributes(), "seen=hello");
    const Tensor<float> expected = Ask("", elements).tensor;
    ASSERT_EQ(reply->tensor.size(), elements);
    EXPECT_TRUE(std::equal(expected.begin(), expected.end(), reply->tensor.begin()));
  }
}

Task<std::size_t> Many(HandleOf<Echo> echo, int calls) {
  std::size_t answered = 0;
  for (int i = 0; i < calls; ++i) {
    auto [a, b, c] = co_await WhenAll(echo(Ask("a")), echo(Ask("b")), echo(Ask("c", 100)));
    answered += static_cast<std::size_t>(a.text == "a") + static_cast<std::size_t>(b.text == "b") +
                static_cast<std::size_t>(c.tensor.size() == 100);
  }
  co_return answered;
}

TEST(DataPlane, MultiplexesCallsFromAllLoopsOverAllReplicas) {
  const std::string first = Address();
  const std::string second = Address();
  Server one(first);
  Server two(second);
  Client client({first, second});
  constexpr int kCalls = 300;
  {
    Awaited left(client.ScopeOf(0), Many(client.echo, kCalls));
    Awaited right(client.ScopeOf(1), Many(client.echo, kCalls));
    EXPECT_EQ(left.Get().Value(), 3U * kCalls);
    EXPECT_EQ(right.Get().Value(), 3U * kCalls);
  }
  EXPECT_EQ(one.diary->begun + two.diary->begun, 6 * kCalls);
  EXPECT_GT(one.diary->begun, kCalls);
  EXPECT_GT(two.diary->begun, kCalls);
}

TEST(DataPlane, BringsBackWhatFailed) {
  const std::string address = Address();
  Server server(address);
  Client client({address});
  Awaited call(client.ScopeOf(), client.echo(Ask("fail")));
  const auto reply = call.Get();
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.Error().Code(), ErrorCode::kInvalid);
  EXPECT_EQ(reply.Error().Detail(), "it was told to");
  EXPECT_EQ(server.diary->begun, 1);
}

TEST(DataPlane, DeadlinesAndStopsEndCallsAndReachTheReplica) {
  const std::string address = Address();
  Server server(address);
  Client client({address});
  Scope scope = client.ScopeOf();
  scope.deadline = Deadline::After(SystemClock().Now(), 50ms);
  {
    Awaited call(scope, client.echo(Ask("wait")));
    EXPECT_EQ(call.Get().Error().Code(), ErrorCode::kDeadlineExceeded);
  }
  StopSource stop;
  scope = client.ScopeOf();
  scope.stop = stop;
  Awaited call(scope, client.echo(Ask("wait")));
  while (server.diary->begun < 2) std::this_thread::yield();
  stop.RequestStop();
  EXPECT_EQ(call.Get().Error().Code(), ErrorCode::kCancelled);
  while (server.diary->stopped < 2) std::this_thread::yield();
}

Task<int> CountTo(HandleOf<Count> count, int items, int take) {
  Question question;
  question.items = items;
  Stream<Reply> stream = count(std::move(question));
  int seen = 0;
  while (seen < take) {
    const std::optional<Reply> item = co_await stream.Next();
    if (!item) break;
    EXPECT_EQ(item->text, std::to_string(seen));
    ++seen;
  }
  co_return seen;
}

TEST(DataPlane, StreamsAreReadAsFastAsTheyAreTaken) {
  const std::string address = Address();
  Server server(address);
  Client client({address});
  EXPECT_EQ(Awaited(client.ScopeOf(), CountTo(client.count, 1000, 2000)).Get().Value(), 1000);
  EXPECT_EQ(Awaited(client.ScopeOf(), CountTo(client.count, 0, 1)).Get().Value(), 0);
  server.diary->items = 0;
  // One that is left early is not made further than its credit.
  EXPECT_EQ(Awaited(client.ScopeOf(), CountTo(client.count, 1'000'000, 5)).Get().Value(), 5);
  while (server.InFlight() > 0) std::this_thread::yield();
  EXPECT_LE(server.diary->items, 5 + static_cast<int>(OutgoingCall::kCredit));
}

Task<int> CountFailing(HandleOf<Count> count) {
  Question question;
  question.text = "fail";
  question.items = 10;
  Stream<Reply> stream = count(std::move(question));
  int seen = 0;
  while (co_await stream.Next()) ++seen;
  co_return seen;
}

TEST(DataPlane, AStreamThatFailsFailsItsNext) {
  const std::string address = Address();
  Server server(address);
  Client client({address});
  const auto outcome = Awaited(client.ScopeOf(), CountFailing(client.count)).Get();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.Error().Detail(), "half way");
}

TEST(DataPlane, WithoutTheSecretNothingIsServed) {
  const std::string address = Address();
  Server server(address);
  Client client({address}, "wrong");
  Scope scope = client.ScopeOf();
  scope.deadline = Deadline::After(SystemClock().Now(), 300ms);
  Awaited call(scope, client.echo(Ask("hello")));
  EXPECT_FALSE(call.Get());
  EXPECT_EQ(server.diary->begun, 0);
}

TEST(DataPlane, CallsWaitForTheFirstReplica) {
  const std::string address = Address();
  Client client({}, "secret", {.name = "Echo"}, false);
  Awaited call(client.ScopeOf(), client.echo(Ask("early")));
  Server server(address);
  client.Point({address});
  EXPECT_EQ(call.Get().Value().text, "early");
}

TEST(DataPlane, CallsDoNotWaitWhereThereIsNoHope) {
  Client client({}, "secret", {.name = "Echo"}, false);
  Awaited call(client.ScopeOf(), client.echo(Ask("early")));
  client.SetUnavailable("they all crash");
  const auto reply = call.Get();
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.Error().Code(), ErrorCode::kUnavailable);
  EXPECT_EQ(reply.Error().PrivateDetail(), "they all crash");
}

TEST(DataPlane, ADyingReplicaFailsWhatItHadAndNothingElse) {
  const std::string first = Address();
  const std::string second = Address();
  Server staying(second);
  Client client({first, second});
  // A listener that takes the connection and a call, and then goes.
  const int listener = ListenAt(first + ".Echo").Value();
  std::thread peer([listener] {
    int fd = -1;
    while (fd < 0) fd = accept(listener, nullptr, nullptr);
    close(fd);
    close(listener);
  });
  for (int i = 0; i < 50; ++i) {
    Awaited call(client.ScopeOf(), client.echo(Ask("hello")));
    EXPECT_TRUE(call.Get());
  }
  peer.join();
  unlink((first + ".Echo").substr(5).c_str());
}

TEST(DataPlane, WhatAReplicaRefusesGoesToAnother) {
  const std::string first = Address();
  const std::string second = Address();
  Server going(first);
  Server staying(second);
  Client client({first, second});
  EXPECT_TRUE(Awaited(client.ScopeOf(), client.echo(Ask("warm"))).Get());
  going.GoAway();
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(
        Awaited(client.ScopeOf(static_cast<std::size_t>(i % 2)), client.echo(Ask("on"))).Get());
  }
  EXPECT_GE(staying.diary->begun, 98);
}

TEST(DataPlane, RefusesBeforeTheReplicaWhatIsTooMuch) {
  const std::string address = Address();
  Server server(address);
  Client client({address}, "secret",
                {.name = "Echo", .max_ongoing_requests = 1, .max_queued_requests = 0});
  StopSource stop;
  Scope scope = client.ScopeOf();
  scope.stop = stop;
  Awaited call(scope, client.echo(Ask("wait")));
  while (server.diary->begun < 1) std::this_thread::yield();
  EXPECT_EQ(Awaited(client.ScopeOf(1), client.echo(Ask("more"))).Get().Error().Code(),
            ErrorCode::kOverloaded);
  stop.RequestStop();
  EXPECT_FALSE(call.Get());
}

TEST(DataPlane, ARequestBeyondTheLimitFailsAlone) {
  const std::string address = Address();
  Server server(address);
  Client client({address});
  EXPECT_EQ(Awaited(client.ScopeOf(), client.echo(Ask("x", 17U << 20U))).Get().Error().Code(),
            ErrorCode::kTooLarge);
  EXPECT_TRUE(Awaited(client.ScopeOf(), client.echo(Ask("x", 1))).Get());
}

}  // namespace
}  // namespace tenon::engine
