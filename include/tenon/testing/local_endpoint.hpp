// SPDX-License-Identifier: Apache-2.0
#pragma once

// A server in the test's own process.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tenon/base/export.hpp"
#include "tenon/http/server.hpp"
#include "tenon/testing/captured_log.hpp"

namespace tenon::testing {

// Serves routes on a free loopback port, in real time, until it is destroyed:
//
//   LocalEndpoint endpoint(tenon::sagemaker::Driver(handle).routes);
//   Connect(endpoint.Port()) ...
//
// Host and port of the options are not looked at. Throws the Error when it cannot start.
// Thread safety: from the thread that made it.
class TENON_EXPORT LocalEndpoint {
 public:
  // Ready at once.
  explicit LocalEndpoint(std::vector<http::Route> routes, http::ServerOptions options = {});
  // Neither routes nor ready: both are the test's to set.
  explicit LocalEndpoint(http::ServerOptions options);
  // Drains without delay, and waits for what still runs.
  ~LocalEndpoint();
  LocalEndpoint(const LocalEndpoint&) = delete;
  LocalEndpoint& operator=(const LocalEndpoint&) = delete;

  std::uint16_t Port() const noexcept;
  http::Server& Server() noexcept;
  CapturedLog& Log() noexcept;
  // In Prometheus's text format.
  std::string Metrics() const;

  // After `Server().RequestDrain`: waits until RunControl has returned, and gives what it gave.
  std::size_t Join();

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

}  // namespace tenon::testing
