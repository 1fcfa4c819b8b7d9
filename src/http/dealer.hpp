// SPDX-License-Identifier: Apache-2.0
#pragma once

// Accepts connections and deals them out to loops that beat.

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "http/listener.hpp"
#include "http/loop_front.hpp"
#include "http/loop_watch.hpp"
#include "http/stranded.hpp"
#include "task/epoll_loop.hpp"

namespace tenon::http {

// A connection on its way to a loop. The loop takes it, or the control thread takes it back when
// the loop does not come to it in time; exactly one of them gets it.
//
// Lifetime: until it is settled. Thread safety: thread-safe.
class Handover final : public PostedWork {
 public:
  Handover(LoopFront& front, int fd, TimePoint since) noexcept
      : front_(front), fd_(fd), since_(since) {}

  void RunPosted() noexcept override {
    State expected = State::kPending;
    if (state_.compare_exchange_strong(expected, State::kTaken, std::memory_order_acq_rel)) {
      front_.Adopt(fd_);
    }
    // The last that is done here: the control thread destroys this when it sees it.
    state_.store(State::kSettled, std::memory_order_release);
  }

  // True: the connection is the caller's again.
  bool TakeBack() noexcept {
    State expected = State::kPending;
    return state_.compare_exchange_strong(expected, State::kTakenBack, std::memory_order_acq_rel);
  }
  bool Settled() const noexcept {
    return state_.load(std::memory_order_acquire) == State::kSettled;
  }

  LoopFront& Front() const noexcept { return front_; }
  int Fd() const noexcept { return fd_; }
  TimePoint Since() const noexcept { return since_; }

 private:
  enum class State : std::uint8_t { kPending, kTaken, kTakenBack, kSettled };

  LoopFront& front_;
  const int fd_;
  const TimePoint since_;
  std::atomic<State> state_{State::kPending};
};

// Thread safety: confined to the control thread.
class Dealer final : private FdHandler {
 public:
  // `on_dealt`: connections are on their way, so that a tick is wanted soon.
  Dealer(EpollLoop& control, FrontShared& shared, Listener listener,
         const std::vector<std::unique_ptr<LoopFront>>& fronts, std::function<void()> on_dealt);
  // REQUIRES: the loops have ended.
  ~Dealer();

  Result<> StartAccepting();
  // For good: the socket is closed.
  void StopAccepting() noexcept;
  // As StopAccepting; who waits in the kernel is left to another process.
  void LeaveListener() noexcept;
  std::uint16_t Port() const noexcept { return listener_.Port(); }

  // Samples the loops; takes back what a stuck one has not come to, deals it again or strands it.
  void OnTick(TimePoint now);
  // A tick is wanted soon.
  bool Restless() const noexcept;
  // Dealt and not yet arrived, or stranded.
  std::size_t OnTheWay() const noexcept { return handovers_.size() + (stranded_.Empty() ? 0 : 1); }
  void CloseStranded() noexcept { stranded_.CloseAll(); }

 private:
  void OnEvents(std::uint32_t) noexcept override {
    AcceptAll();
    on_dealt_();
  }
  void AcceptAll() noexcept;
  void Deal(int fd);
  void RefuseConnection(int fd) noexcept;
  void Watch(TimePoint now);
  void SayHeld(const char* activity, Duration held, bool is_new, TimePoint now);

  EpollLoop& control_;
  FrontShared& shared_;
  Listener listener_;
  const std::vector<std::unique_ptr<LoopFront>>& fronts_;
  const std::function<void()> on_dealt_;
  std::vector<LoopWatch> watches_;
  std::vector<bool> reported_;  // The hold of that loop was counted.
  std::size_t last_ = 0;
  bool is_accepting_ = false;
  bool accept_again_ = false;  // The process was out of descriptors.
  std::vector<std::unique_ptr<Handover>> handovers_;
  StrandedConnections stranded_;
  RateLimit holds_{std::chrono::seconds(10)};
};

}  // namespace tenon::http
