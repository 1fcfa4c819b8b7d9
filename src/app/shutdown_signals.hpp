// SPDX-License-Identifier: Apache-2.0
#pragma once

// SIGTERM and SIGINT lead a server down; whatever then hangs does not keep the process alive.

#include <csignal>

namespace tenon::http {
class Server;
}  // namespace tenon::http

namespace tenon::app {

// Another process has taken the listening socket over.
inline constexpr int kHandOverSignal = SIGUSR1;

// While it lives: SIGTERM drains with the delay, SIGINT without, a second SIGINT at once; SIGPIPE
// is ignored, and kHandOverSignal leaves new connections to another process. 27 s after the first
// of them the process ends with status 0, whatever still runs: platforms kill at 30 s, and being
// killed reads as a crash.
//
// Lifetime: within the server's. One at a time: signals belong to the whole process.
class ShutdownSignals {
 public:
  explicit ShutdownSignals(http::Server& server);
  ~ShutdownSignals();
  ShutdownSignals(const ShutdownSignals&) = delete;
  ShutdownSignals& operator=(const ShutdownSignals&) = delete;

 private:
  struct sigaction old_term_{};
  struct sigaction old_int_{};
  struct sigaction old_hand_over_{};
  struct sigaction old_alarm_{};
  struct sigaction old_pipe_{};
};

}  // namespace tenon::app
