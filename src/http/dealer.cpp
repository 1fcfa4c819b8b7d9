// SPDX-License-Identifier: Apache-2.0
#include "http/dealer.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "http/dealing_policy.hpp"
#include "tenon/base/log.hpp"
#include "tenon/base/metrics.hpp"

namespace tenon::http {

Dealer::Dealer(EpollLoop& control, FrontShared& shared, Listener listener,
               const std::vector<std::unique_ptr<LoopFront>>& fronts,
               std::function<void()> on_dealt)
    : control_(control),
      shared_(shared),
      listener_(std::move(listener)),
      fronts_(fronts),
      on_dealt_(std::move(on_dealt)),
      watches_(fronts.size()),
      reported_(fronts.size(), false),
      stranded_(control, shared) {}

Dealer::~Dealer() {
  if (is_accepting_) control_.Unwatch(listener_.Fd());
  for (const auto& handover : handovers_) {
    if (handover->TakeBack()) close(handover->Fd());
  }
}

Result<> Dealer::StartAccepting() {
  auto watched = control_.Watch(listener_.Fd(), EPOLLIN | EPOLLET, *this);
  is_accepting_ = watched.Ok();
  return watched;
}

void Dealer::StopAccepting() noexcept {
  if (!listener_.IsOpen()) return;
  if (std::exchange(is_accepting_, false)) {
    listener_.DropNewcomers();
    // Handshakes that had begun are over by then, where the client is near.
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    AcceptAll();  // Who was let in by the kernel is served.
    control_.Unwatch(listener_.Fd());
  }
  listener_.Close();
}

void Dealer::LeaveListener() noexcept {
  if (std::exchange(is_accepting_, false)) control_.Unwatch(listener_.Fd());
  listener_.Close();
}

bool Dealer::Restless() const noexcept {
  return OnTheWay() != 0 || accept_again_ ||
         std::any_of(watches_.begin(), watches_.end(),
                     [](const LoopWatch& watch) { return watch.Busy(); });
}

void Dealer::AcceptAll() noexcept {
  accept_again_ = false;
  for (;;) {
    const int fd = listener_.Accept();
    if (fd >= 0) {
      Deal(fd);
      continue;
    }
    if (errno == EINTR || errno == ECONNABORTED) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return;
    // Out of descriptors or memory: no further edge comes for who waits, so a tick tries again.
    accept_again_ = true;
    shared_.log.Dropped(std::strerror(errno), control_.Now());
    return;
  }
}

void Dealer::Deal(int fd) {
  std::vector<LoopLoad> loads;
  std::size_t total = 0;
  const TimePoint now = shared_.needs.clock.Now();
  for (std::size_t i = 0; i < fronts_.size(); ++i) {
    loads.push_back({.connections = fronts_[i]->Connections(), .is_stuck = watches_[i].Stuck(now)});
    total += loads.back().connections;
  }
  if (total >= shared_.options.max_connections) return RefuseConnection(fd);
  const std::optional<std::size_t> chosen = ChooseLoop(loads, last_);
  if (!chosen) return stranded_.Add(fd);
  last_ = *chosen;
  LoopFront& front = *fronts_[last_];
  front.CountDealt();
  Handover& handover = *handovers_.emplace_back(std::make_unique<Handover>(front, fd, now));
  front.Loop().Post(handover);
}

void Dealer::RefuseConnection(int fd) noexcept {
  constexpr std::string_view kReply =
      "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  const ssize_t sent = send(fd, kReply.data(), kReply.size(), MSG_NOSIGNAL);
  static_cast<void>(sent);
  close(fd);
  shared_.metrics.OnRefusedConnection();
  shared_.log.Dropped("there are too many connections", control_.Now());
}

void Dealer::OnTick(TimePoint now) {
  Watch(now);
  std::vector<int> back;
  std::erase_if(handovers_, [&](const auto& handover) {
    if (handover->Settled()) return true;
    if (now - handover->Since() >= kHoldLimit && handover->TakeBack()) {
      handover->Front().CountTakenBack();
      back.push_back(handover->Fd());
    }
    return false;  // The loop still has it in its queue.
  });
  for (const int fd : back) Deal(fd);
  const bool any_beats = std::any_of(watches_.begin(), watches_.end(),
                                     [now](const LoopWatch& watch) { return !watch.Stuck(now); });
  if (any_beats && !stranded_.Empty()) {
    stranded_.GiveAll([this](int fd) { Deal(fd); });
  }
  if (accept_again_ && is_accepting_) AcceptAll();
}

void Dealer::Watch(TimePoint now) {
  for (std::size_t i = 0; i < fronts_.size(); ++i) {
    const LoopHold hold = fronts_[i]->Loop().Held(now);
    const std::optional<Duration> held = watches_[i].Observe(hold, now);
    if (held && hold.activity != nullptr) SayHeld(hold.activity, *held, !reported_[i], now);
    reported_[i] = held.has_value();
  }
}

void Dealer::SayHeld(const char* activity, Duration held, bool is_new, TimePoint now) {
  if (is_new) {
    shared_.needs.metrics
        .AddCounter("tenon_loop_holds_total",
                    "Times that something held an event loop for more than 5 ms.",
                    {{"activity", activity}})
        .Add();
  }
  if (const auto unsaid = holds_.Admit(activity, now)) {
    shared_.needs.log.Warning(
        "an event loop is held; what computes or waits belongs in Compute or a synchronous Infer",
        {{"activity", activity},
         {"held_ms", std::chrono::duration<double, std::milli>(held).count()},
         {"more", *unsaid}});
  }
}

}  // namespace tenon::http
