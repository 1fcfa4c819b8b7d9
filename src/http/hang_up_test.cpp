// SPDX-License-Identifier: Apache-2.0
// Clients that leave or dawdle, and deadlines.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "http/test_client.hpp"
#include "http/test_handlers.hpp"
#include "tenon/task/sleep.hpp"
#include "tenon/testing/local_endpoint.hpp"

namespace tenon::http {
namespace {

using std::chrono::milliseconds;
using testing::LocalEndpoint;

const std::string kGate = "GET /gate HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string kPing = "GET /ping HTTP/1.1\r\nHost: h\r\n\r\n";

ServeFunction WaitAt(Gate& gate, OnStop on_stop = OnStop::kEnd) {
  return [&gate, on_stop](const Request& request, Response& response) -> Task<void> {
    co_await gate.Pass(on_stop);
    // The request is still there, whatever has become of its connection.
    response.Body() += request.path;
  };
}

TEST(HangUp, CancelsWorkThatNobodyWaitsFor) {
  enum class Way { kClose, kHalfClose, kReset };
  for (const Way way : {Way::kClose, Way::kHalfClose, Way::kReset}) {
    Gate gate;
    LocalEndpoint endpoint(Routes("GET", "/gate", WaitAt(gate)));
    TestClient client(endpoint.Port());
    ASSERT_TRUE(client.Send(kGate));
    ASSERT_TRUE(gate.WaitForArrivals(1));
    switch (way) {
      case Way::kClose: client.Close(); break;
      case Way::kHalfClose: client.HalfClose(); break;
      case Way::kReset: client.Reset(); break;
    }
    EXPECT_TRUE(gate.WaitForStopped(1));
    EXPECT_TRUE(Becomes(endpoint, "tenon_http_requests_total{status=\"499\"} 1"));
    EXPECT_TRUE(Becomes(endpoint, "tenon_http_requests_in_flight 0"));
    EXPECT_TRUE(Becomes(endpoint, "tenon_http_connections 0"));
    EXPECT_TRUE(endpoint.Log().Contains("status=499"));
  }
}

TEST(HangUp, NoticesAClientThatHadLeftBeforeTheWorkSuspended) {
  Gate gate;
  LocalEndpoint endpoint(Routes("GET", "/gate", WaitAt(gate)));
  TestClient client(endpoint.Port());
  ASSERT_TRUE(client.Send(kGate));
  client.HalfClose();
  EXPECT_TRUE(gate.WaitForStopped(1));
}

TEST(HangUp, ServesWhoOnlyClosedOneHalfWhenToldTo) {
  Gate gate;
  LocalEndpoint endpoint(Routes("GET", "/gate", WaitAt(gate)), {.half_close = HalfClose::kServe});
  TestClient client(endpoint.Port());
  ASSERT_TRUE(client.Send(kGate + kPing));
  client.HalfClose();
  ASSERT_TRUE(gate.WaitForArrivals(1));
  gate.Open();
  EXPECT_EQ(client.Read().body, "/gate");
  EXPECT_EQ(client.Read().status, 200);
  EXPECT_TRUE(client.Ended());

  Gate other;
  LocalEndpoint second(Routes("GET", "/gate", WaitAt(other)), {.half_close = HalfClose::kServe});
  TestClient leaving(second.Port());
  ASSERT_TRUE(leaving.Send(kGate));
  ASSERT_TRUE(other.WaitForArrivals(1));
  leaving.Reset();
  EXPECT_TRUE(other.WaitForStopped(1));
}

TEST(HangUp, AnswersASimpleRequestThatCameWithTheEnd) {
  LocalEndpoint endpoint(Routes("POST", "/echo", Echo));
  TestClient client(endpoint.Port());
  ASSERT_TRUE(client.Send(kPing));
  client.HalfClose();
  EXPECT_TRUE(client.ReadToEnd().starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST(HangUp, JoinsWorkThatCannotStop) {
  Gate gate;
  LocalEndpoint endpoint(Routes("GET", "/gate", WaitAt(gate, OnStop::kGoOn)));
  TestClient client(endpoint.Port());
  ASSERT_TRUE(client.Send(kGate));
  ASSERT_TRUE(gate.WaitForArrivals(1));
  client.Reset();
  EXPECT_TRUE(Becomes(endpoint, "tenon_http_connections 0"));
  EXPECT_TRUE(Becomes(endpoint, "tenon_http_requests_in_flight 1"));
  gate.Open();
  EXPECT_TRUE(Becomes(endpoint, "tenon_http_requests_in_flight 0"));
}

TEST(HangUp, LeavesNothingBehindAtAnyStage) {
  Gate gate;
  LocalEndpoint endpoint(Routes("POST", "/echo", Echo, "GET", "/gate", WaitAt(gate)));
  const std::string large(100'000, 'a');
  const std::vector<std::string> beginnings{
      "",
      "POST",
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n",
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhello",
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n" + large,
      "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
      "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n",
      kPing + "GET /pi",
      kGate,
      kPing + kGate + kPing,
      "nonsense\r\n\r\n",
  };
  for (const std::string& beginning : beginnings) {
    for (int way = 0; way < 3; ++way) {
      TestClient client(endpoint.Port());
      client.Send(beginning);
      if (way == 0) client.Close();
      if (way == 1) client.Reset();
      if (way == 2) {
        client.HalfClose();
        client.ReadToEnd();
      }
    }
  }
  EXPECT_TRUE(Becomes(endpoint, "tenon_http_connections 0"));
  EXPECT_TRUE(Becomes(endpoint, "tenon_http_requests_in_flight 0"));
  TestClient next(endpoint.Port());
  EXPECT_EQ(next.Ask(kPing).status, 200);
}

TEST(SlowClient, IsCutOffWhereItStalls) {
  LocalEndpoint endpoint(Routes("POST", "/echo", Echo), {.head_timeout = milliseconds(40),
                                                         .idle_timeout = milliseconds(80),
                                                         .body_stall_timeout = milliseconds(60)});
  struct Case {
    std::string begin;
    std::string reason;
  };
  for (const Case& c :
       {Case{"", "idle"}, Case{"GET /pi", "head"},
        Case{"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhel", "body"},
        Case{"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 99999\r\n\r\nhel", "body"}}) {
    TestClient client(endpoint.Port());
    client.Send(c.begin);
    EXPECT_TRUE(client.Ended()) << c.reason;
    EXPECT_NE(endpoint.Metrics().find("tenon_http_cut_off_connections_total{waiting_for=\"" +
                                      c.reason + "\"}"),
              std::string::npos);
  }
  const std::string metrics = endpoint.Metrics();
  for (const std::string_view line :
       {"{waiting_for=\"idle\"} 1", "{waiting_for=\"head\"} 1", "{waiting_for=\"body\"} 2"}) {
    EXPECT_NE(metrics.find(line), std::string::npos) << line;
  }
}

TEST(SlowClient, IsCutOffAlthoughItSendsAByteNowAndThen) {
  LocalEndpoint endpoint(Routes("POST", "/echo", Echo), {.head_timeout = milliseconds(40)});
  TestClient client(endpoint.Port());
  // Two seconds of bytes would keep it open were each to count.
  bool is_open = client.Send("GET / HTTP/1.1\r\nX: ");
  for (int i = 0; is_open && i < 400; ++i) {
    is_open = client.Send("a") && !client.EndsWithin(milliseconds(5));
  }
  EXPECT_FALSE(is_open);
  EXPECT_NE(endpoint.Metrics().find("cut_off_connections_total{waiting_for=\"head\"} 1"),
            std::string::npos);
}

TEST(SlowClient, IsCutOffWhenItDoesNotReadItsReply) {
  LocalEndpoint endpoint(Routes("GET", "/large",
                                [](const Request&, Response& response) -> Task<void> {
                                  response.Body().append(30'000'000, 'r');
                                  co_return;
                                }),
                         {.body_stall_timeout = milliseconds(60)});
  TestClient client(endpoint.Port());
  ASSERT_TRUE(client.Send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_TRUE(Becomes(endpoint, "tenon_http_cut_off_connections_total{waiting_for=\"write\"} 1"));
  EXPECT_LT(client.ReadToEnd().size(), 30'000'000U);
}

TEST(RequestDeadline, IsAnsweredWhileTheWorkIsJoined) {
  Gate gate;
  LocalEndpoint endpoint(Routes("GET", "/gate", WaitAt(gate, OnStop::kGoOn)),
                         {.request_timeout = milliseconds(30)});
  TestClient client(endpoint.Port());
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(client.Send(kGate + kPing));
  const TestReply reply = client.Read();
  EXPECT_EQ(reply.status, 504);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(30));
  EXPECT_NE(reply.body.find("deadline_exceeded"), std::string::npos);
  // The connection goes on, and the work too.
  EXPECT_EQ(client.Read().status, 200);
  EXPECT_TRUE(Becomes(endpoint, "tenon_http_requests_in_flight 1"));
  EXPECT_TRUE(Becomes(endpoint, "tenon_http_requests_total{status=\"504\"} 1"));
  gate.Open();
  EXPECT_TRUE(Becomes(endpoint, "tenon_http_requests_in_flight 0"));
  EXPECT_EQ(client.Ask(kPing).status, 200);
}

TEST(RequestDeadline, ReachesWhatTheHandlerAwaits) {
  LocalEndpoint endpoint(Routes("GET", "/sleep",
                                [](const Request&, Response&) -> Task<void> {
                                  co_await Sleep(std::chrono::hours(1));
                                }),
                         {.request_timeout = milliseconds(20)});
  TestClient client(endpoint.Port());
  EXPECT_EQ(client.Ask("GET /sleep HTTP/1.1\r\nHost: h\r\n\r\n").status, 504);
  EXPECT_TRUE(Becomes(endpoint, "tenon_http_requests_in_flight 0"));
}

TEST(RequestDeadline, KeepsManyApart) {
  LocalEndpoint endpoint(
      Routes("GET", "/sleep",
             [](const Request& request, Response&) -> Task<void> {
               co_await Sleep(milliseconds(request.query == "short" ? 1 : 3'600'000));
             }),
      {.request_timeout = milliseconds(60)});
  std::vector<std::unique_ptr<TestClient>> clients;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(std::make_unique<TestClient>(endpoint.Port()));
    clients.back()->Send(std::string("GET /sleep?") + (i % 2 == 0 ? "short" : "long") +
                         " HTTP/1.1\r\nHost: h\r\n\r\n");
  }
  for (std::size_t i = 0; i < clients.size(); ++i) {
    EXPECT_EQ(clients[i]->Read().status, i % 2 == 0 ? 200 : 504) << i;
  }
}

}  // namespace
}  // namespace tenon::http
