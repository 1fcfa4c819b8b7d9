// SPDX-License-Identifier: Apache-2.0
#include "tenon/testing/local_endpoint.hpp"

#include <thread>
#include <utility>

#include "tenon/base/clock.hpp"
#include "tenon/base/metrics.hpp"
#include "tenon/task/compute_pool.hpp"

namespace tenon::testing {
namespace {

constexpr std::size_t kPoolThreads = 2;

http::ServerOptions OnLoopback(http::ServerOptions options) {
  options.host = "127.0.0.1";
  options.port = 0;
  return options;
}

}  // namespace

// Destroyed backwards: the server before what it needs.
struct LocalEndpoint::Content {
  explicit Content(http::ServerOptions options)
      : metrics(options.loops + kPoolThreads),
        pool(kPoolThreads, &metrics),
        server(http::Server::Start(
                   OnLoopback(std::move(options)),
                   {.clock = clock, .pool = pool, .log = log.Log(), .metrics = metrics})
                   .Value()),
        control([this] { running = server->RunControl(); }) {}

  SystemClock clock;
  CapturedLog log;
  MetricsRegistry metrics;
  ComputePool pool;
  std::unique_ptr<http::Server> server;
  std::size_t running = 0;  // Written by `control` before it ends.
  std::thread control;
};

LocalEndpoint::LocalEndpoint(http::ServerOptions options)
    : content_(std::make_unique<Content>(std::move(options))) {}

LocalEndpoint::LocalEndpoint(std::vector<http::Route> routes, http::ServerOptions options)
    : LocalEndpoint(std::move(options)) {
  Server().SetRoutes(std::move(routes));
  Server().SetReady();
}

LocalEndpoint::~LocalEndpoint() {
  if (content_->control.joinable()) {
    Server().RequestDrain(http::DrainMode::kNow);
    Server().RequestDrain(http::DrainMode::kNow);
    Join();
  }
  // Jobs of the pool may post to a loop.
  content_->server.reset();
}

std::uint16_t LocalEndpoint::Port() const noexcept { return content_->server->Port(); }
http::Server& LocalEndpoint::Server() noexcept { return *content_->server; }
CapturedLog& LocalEndpoint::Log() noexcept { return content_->log; }

std::string LocalEndpoint::Metrics() const {
  std::string text;
  content_->metrics.WritePrometheus(text);
  return text;
}

std::size_t LocalEndpoint::Join() {
  content_->control.join();
  return content_->running;
}

}  // namespace tenon::testing
