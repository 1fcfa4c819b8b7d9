// SPDX-License-Identifier: Apache-2.0
// Replies in chunks.
#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "http/test_client.hpp"
#include "http/test_handlers.hpp"
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
