// SPDX-License-Identifier: Apache-2.0
#pragma once

// The way from one loop to the replicas of one deployment.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/wire/channel.hpp"
#include "engine/wire/outgoing_call.hpp"
#include "engine/wire/replica_group.hpp"
#include "engine/wire/router_policy.hpp"

namespace tenon {
class Logger;
}  // namespace tenon

namespace tenon::engine {

struct CallerOptions {
  std::string deployment;
  std::string secret;
  std::uint64_t graph = 0;
  std::uint64_t max_payload = 25U << 20U;
  std::size_t limit = 1000;  // Calls at one replica that is near before others are asked.
};

// One loop's connection to one replica. It connects again, ever more slowly, until it is let go.
class CallerConnection final : private ChannelOwner, private Timer {
 public:
  CallerConnection(CallerLoop& loop, std::shared_ptr<ReplicaState> replica);
  ~CallerConnection();

  const std::shared_ptr<ReplicaState>& Replica() const noexcept { return replica_; }
  bool IsUsable() const noexcept { return is_welcome_ && !is_silent_ && !is_going_; }
  void Connect() noexcept;
  // The replica has left the table: no new calls; those under way are waited for.
  void LetGo() noexcept;
  bool IsOver() const noexcept { return is_let_go_ && calls_.empty() && !channel_.IsBusy(); }

  // REQUIRES: IsUsable. Errors: what keeps the request from being written.
  Result<> Send(OutgoingCall& call);
  // Nobody waits for it any more.
  void Cancel(std::uint32_t id) noexcept;
  void AddCredit(std::uint32_t id) noexcept;

 private:
  static constexpr std::chrono::milliseconds kWelcomeTimeout{1'000};

  bool OnFrame(Frame& frame) override;
  void OnClosed(std::string_view why) noexcept override;
  void OnSilence(bool is_silent) noexcept override;
  void OnIdle() noexcept override;
  void OnTime() noexcept override;
  bool OnWelcome(const Frame& frame);
  bool OnError(const Frame& frame);
  OutgoingCall* Remove(std::uint32_t id) noexcept;
  void RetryLater() noexcept;

  CallerLoop& loop_;
  const std::shared_ptr<ReplicaState> replica_;
  Channel channel_;
  bool is_welcome_ = false;
  bool is_silent_ = false;
  bool is_going_ = false;
  bool is_let_go_ = false;
  std::size_t failures_ = 0;
  std::uint32_t last_id_ = 0;
  std::string head_;
  std::unordered_map<std::uint32_t, OutgoingCall*> calls_;
};

// Lifetime: destroyed when the loop has stopped. Thread safety: `RefreshSoon` from any thread; the
// rest on the loop.
class CallerLoop final : private PostedWork {
 public:
  CallerLoop(EpollLoop& loop, ReplicaGroup& group, const CallerOptions& options, Logger& log);
  ~CallerLoop();

  EpollLoop& Loop() noexcept { return loop_; }
  const CallerOptions& Options() const noexcept { return options_; }
  Logger& Log() noexcept { return log_; }
  // The table has changed.
  void RefreshSoon() noexcept;

  // Sends the call, or keeps it until a replica is there. A failure is told to the call.
  void Submit(OutgoingCall& call) noexcept;
  void Forget(OutgoingCall& call) noexcept { std::erase(waiting_, &call); }

  // For connections: one can be used, or calls need not wait for one any more.
  void OnUsable() noexcept;
  // Says once that a replica runs another build.
  void NoteGraph(std::uint64_t graph, const std::string& address) noexcept;

 private:
  void RunPosted() noexcept override;
  void Refresh() noexcept;
  CallerConnection* Choose() noexcept;

  EpollLoop& loop_;
  ReplicaGroup& group_;
  const CallerOptions& options_;
  Logger& log_;
  std::uint64_t version_ = 0;
  std::uint64_t random_;
  std::atomic<bool> refresh_posted_{false};
  bool has_noted_graph_ = false;
  std::vector<std::unique_ptr<CallerConnection>> connections_;
  std::vector<std::unique_ptr<CallerConnection>> leaving_;
  std::vector<RouteCandidate> candidates_;  // Kept for its memory.
  std::deque<OutgoingCall*> waiting_;
};

}  // namespace tenon::engine
