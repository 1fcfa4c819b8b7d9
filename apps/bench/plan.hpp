// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a run does.

#include <sys/socket.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "schedule.hpp"

namespace tenon::bench {

struct SocketAddress {
  sockaddr_storage storage = {};
  socklen_t size = 0;
};

// How far a run is, for a live display.
struct Progress {
  double elapsed_s = 0;
  double total_s = 0;
  bool is_warming_up = false;
  std::uint64_t completed = 0;
  std::uint64_t failed = 0;
  std::size_t in_flight = 0;
  std::size_t waiting = 0;  // Due, and no connection is free.
};

struct Plan {
  SocketAddress address;
  std::vector<std::string> requests;  // Whole, head and body; sent by turns.
  std::optional<double> rate;         // Per second; without one the loop is closed.
  Arrivals arrivals = Arrivals::poisson;
  std::size_t connections = 1;  // In an open loop: at most.
  std::size_t pipeline = 1;     // Requests in flight per connection.
  std::int64_t duration_ns = 0;
  std::int64_t warmup_ns = 0;
  std::int64_t timeout_ns = 0;
  std::uint64_t seed = 1;
  std::string expected;  // What each answer has to contain.
  bool is_streaming = false;
  std::function<void(const Progress&)> show;  // A few times a second; may be empty.
};

}  // namespace tenon::bench
