// SPDX-License-Identifier: Apache-2.0
// Replies in chunks.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>

#include "http/test_client.hpp"
#include "http/test_handlers.hpp"
#include "tenon/task/sleep.hpp"
#include "tenon/testing/local_endpoint.hpp"

namespace tenon::http {
namespace {

using testing::LocalEndpoint;

const std::string kStream = "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string kPing = "GET /ping HTTP/1.1\r\nHost: h\r\n\r\n";

Stream<std::string> Count(int n) {
  for (int i = 0; i < n; ++i) co_yield std::to_string(i) + "\n";
}

TEST(StreamReply, ComesInChunksAndKeepsTheConnection) {
  LocalEndpoint endpoint(
      Routes("GET", "/stream", [](const Request&, Response& response) -> Task<void> {
        response.SetContentType("text/plain");
        response.Body() += "first:";
        response.SetChunks(Count(100));
        co_return;
      }));
  TestClient client(endpoint.Port());
  ASSERT_TRUE(client.Send(kStream + kPing));
  const TestReply reply = client.Read();
  std::string expected = "first:";
  for (int i = 0; i < 100; ++i) expected += std::to_string(i) + "\n";
  EXPECT_EQ(reply.body, expected);
  EXPECT_EQ(reply.Header("transfer-encoding"), "chunked");
  EXPECT_EQ(reply.Header("content-type"), "text/plain");
  EXPECT_EQ(client.Chunks(), 101U);
  EXPECT_EQ(client.Read().status, 200);
}

TEST(StreamReply, OfNothingIsEmpty) {
  LocalEndpoint endpoint(
      Routes("GET", "/stream", [](const Request&, Response& response) -> Task<void> {
        response.SetChunks(Count(0));
        co_return;
      }));
  TestClient client(endpoint.Port());
  const TestReply reply = client.Ask(kStream);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "");
  const TestReply head = client.Ask("HEAD /stream HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(head.Header("transfer-encoding"), "chunked");
  EXPECT_EQ(client.Ask(kPing).status, 200);
}

TEST(StreamReply, ToAnOldClientEndsWithTheConnection) {
  LocalEndpoint endpoint(
      Routes("GET", "/stream", [](const Request&, Response& response) -> Task<void> {
        response.SetChunks(Count(3));
        co_return;
      }));
  TestClient client(endpoint.Port());
  ASSERT_TRUE(client.Send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
  const std::string all = client.ReadToEnd();
  EXPECT_TRUE(all.ends_with("\r\n\r\n0\n1\n2\n")) << all;
  EXPECT_EQ(all.find("chunked"), std::string::npos);
}

TEST(StreamReply, IsSentAsItIsMade) {
  Gate gate;
  LocalEndpoint endpoint(
      Routes("GET", "/stream", [&](const Request&, Response& response) -> Task<void> {
        const auto two = [](Gate& second) -> Stream<std::string> {
          co_yield std::string("one");
          co_await second.Pass();
          co_yield std::string("two");
        };
        response.SetChunks(two(gate));
        co_return;
      }));
  TestClient client(endpoint.Port());
  ASSERT_TRUE(client.Send(kStream));
  // The first chunk is here although the second is not made.
  ASSERT_TRUE(client.WaitForBytes(std::string("HTTP/1.1 200 OK\r\n").size() + 60));
  ASSERT_TRUE(gate.WaitForArrivals(1));
  gate.Open();
  EXPECT_EQ(client.Read().body, "onetwo");
}

TEST(StreamReply, FailsAsAnyReplyBeforeItsFirstChunk) {
  LocalEndpoint endpoint(
      Routes("GET", "/stream", [](const Request&, Response& response) -> Task<void> {
        const auto failing = []() -> Stream<std::string> {
          throw Error(ErrorCode::kInvalid, "Nothing to say.");
          co_return;
        };
        response.SetChunks(failing());
        co_return;
      }));
  TestClient client(endpoint.Port());
  const TestReply reply = client.Ask(kStream);
  EXPECT_EQ(reply.status, 422);
  EXPECT_NE(reply.body.find("Nothing to say."), std::string::npos);
  EXPECT_EQ(client.Ask(kPing).status, 200);
}

TEST(StreamReply, ThatFailsLaterHasNoLastChunk) {
  LocalEndpoint endpoint(
      Routes("GET", "/stream", [](const Request&, Response& response) -> Task<void> {
        const auto failing = []() -> Stream<std::string> {
          co_yield std::string("one");
          throw Error(ErrorCode::kInternal, "The model broke.").WithPrivateDetail("secret");
        };
        response.SetChunks(failing());
        co_return;
      }));
  TestClient client(endpoint.Port());
  ASSERT_TRUE(client.Send(kStream));
  const std::string all = client.ReadToEnd();
  EXPECT_TRUE(all.ends_with("3\r\none\r\n")) << all;
  EXPECT_TRUE(endpoint.Log().Contains("The model broke. (secret)"));
}

// One item, then none for as long as the gate is closed.
Stream<std::string> OneThenWait(Gate& gate, OnStop on_stop) {
  co_yield std::string("{}\n");
  co_await gate.Pass(on_stop);
  co_yield std::string("late\n");
}

ServeFunction StreamAt(Gate& gate, OnStop on_stop) {
  return [&gate, on_stop](const Request&, Response& response) -> Task<void> {
    response.SetChunks(OneThenWait(gate, on_stop), StreamFormat::kJsonLines);
    co_return;
  };
}

// The body as it came, which lacks its last chunk.
void ExpectEndsWith(const std::string& all, std::string_view detail) {
  EXPECT_NE(all.find("3\r\n{}\n\r\n"), std::string::npos) << all;
  EXPECT_NE(all.find("{\"error\":{\"title\":"), std::string::npos) << all;
  EXPECT_NE(all.find(detail), std::string::npos) << all;
  EXPECT_TRUE(all.ends_with("}}\n\r\n")) << all;
}

TEST(StreamReply, SaysAtItsDeadlineWhyItEnds) {
  for (const OnStop on_stop : {OnStop::kEnd, OnStop::kGoOn}) {
    Gate gate;
    LocalEndpoint endpoint(StreamRoute("GET", "/stream", StreamAt(gate, on_stop)),
                           {.stream_timeout = std::chrono::milliseconds(40)});
    TestClient client(endpoint.Port());
    ASSERT_TRUE(client.Send(kStream));
    ASSERT_TRUE(gate.WaitForArrivals(1));
    ExpectEndsWith(client.ReadToEnd(), "The deadline passed");
    EXPECT_TRUE(client.Ended());
    EXPECT_TRUE(Becomes(endpoint, "tenon_http_requests_total{status=\"504\"} 1"));
    gate.Open();
    EXPECT_TRUE(Becomes(endpoint, "tenon_http_requests_in_flight 0"));
  }
}

Stream<std::string> Endless() {
  for (;;) co_yield std::string("{}\n");
}

TEST(StreamReply, ThatNeverWaitsEndsAtItsDeadlineToo) {
  LocalEndpoint endpoint(
      StreamRoute("GET", "/stream",
                  [](const Request&, Response& response) -> Task<void> {
                    response.SetChunks(Endless(), StreamFormat::kJsonLines);
                    co_return;
                  }),
      {.request_timeout = std::chrono::hours(1), .stream_timeout = std::chrono::milliseconds(30)});
  TestClient client(endpoint.Port());
  ASSERT_TRUE(client.Send(kStream));
  ExpectEndsWith(client.ReadToEnd(), "The deadline passed");
}

TEST(StreamReply, SaysThatTheServerLeaves) {
  for (const OnStop on_stop : {OnStop::kEnd, OnStop::kGoOn}) {
    Gate gate;
    LocalEndpoint endpoint(Routes("GET", "/stream", StreamAt(gate, on_stop)),
                           {.drain_timeout = std::chrono::milliseconds(20),
                            .join_timeout = std::chrono::milliseconds(200)});
    TestClient client(endpoint.Port());
    ASSERT_TRUE(client.Send(kStream));
    ASSERT_TRUE(gate.WaitForArrivals(1));
    endpoint.Server().RequestDrain(DrainMode::kNow);
    ExpectEndsWith(client.ReadToEnd(), "The server is shutting down.");
    EXPECT_EQ(endpoint.Join(), on_stop == OnStop::kGoOn ? 1U : 0U);
    gate.Open();
  }
}

TEST(StreamReply, HoldsNothingBackWhenTheModelWaits) {
  Gate gate;
  LocalEndpoint endpoint(
      Routes("GET", "/stream", [&](const Request&, Response& response) -> Task<void> {
        const auto many = [](Gate& at) -> Stream<std::string> {
          for (int i = 0; i < 20; ++i) co_yield std::string("quick\n");
          co_await at.Pass();
          co_yield std::string("slow\n");
        };
        response.SetChunks(many(gate));
        co_return;
      }));
  TestClient client(endpoint.Port());
  ASSERT_TRUE(client.Send(kStream));
  ASSERT_TRUE(gate.WaitForArrivals(1));
  // All twenty with their frames are here, although several share a write.
  EXPECT_TRUE(client.WaitForBytes(20 * std::string_view("6\r\nquick\n\r\n").size() + 60));
  gate.Open();
  EXPECT_TRUE(client.Read().body.ends_with("quick\nslow\n"));
  EXPECT_EQ(client.Chunks(), 21U);
}

TEST(StreamReply, ComesWholeToWhoReadsSlowly) {
  constexpr int kGroups = 1'500;
  constexpr int kItems = 8;
  const std::string item(1'000, 'i');
  LocalEndpoint endpoint(
      Routes("GET", "/stream", [&](const Request&, Response& response) -> Task<void> {
        // Some at once, then a moment of waiting: what the kernel does not take then is left over.
        const auto groups = [](const std::string& text) -> Stream<std::string> {
          for (int g = 0; g < kGroups; ++g) {
            for (int i = 0; i < kItems; ++i) co_yield text;
            co_await Sleep(std::chrono::microseconds(1));
          }
        };
        response.SetChunks(groups(item));
        co_return;
      }));
  TestClient client(endpoint.Port());
  ASSERT_TRUE(client.Send(kStream));
  ASSERT_TRUE(client.WaitForBytes(1'000));
  EXPECT_TRUE(Becomes(endpoint, "tenon_http_requests_in_flight 1"));
  const TestReply reply = client.Read();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body.size(), item.size() * kGroups * kItems);
  EXPECT_EQ(client.Chunks(), static_cast<std::size_t>(kGroups * kItems));
}

TEST(StreamReply, OfItemsThatNeverWaitComesInOrderToWhoReadsSlowly) {
  constexpr int kItems = 12'000;
  const auto item = [](int number) { return std::to_string(number) + std::string(900, ' '); };
  LocalEndpoint endpoint(
      Routes("GET", "/stream", [&](const Request&, Response& response) -> Task<void> {
        const auto items = [](const auto& make) -> Stream<std::string> {
          for (int i = 0; i < kItems; ++i) co_yield make(i);
        };
        response.SetChunks(items(item));
        co_return;
      }));
  TestClient client(endpoint.Port());
  ASSERT_TRUE(client.Send(kStream));
  ASSERT_TRUE(client.WaitForBytes(1'000));
  EXPECT_TRUE(Becomes(endpoint, "tenon_http_requests_in_flight 1"));
  std::string expected;
  for (int i = 0; i < kItems; ++i) expected += item(i);
  EXPECT_TRUE(client.Read().body == expected);
}

TEST(StreamReply, IsNotMadeAheadOfItsReader) {
  std::atomic<int> made{0};
  LocalEndpoint endpoint(
      Routes("GET", "/stream", [&](const Request&, Response& response) -> Task<void> {
        const auto endless = [](std::atomic<int>& count) -> Stream<std::string> {
          for (;;) {
            ++count;
            co_yield std::string(1'000'000, 'x');
          }
        };
        response.SetChunks(endless(made));
        co_return;
      }));
  TestClient client(endpoint.Port());
  ASSERT_TRUE(client.Send(kStream));
  ASSERT_TRUE(client.WaitForBytes(1'000));
  // Others show that the loop goes on; what the sockets hold bounds what was made.
  const auto ping = [&] {
    TestClient other(endpoint.Port());
    return other.Ask(kPing).status;
  };
  EXPECT_EQ(ping(), 200);
  const int before = made;
  EXPECT_LT(before, 50);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(ping(), 200);
  EXPECT_LE(made - before, 1);
  client.Reset();
  EXPECT_TRUE(Becomes(endpoint, "tenon_http_requests_in_flight 0"));
}

TEST(StreamReply, StopsWithItsReader) {
  Gate gate;
  LocalEndpoint endpoint(
      Routes("GET", "/stream", [&](const Request&, Response& response) -> Task<void> {
        const auto waiting = [](Gate& at) -> Stream<std::string> {
          co_yield std::string("one");
          co_await at.Pass();
          co_yield std::string("two");
        };
        response.SetChunks(waiting(gate));
        co_return;
      }));
  TestClient client(endpoint.Port());
  ASSERT_TRUE(client.Send(kStream));
  ASSERT_TRUE(gate.WaitForArrivals(1));
  client.Close();
  EXPECT_TRUE(gate.WaitForStopped(1));
}

}  // namespace
}  // namespace tenon::http
