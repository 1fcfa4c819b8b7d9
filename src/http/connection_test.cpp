// SPDX-License-Identifier: Apache-2.0
// Framing and order: what one connection does, over real sockets.
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "http/test_client.hpp"
#include "http/test_handlers.hpp"
#include "tenon/base/clock.hpp"
#include "tenon/base/metrics.hpp"
#include "tenon/task/compute_pool.hpp"
#include "tenon/testing/local_endpoint.hpp"

namespace tenon::http {
namespace {

using testing::LocalEndpoint;

std::string Post(std::string_view path, std::string_view body, std::string_view fields = "") {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n" + std::string(fields) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}
std::string Get(std::string_view path, std::string_view fields = "") {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n";
}

TEST(Connection, AnswersOneRequestAfterTheOther) {
  LocalEndpoint endpoint(Routes("POST", "/echo", Echo));
  TestClient client(endpoint.Port());
  for (int i = 0; i < 100; ++i) {
    const std::string body = "request " + std::to_string(i);
    const TestReply reply = client.Ask(Post("/echo", body));
    ASSERT_EQ(reply.status, 200);
    ASSERT_EQ(reply.body, body);
  }
}

TEST(Connection, AnswersPipelinedRequestsInOrder) {
  Gate gate;
  LocalEndpoint endpoint(Routes("POST", "/echo", Echo, "POST", "/slow",
                                [&](const Request& request, Response& response) -> Task<void> {
                                  co_await gate.Pass();
                                  response.Body() += request.body.Text();
                                }));
  TestClient client(endpoint.Port());
  std::string all;
  constexpr int kRequests = 200;  // More than a block holds.
  const std::string filler(300, '.');
  for (int i = 0; i < kRequests; ++i) {
    all += Post(i % 50 == 25 ? "/slow" : "/echo", std::to_string(i) + filler);
  }
  ASSERT_TRUE(client.Send(all));
  ASSERT_TRUE(gate.WaitForArrivals(1));
  gate.Open();
  for (int i = 0; i < kRequests; ++i) {
    const TestReply reply = client.Read();
    ASSERT_EQ(reply.status, 200) << i;
    ASSERT_EQ(reply.body, std::to_string(i) + filler);
  }
}

TEST(Connection, ReadsARequestThatComesByteByByte) {
  LocalEndpoint endpoint(Routes("POST", "/echo", Echo));
  TestClient client(endpoint.Port());
  for (const char c : Post("/echo", "hello") + Get("/ping")) ASSERT_TRUE(client.Send({&c, 1}));
  EXPECT_EQ(client.Read().body, "hello");
  EXPECT_EQ(client.Read().status, 200);
}

TEST(Connection, ReadsBodiesOfEverySizeAndFraming) {
  LocalEndpoint endpoint(
      Routes("POST", "/echo", [](const Request& request, Response& response) -> Task<void> {
        EXPECT_GE(request.body.capacity, request.body.size + 64);
        response.Body() += request.body.Text();
        co_return;
      }));
  TestClient client(endpoint.Port());
  for (const std::size_t size : {0U, 1U, 16'000U, 16'380U, 16'384U, 16'400U, 70'000U, 3'000'000U}) {
    std::string body(size, 'x');
    for (std::size_t i = 0; i < size; ++i) body[i] = static_cast<char>('a' + i % 23);
    ASSERT_EQ(client.Ask(Post("/echo", body)).body, body) << size;

    std::string chunked = "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (std::size_t at = 0; at < size; at += 7'001) {
      const std::string piece = body.substr(at, 7'001);
      char length[16];
      snprintf(length, sizeof length, "%zx\r\n", piece.size());
      chunked += length + piece + "\r\n";
    }
    chunked += "0\r\nTrailer: x\r\n\r\n";
    const TestReply reply = client.Ask(chunked + Get("/ping"));
    ASSERT_EQ(reply.status, 200) << size;
    ASSERT_EQ(reply.body, body) << size;
    ASSERT_EQ(client.Read().status, 200) << size;
  }
}

TEST(Connection, SendsRepliesThatTheClientTakesSlowly) {
  const std::string large(20'000'000, 'r');
  LocalEndpoint endpoint(
      Routes("GET", "/large", [&](const Request&, Response& response) -> Task<void> {
        response.Body() += large;
        co_return;
      }));
  TestClient client(endpoint.Port());
  ASSERT_TRUE(client.Send(Get("/large") + Get("/ping")));
  EXPECT_EQ(client.Read().body, large);
  EXPECT_EQ(client.Read().status, 200);
}

TEST(Connection, AnswersBadRequestsAndCloses) {
  LocalEndpoint endpoint(Routes("POST", "/echo", Echo));
  struct Case {
    std::string text;
    int status;
  };
  const std::vector<Case> cases{
      {"nonsense\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400},
      {"POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n",
       400},
      {"POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(70'000, 'a') + "\r\n\r\n", 413},
      {"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999\r\n\r\n", 413},
      {"POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n", 413},
  };
  for (const Case& c : cases) {
    TestClient client(endpoint.Port());
    // What follows must not be taken for a request.
    client.Send(c.text + Get("/ping"));
    const TestReply reply = client.Read();
    EXPECT_EQ(reply.status, c.status) << c.text.substr(0, 80);
    EXPECT_EQ(reply.Header("content-type"), "application/problem+json");
    EXPECT_EQ(reply.Header("connection"), "close");
    EXPECT_NE(reply.body.find("\"request_id\":\""), std::string::npos);
    client.HalfClose();
    EXPECT_EQ(client.ReadToEnd(), "") << c.text.substr(0, 80);
  }
  TestClient next(endpoint.Port());
  EXPECT_EQ(next.Ask(Post("/echo", "still")).body, "still");
}

TEST(Connection, RefusesALargeBodyWithoutReadingItAndNamesTheSetting) {
  LocalEndpoint endpoint(Routes("POST", "/echo", Echo), {.max_body_bytes = 1'000});
  TestClient client(endpoint.Port());
  ASSERT_TRUE(client.Send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\n"));
  const TestReply reply = client.Read();
  EXPECT_EQ(reply.status, 413);
  EXPECT_NE(reply.body.find("TENON_MAX_REQUEST_BYTES"), std::string::npos);
  EXPECT_NE(reply.body.find("1000 bytes"), std::string::npos);
  TestClient next(endpoint.Port());
  EXPECT_EQ(next.Ask(Post("/echo", std::string(1'000, 'a'))).status, 200);
}

TEST(Connection, TellsWhoExpectsItToContinue) {
  LocalEndpoint endpoint(Routes("POST", "/echo", Echo), {.max_body_bytes = 100'000});
  for (const std::size_t size : {5U, 50'000U}) {
    TestClient client(endpoint.Port());
    const std::string body(size, 'b');
    const std::string text = Post("/echo", body, "Expect: 100-continue\r\n");
    const std::size_t head = text.size() - size;
    ASSERT_TRUE(client.Send(text.substr(0, head)));
    EXPECT_EQ(client.Read().status, 100);
    ASSERT_TRUE(client.Send(body.substr(0, 2)));
    ASSERT_TRUE(client.Send(body.substr(2)));
    EXPECT_EQ(client.Read().body, body);
    // Not asked again, and not said when the body is there already.
    EXPECT_EQ(client.Ask(Post("/echo", "x", "Expect: 100-continue\r\n")).body, "x");
  }
  struct Case {
    std::string path;
    std::string length;
    int status;
  };
  for (const Case& c : {Case{"/echo", "200000", 413}, Case{"/none", "5", 404}}) {
    TestClient client(endpoint.Port());
    ASSERT_TRUE(client.Send("POST " + c.path + " HTTP/1.1\r\nHost: h\r\nContent-Length: " +
                            c.length + "\r\nExpect: 100-continue\r\n\r\n"));
    EXPECT_EQ(client.Read().status, c.status);
    client.HalfClose();
    EXPECT_TRUE(client.Ended());
  }
}

TEST(Connection, EndsWhenTheClientWantsItTo) {
  LocalEndpoint endpoint(Routes("POST", "/echo", Echo));
  TestClient closing(endpoint.Port());
  const TestReply last = closing.Ask(Post("/echo", "a", "Connection: close\r\n"));
  EXPECT_EQ(last.Header("connection"), "close");
  EXPECT_TRUE(closing.Ended());

  TestClient old(endpoint.Port());
  EXPECT_EQ(old.Ask("GET /ping HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").Header("connection"),
            "keep-alive");
  EXPECT_EQ(old.Ask("GET /ping HTTP/1.0\r\n\r\n").status, 200);
  EXPECT_TRUE(old.Ended());
}

TEST(Connection, AnswersHeadWithoutABody) {
  LocalEndpoint endpoint(
      Routes("GET", "/text", [](const Request&, Response& response) -> Task<void> {
        response.Body() += "hello";
        co_return;
      }));
  TestClient client(endpoint.Port());
  const TestReply reply = client.Ask("HEAD /text HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.Header("content-length"), "5");
  EXPECT_EQ(client.Ask("HEAD /none HTTP/1.1\r\nHost: h\r\n\r\n").status, 404);
  EXPECT_EQ(client.Ask(Get("/text")).body, "hello");
}

TEST(Connection, NamesThePathsThatThereAre) {
  LocalEndpoint endpoint(Routes("POST", "/echo", Echo));
  TestClient client(endpoint.Port());
  const TestReply none = client.Ask(Get("/secret-looking/path"));
  EXPECT_EQ(none.status, 404);
  EXPECT_NE(none.body.find("there are /ping, /echo."), std::string::npos) << none.body;
  const TestReply wrong = client.Ask(Get("/echo"));
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.Header("allow"), "POST");
  EXPECT_EQ(client.Ask("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").status, 404);
  EXPECT_EQ(client.Ask("TRACE /echo HTTP/1.1\r\nHost: h\r\n\r\n").status, 405);
  EXPECT_EQ(client.Ask(Post("/echo?a=b", "q")).body, "q");
}

TEST(Connection, TurnsWhatAHandlerThrowsIntoAReplyAndKeepsServing) {
  LocalEndpoint endpoint(Routes(
      "GET", "/exception",
      [](const Request&, Response&) -> Task<void> {
        throw std::runtime_error("/secret/weights.bin is broken");
        co_return;
      },
      "GET", "/number",
      [](const Request&, Response&) -> Task<void> {
        throw 42;
        co_return;
      },
      "GET", "/before", [](const Request&, Response&) -> Task<void> { throw 42; }, "GET", "/memory",
      [](const Request&, Response&) -> Task<void> {
        throw std::bad_alloc();
        co_return;
      },
      "GET", "/fail",
      [](const Request&, Response& response) -> Task<void> {
        response.Body() += "half";
        response.Fail(Error(ErrorCode::kInvalid, "No.").WithFaults({{"/a", "b"}}, 0));
        co_return;
      }));
  TestClient client(endpoint.Port());
  struct Case {
    std::string path;
    int status;
  };
  for (const Case& c : {Case{"/exception", 500}, Case{"/number", 500}, Case{"/before", 500},
                        Case{"/memory", 507}, Case{"/fail", 422}}) {
    const TestReply reply = client.Ask(Get(c.path));
    EXPECT_EQ(reply.status, c.status) << c.path;
    EXPECT_EQ(reply.body.find("secret"), std::string::npos);
    const std::size_t at = reply.body.find("\"request_id\":\"") + 14;
    const std::string id = reply.body.substr(at, reply.body.find('"', at) - at);
    EXPECT_EQ(id.size(), 32U);
    EXPECT_TRUE(endpoint.Log().Contains("request_id=" + id)) << c.path;
    EXPECT_EQ(client.Ask(Get("/ping")).status, 200);
  }
  EXPECT_TRUE(endpoint.Log().Contains("/secret/weights.bin is broken"));
  EXPECT_FALSE(endpoint.Log().Contains("path=/ping"));
  EXPECT_NE(endpoint.Metrics().find("tenon_http_requests_total{status=\"500\"} 3"),
            std::string::npos);
  EXPECT_TRUE(Becomes(endpoint, "tenon_http_requests_in_flight 0"));
}

TEST(Connection, MeasuresWhenAsked) {
  LocalEndpoint endpoint(Routes("POST", "/echo", Echo));
  TestClient client(endpoint.Port());
  EXPECT_EQ(client.Ask(Post("/echo", "a")).Header("server-timing"), std::nullopt);
  const auto timing =
      client.Ask(Post("/echo", "a", "X-Tenon-Server-Timing: 1\r\n")).Header("server-timing");
  ASSERT_TRUE(timing.has_value());
  EXPECT_TRUE(timing->starts_with("total;dur=")) << *timing;
}

TEST(Connection, SaysWhyNothingIsServedYet) {
  LocalEndpoint endpoint(ServerOptions{});
  TestClient client(endpoint.Port());
  endpoint.Server().SetUnready("The model is being loaded.");
  for (const std::string& request : {Get("/ping"), Post("/echo", "a"), Get("/anything")}) {
    const TestReply reply = client.Ask(request);
    EXPECT_EQ(reply.status, 503);
    EXPECT_NE(reply.body.find("The model is being loaded."), std::string::npos);
  }
  std::vector<Route> routes = Routes("POST", "/echo", Echo, "GET", "/metrics", Echo);
  routes[1].readiness = Readiness::kAlways;
  endpoint.Server().SetRoutes(std::move(routes));
  EXPECT_EQ(client.Ask(Get("/ping")).status, 503);
  EXPECT_EQ(client.Ask(Post("/echo", "a")).status, 503);
  EXPECT_EQ(client.Ask(Get("/metrics")).status, 200);
  EXPECT_EQ(client.Ask(Get("/anything")).status, 404);
  endpoint.Server().SetReady();
  EXPECT_EQ(client.Ask(Get("/ping")).status, 200);
  EXPECT_EQ(client.Ask(Post("/echo", "a")).status, 200);
  endpoint.Server().SetUnready("It is not well.");
  EXPECT_NE(client.Ask(Get("/ping")).body.find("It is not well."), std::string::npos);
}

TEST(Server, SaysWhatIsInTheWay) {
  LocalEndpoint endpoint(ServerOptions{});
  SystemClock clock;
  testing::CapturedLog log;
  MetricsRegistry metrics(1);
  ComputePool pool(1);
  const auto start = [&](ServerOptions options) {
    return Server::Start(std::move(options),
                         {.clock = clock, .pool = pool, .log = log.Log(), .metrics = metrics});
  };
  const auto taken = start({.port = endpoint.Port()});
  ASSERT_FALSE(taken.Ok());
  EXPECT_NE(taken.Error().Detail().find("127.0.0.1:" + std::to_string(endpoint.Port())),
            std::string::npos);
  EXPECT_NE(taken.Error().Detail().find("in use"), std::string::npos);
  const auto unknown = start({.host = "no host", .port = 0});
  ASSERT_FALSE(unknown.Ok());
  EXPECT_NE(unknown.Error().Detail().find("no host"), std::string::npos);
}

}  // namespace
}  // namespace tenon::http
