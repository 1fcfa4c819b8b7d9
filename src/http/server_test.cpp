// SPDX-License-Identifier: Apache-2.0
// Several loops, stuck ones, and the way down.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "http/test_client.hpp"
#include "http/test_handlers.hpp"
#include "tenon/task/compute.hpp"
#include "tenon/testing/local_endpoint.hpp"

namespace tenon::http {
namespace {

using std::chrono::milliseconds;
using testing::LocalEndpoint;

std::string Get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n"; }

ServeFunction Holding(Blockade& blockade) {
  return [&](const Request&, Response& response) -> Task<void> {
    blockade.Hold();
    response.Body() += "done";
    co_return;
  };
}

TEST(Server, AnswersHealthWhileEveryLoopIsStuck) {
  constexpr std::size_t kLoops = 2;
  Blockade blockade;
  LocalEndpoint endpoint(Routes("GET", "/hold", Holding(blockade), "POST", "/echo", Echo),
                         {.loops = kLoops});
  std::vector<std::unique_ptr<TestClient>> held;
  for (std::size_t i = 0; i < kLoops; ++i) {
    held.push_back(std::make_unique<TestClient>(endpoint.Port()));
    ASSERT_TRUE(held.back()->Send(Get("/hold")));
    ASSERT_TRUE(blockade.WaitForHeld(i + 1));
  }
  for (int i = 0; i < 3; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    TestClient client(endpoint.Port());
    EXPECT_EQ(client.Ask(Get("/ping")).status, 200);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(100));
  }
  // What is not health waits for a loop.
  TestClient waiting(endpoint.Port());
  ASSERT_TRUE(waiting.Send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi"));
  TestClient health(endpoint.Port());
  EXPECT_EQ(health.Ask("HEAD /ping HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);

  EXPECT_TRUE(endpoint.Log().Contains("activity=\"GET /hold\"")) << endpoint.Log().Text();
  EXPECT_NE(endpoint.Metrics().find("tenon_loop_holds_total{activity=\"GET /hold\"} 2"),
            std::string::npos);
  blockade.Open();
  for (const auto& client : held) EXPECT_EQ(client->Read().body, "done");
  EXPECT_EQ(waiting.Read().body, "hi");
}

TEST(Server, DealsAroundALoopThatIsStuck) {
  Blockade blockade;
  LocalEndpoint endpoint(Routes("GET", "/hold", Holding(blockade), "POST", "/echo", Echo),
                         {.loops = 2});
  TestClient held(endpoint.Port());
  ASSERT_TRUE(held.Send(Get("/hold")));
  ASSERT_TRUE(blockade.WaitForHeld(1));
  for (int i = 0; i < 10; ++i) {
    TestClient client(endpoint.Port());
    EXPECT_EQ(client.Ask("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi").body,
              "hi");
  }
  blockade.Open();
  EXPECT_EQ(held.Read().body, "done");
}

TEST(Server, RefusesConnectionsBeyondItsLimit) {
  LocalEndpoint endpoint(Routes("POST", "/echo", Echo), {.max_connections = 1});
  TestClient first(endpoint.Port());
  EXPECT_EQ(first.Ask(Get("/ping")).status, 200);
  TestClient second(endpoint.Port());
  EXPECT_EQ(second.Read().status, 503);
  EXPECT_EQ(first.Ask(Get("/ping")).status, 200);
}

TEST(Drain, LetsWorkEndAndClosesTheRest) {
  Gate gate;
  LocalEndpoint endpoint(
      Routes("GET", "/gate", [&](const Request&, Response& response) -> Task<void> {
        co_await gate.Pass();
        response.Body() += "done";
      }));
  TestClient idle(endpoint.Port());
  EXPECT_EQ(idle.Ask(Get("/ping")).status, 200);
  TestClient busy(endpoint.Port());
  ASSERT_TRUE(busy.Send(Get("/gate")));
  ASSERT_TRUE(gate.WaitForArrivals(1));

  endpoint.Server().RequestDrain(DrainMode::kWithDelay);
  EXPECT_TRUE(idle.Ended());
  gate.Open();
  const TestReply reply = busy.Read();
  EXPECT_EQ(reply.body, "done");
  EXPECT_EQ(reply.Header("connection"), "close");
  busy.Close();
  EXPECT_EQ(endpoint.Join(), 0U);
  const TestClient late(endpoint.Port());
  EXPECT_FALSE(late.Connected());
}

TEST(Drain, ServesOnDuringTheDelayYetIsNotHealthy) {
  LocalEndpoint endpoint(Routes("POST", "/echo", Echo), {.drain_delay = milliseconds(300)});
  TestClient client(endpoint.Port());
  EXPECT_EQ(client.Ask(Get("/ping")).status, 200);
  const auto begin = std::chrono::steady_clock::now();
  endpoint.Server().RequestDrain(DrainMode::kWithDelay);
  while (std::chrono::steady_clock::now() - begin < milliseconds(200)) {
    TestClient health(endpoint.Port());
    if (health.Ask(Get("/ping")).status == 503) break;
  }
  TestClient late(endpoint.Port());
  const TestReply health = late.Ask(Get("/ping"));
  EXPECT_EQ(health.status, 503);
  EXPECT_NE(health.body.find("shutting down"), std::string::npos);
  const TestReply reply =
      client.Ask("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi");
  EXPECT_EQ(reply.body, "hi");
  EXPECT_EQ(reply.Header("connection"), "close");
  client.Close();
  late.Close();
  EXPECT_EQ(endpoint.Join(), 0U);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(300));
}

TEST(Drain, CancelsWhatDoesNotEnd) {
  Gate gate;
  LocalEndpoint endpoint(
      Routes("GET", "/gate",
             [&](const Request&, Response&) -> Task<void> { co_await gate.Pass(); }),
      {.drain_timeout = milliseconds(30), .join_timeout = milliseconds(5'000)});
  TestClient client(endpoint.Port());
  ASSERT_TRUE(client.Send(Get("/gate")));
  ASSERT_TRUE(gate.WaitForArrivals(1));
  endpoint.Server().RequestDrain(DrainMode::kNow);
  EXPECT_EQ(client.Read().status, 503);
  client.Close();
  EXPECT_TRUE(gate.WaitForStopped(1));
  EXPECT_EQ(endpoint.Join(), 0U);
}

TEST(Drain, TellsWhatStillRuns) {
  Gate gate;
  LocalEndpoint endpoint(
      Routes("GET", "/gate",
             [&](const Request&, Response&) -> Task<void> { co_await gate.Pass(OnStop::kGoOn); }),
      {.drain_timeout = milliseconds(20), .join_timeout = milliseconds(20)});
  TestClient client(endpoint.Port());
  ASSERT_TRUE(client.Send(Get("/gate")));
  ASSERT_TRUE(gate.WaitForArrivals(1));
  endpoint.Server().RequestDrain(DrainMode::kNow);
  // Its client need not know that.
  const TestReply reply = client.Read();
  EXPECT_EQ(reply.status, 503);
  EXPECT_NE(reply.body.find("The server is shutting down."), std::string::npos);
  EXPECT_EQ(endpoint.Join(), 1U);
  EXPECT_TRUE(endpoint.Log().Contains("requests still run"));
  gate.Open();
}

TEST(Drain, EndsAtOnceWhenAskedTwice) {
  Blockade blockade;
  LocalEndpoint endpoint(Routes("GET", "/hold", Holding(blockade)));
  TestClient client(endpoint.Port());
  ASSERT_TRUE(client.Send(Get("/hold")));
  ASSERT_TRUE(blockade.WaitForHeld(1));
  endpoint.Server().RequestDrain(DrainMode::kNow);
  endpoint.Server().RequestDrain(DrainMode::kNow);
  EXPECT_EQ(endpoint.Join(), 1U);
  blockade.Open();
}

TEST(Server, ServesManyClientsOnSeveralLoops) {
  constexpr int kClients = 8;
  constexpr int kRequests = 50;
  LocalEndpoint endpoint(Routes("POST", "/echo",
                                [](const Request& request, Response& response) -> Task<void> {
                                  const Scope& scope = co_await CurrentScope();
                                  const auto size =
                                      co_await Compute([&] { return request.body.size; });
                                  EXPECT_EQ(size, request.body.size);
                                  EXPECT_NE(scope.request, nullptr);
                                  response.Body() += request.body.Text();
                                }),
                         {.loops = 3});
  std::vector<std::thread> threads;
  for (int c = 0; c < kClients; ++c) {
    threads.emplace_back([&, c] {
      TestClient client(endpoint.Port());
      for (int r = 0; r < kRequests; ++r) {
        const std::string body(static_cast<std::size_t>(r * 997 % 30'000),
                               static_cast<char>('a' + c));
        const TestReply reply = client.Ask("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: " +
                                           std::to_string(body.size()) + "\r\n\r\n" + body);
        EXPECT_EQ(reply.status, 200);
        EXPECT_EQ(reply.body, body);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(Becomes(endpoint, "tenon_http_requests_total{status=\"200\"} " +
                                    std::to_string(kClients * kRequests)));
}

}  // namespace
}  // namespace tenon::http
