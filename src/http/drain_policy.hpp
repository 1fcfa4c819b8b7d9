// SPDX-License-Identifier: Apache-2.0
#pragma once

// The way down, as a pure decision.

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "tenon/base/clock.hpp"
#include "tenon/http/server.hpp"

namespace tenon::http {

// They only ever follow each other in this order.
enum class DrainPhase : std::uint8_t {
  kServing,     // Nobody has asked.
  kDelaying,    // Requests are served, each connection closes after its reply. Health says 503, but
                // not where another process has the listener.
  kClosing,     // The listener is closed; what is in flight goes on.
  kCancelling,  // What is in flight has been asked to stop and is joined.
  kAnswering,   // Who waits for work that goes on all the same has been told.
  kEnded,
};

struct DrainTimes {
  std::chrono::milliseconds delay{0};
  // At most, for connections to end with a reply instead of being closed between two.
  std::chrono::milliseconds hand_over{5'000};
  std::chrono::milliseconds timeout{25'000};  // After the request.
  std::chrono::milliseconds join{3'000};      // After the timeout.
  std::chrono::milliseconds answer{500};      // Before the end; at most half of `join`.
};

struct DrainSnapshot {
  bool is_requested = false;
  DrainMode mode = DrainMode::kWithDelay;  // Of the first request.
  bool is_hurried = false;                 // Somebody asked again, with kNow.
  Duration since_request{};
  std::size_t busy = 0;  // Requests in flight, and connections that are being read or written.
};

DrainPhase Decide(const DrainSnapshot& snapshot, const DrainTimes& times) noexcept;

}  // namespace tenon::http
