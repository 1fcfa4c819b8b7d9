// SPDX-License-Identifier: Apache-2.0
#include "aws/interrupts.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "aws/failure.hpp"

namespace tenon::aws {

Interrupts::Interrupts() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  signals_ = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  if (signals_ < 0) throw Failure("The system gives no descriptor for signals.");
}

Interrupts::~Interrupts() { close(signals_); }

bool Interrupts::Requested() {
  signalfd_siginfo info;
  while (read(signals_, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    requested_ = true;
  }
  return requested_;
}

void Interrupts::Sleep(std::chrono::milliseconds time) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point end = Clock::now() + time;
  for (;;) {
    if (Requested()) throw Interrupted();
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    if (left <= 0) return;
    pollfd wait = {.fd = signals_, .events = POLLIN, .revents = 0};
    poll(&wait, 1, static_cast<int>(std::min<long long>(left, 60'000)));
  }
}

void Interrupts::WaitReadable(int descriptor) {
  for (;;) {
    if (Requested()) throw Interrupted();
    pollfd waits[] = {{.fd = signals_, .events = POLLIN, .revents = 0},
                      {.fd = descriptor, .events = POLLIN, .revents = 0}};
    poll(waits, 2, -1);
    if (waits[1].revents != 0) return;
  }
}

}  // namespace tenon::aws
