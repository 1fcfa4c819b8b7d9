// SPDX-License-Identifier: Apache-2.0
#include "tenon/app/replica.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "app/replica_lines.hpp"
#include "app/replica_process.hpp"
#include "tenon/schema/json.hpp"

namespace tenon::app {
namespace {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr std::chrono::seconds kHealthPeriod{10};
constexpr int kFailuresInARow = 3;

std::optional<int> ControlFd(std::span<const char* const> words) {
  if (words.size() != 2 || std::string_view(words[0]) != "--control-fd") return std::nullopt;
  const std::string_view text = words[1];
  int fd = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), fd);
  if (error != std::errc() || end != text.data() + text.size() || fd < 3) return std::nullopt;
  return fd;
}

// SIGTERM as a descriptor: blocked here and, by inheritance, in all threads.
int TakeTerminationSignal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  // A terminal speaks to the parent.
  std::signal(SIGINT, SIG_IGN);
  return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

// Does what it was told; true: also to stop.
bool Obey(ReplicaLines& lines, ReplicaProcess& process) {
  bool stops = false;
  while (const auto line = lines.Next()) {
    const auto order = schema::ReadJson<engine::ReplicaOrder>(*line);
    if (!order) continue;
    process.Apply(order->peers);
    stops = stops || order->stop;
  }
  return stops;
}

// Runs until there is a reason to end; true: what is under way may be finished.
bool Serve(ReplicaLines& lines, ReplicaProcess& process, int signals) {
  int failures = 0;
  for (;;) {
    // Before waiting: lines may have come together with the first one.
    if (Obey(lines, process)) return true;
    if (lines.IsOver()) return false;
    std::array<pollfd, 2> polled{{{.fd = lines.Fd(), .events = POLLIN, .revents = 0},
                                  {.fd = signals, .events = POLLIN, .revents = 0}}};
    constexpr int kTimeout = std::chrono::milliseconds(kHealthPeriod).count();
    const int ready = poll(polled.data(), polled.size(), kTimeout);
    if (ready == 0) {
      failures = process.IsHealthy() ? 0 : failures + 1;
      // Whoever started it starts another one.
      if (failures == kFailuresInARow) return false;
    }
    if (polled[1].revents != 0) return true;
  }
}

}  // namespace

int RunReplica(std::span<const char* const> words) {
  const auto control = ControlFd(words);
  if (!control) {
    std::fprintf(stderr,
                 "tenon: 'tenon replica' is started by engines, as 'replica --control-fd N'.\n");
    return kUsage;
  }
  // Whatever ends the parent ends this process, and not only when somebody looks.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  ReplicaLines lines(*control);
  const auto first = lines.Wait();
  // It may have gone before the line above.
  if (!first) return kFailed;
  const int signals = TakeTerminationSignal();
  auto spec = schema::ReadJson<engine::ReplicaSpec>(*first);
  if (!spec) {
    lines.Say(
        {.ready = {},
         .failed = "What its engine says is not understood: " + std::string(spec.Error().what())});
    return kFailed;
  }
  auto process = ReplicaProcess::Start(*std::move(spec));
  if (!process) {
    lines.Say({.ready = {}, .failed = process.Error().Detail()});
    return kFailed;
  }
  lines.Say({.ready = (*process)->Address(), .failed = {}});
  const bool may_finish = Serve(lines, **process, signals);
  (*process)->Stop(may_finish);
  return may_finish ? kDone : kFailed;
}

}  // namespace tenon::app
