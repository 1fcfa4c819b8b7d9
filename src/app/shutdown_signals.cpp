// SPDX-License-Identifier: Apache-2.0
#include "app/shutdown_signals.hpp"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <string_view>

#include "tenon/http/server.hpp"

namespace tenon::app {
namespace {

constexpr unsigned kLastResortSeconds = 27;

// A handler has no argument through which it could be given a server.
std::atomic<http::Server*> serving{nullptr};
std::atomic<bool> last_resort_armed{false};
static_assert(std::atomic<http::Server*>::is_always_lock_free, "used in a signal handler");

http::DrainMode ModeOf(int signal) noexcept {
  if (signal == SIGTERM) return http::DrainMode::kWithDelay;
  return signal == kHandOverSignal ? http::DrainMode::kHandOver : http::DrainMode::kNow;
}

void OnShutdown(int signal) {
  const int before = errno;
  if (http::Server* server = serving.load()) {
    server->RequestDrain(ModeOf(signal));
  }
  if (!last_resort_armed.exchange(true)) alarm(kLastResortSeconds);
  errno = before;
}

void OnLastResort(int) {
  constexpr std::string_view kText =
      "tenon: the way down took too long; ending with work in progress\n";
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, kText.data(), kText.size());
  _exit(0);
}

void Install(int signal, void (*handler)(int), struct sigaction& old) {
  struct sigaction action{};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, &old);
}

}  // namespace

ShutdownSignals::ShutdownSignals(http::Server& server) {
  serving = &server;
  Install(SIGPIPE, SIG_IGN, old_pipe_);
  Install(SIGALRM, &OnLastResort, old_alarm_);
  Install(SIGTERM, &OnShutdown, old_term_);
  Install(SIGINT, &OnShutdown, old_int_);
  Install(kHandOverSignal, &OnShutdown, old_hand_over_);
}

ShutdownSignals::~ShutdownSignals() {
  sigaction(SIGTERM, &old_term_, nullptr);
  sigaction(SIGINT, &old_int_, nullptr);
  sigaction(kHandOverSignal, &old_hand_over_, nullptr);
  sigaction(SIGALRM, &old_alarm_, nullptr);
  sigaction(SIGPIPE, &old_pipe_, nullptr);
  if (last_resort_armed.exchange(false)) alarm(0);
  serving = nullptr;
}

}  // namespace tenon::app
