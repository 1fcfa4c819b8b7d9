// SPDX-License-Identifier: Apache-2.0
// One listening socket, served by one server after the other.
#include <gtest/gtest.h>
#include <unistd.h>

#include <optional>
#include <string>

#include "http/listener.hpp"
#include "http/test_client.hpp"
#include "http/test_handlers.hpp"
#include "tenon/testing/local_endpoint.hpp"

namespace tenon::http {
namespace {

using testing::LocalEndpoint;

constexpr const char* kPing = "GET /ping HTTP/1.1\r\nHost: h\r\n\r\n";

TEST(HandOver, EndsConnectionsWithAReplyAndStaysHealthy) {
  LocalEndpoint endpoint(Routes("POST", "/echo", Echo));
  TestClient client(endpoint.Port());
  EXPECT_EQ(client.Ask(kPing).Header("connection"), std::nullopt);
  endpoint.Server().RequestDrain(DrainMode::kHandOver);
  // The control thread comes to it when nobody may connect any more.
  while (TestClient(endpoint.Port()).Connected()) {
  }
  const TestReply reply = client.Ask(kPing);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.Header("connection"), "close");
  EXPECT_TRUE(client.Ended());
  client.Close();
  EXPECT_EQ(endpoint.Join(), 0U);
}

TEST(HandOver, LetsConnectionsWaitUntilTheNextServerIsReady) {
  auto listener = Listener::Open("127.0.0.1", 0);
  ASSERT_TRUE(listener);
  LocalEndpoint next({.listening_socket = dup(listener->Fd()), .accepting = Accepting::kWhenReady});
  EXPECT_EQ(next.Port(), listener->Port());
  TestClient early(listener->Port());
  ASSERT_TRUE(early.Connected());
  ASSERT_TRUE(early.Send(kPing));
  next.Server().SetRoutes(Routes("POST", "/echo", Echo));
  next.Server().SetReady();
  // Accepted any earlier, it would have been told 503.
  EXPECT_EQ(early.Read().status, 200);
}

TEST(HandOver, TakesOnlyASocketThatListens) {
  const auto adopted = Listener::Adopt(-1);
  ASSERT_FALSE(adopted);
  EXPECT_NE(adopted.Error().Detail().find("no listening socket"), std::string::npos);
}

}  // namespace
}  // namespace tenon::http
