// SPDX-License-Identifier: Apache-2.0
#pragma once

// One event loop with its thread, its connections and what they share.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "http/availability.hpp"
#include "http/block.hpp"
#include "http/connection.hpp"
#include "http/deadline_sweep.hpp"
#include "http/exchange.hpp"
#include "http/front_metrics.hpp"
#include "http/request_log.hpp"
#include "task/epoll_loop.hpp"
#include "tenon/http/server.hpp"

namespace tenon::http {

// What all loops of a server share. Thread safety: each part says so itself.
struct FrontShared {
  FrontShared(ServerOptions server_options, ServerDependencies needs);

  const ServerOptions options;
  const ServerDependencies needs;
  FrontMetrics metrics;
  RequestLog log;
  Availability availability;
  const std::uint64_t process_id;  // Random: with a counter it makes request ids.
};

// Thread safety: `Start`, `Stop` and `Drain*` from the control thread, the counts from any; the
// rest from its loop.
class LoopFront final : private ExchangeOwner {
 public:
  LoopFront(FrontShared& shared, std::unique_ptr<EpollLoop> loop, std::size_t index);
  ~LoopFront();
  LoopFront(const LoopFront&) = delete;
  LoopFront& operator=(const LoopFront&) = delete;

  void Start();
  // Closes what is open, asks what runs to stop, waits for its end and joins the thread.
  void Stop();

  EpollLoop& Loop() noexcept { return *loop_; }
  FrontShared& Shared() noexcept { return shared_; }

  // Connections dealt to it, the ones still on their way included.
  std::size_t Connections() const noexcept { return connection_count_.load(); }
  void CountDealt() noexcept { ++connection_count_; }
  void CountTakenBack() noexcept { --connection_count_; }
  // Requests whose work has not ended, whether or not somebody waits for them.
  std::size_t InFlight() const noexcept { return in_flight_.load(std::memory_order_relaxed); }

  // From the control thread; each takes effect when the loop gets to it.
  void DrainIdle() noexcept { loop_->Post(close_idle_); }
  void DrainRunning() noexcept { loop_->Post(cancel_); }
  void DrainWaiting() noexcept { loop_->Post(answer_); }

  // A connection that was counted as dealt. The descriptor is its own from here on.
  void Adopt(int fd);

  // For connections.
  Exchange& Acquire();
  // Of an exchange whose work has ended.
  void Release(Exchange& exchange) noexcept;
  // Joins it: nobody waits for it any more.
  void Abandon(Exchange& exchange) noexcept;
  void CountInFlight(Exchange& exchange) noexcept;
  std::uint64_t NextNumber() noexcept { return ++number_; }
  BlockPool& Blocks() noexcept { return blocks_; }
  DeadlineSweep& Deadlines() noexcept { return deadlines_; }
  // No new request is waited for on any connection.
  bool ClosesIdle() const noexcept { return closes_idle_; }
  // Destroys the connection at the end of what the loop does now.
  void Retire(Connection& connection) noexcept;
  std::string& Scratch() noexcept {
    scratch_.clear();
    return scratch_;
  }

 private:
  template <void (LoopFront::*kMember)() noexcept>
  class Call final : public PostedWork {
   public:
    explicit Call(LoopFront& front) noexcept : front_(front) {}
    void RunPosted() noexcept override { (front_.*kMember)(); }

   private:
    LoopFront& front_;
  };
  class Sweep final : public Timer {
   public:
    explicit Sweep(LoopFront& front) noexcept : front_(front) {}
    void OnTime() noexcept override { front_.SweepConnections(); }

   private:
    LoopFront& front_;
  };

  void OnProgress(Exchange& exchange) noexcept override;
  void OnDeadline(Exchange& exchange) noexcept override;
  void SweepConnections() noexcept;
  void CloseIdle() noexcept;
  Duration UntilSweep() const noexcept;
  void Cancel() noexcept;
  void AnswerForWork() noexcept;
  void CloseAll() noexcept;
  void Reap() noexcept { retired_.clear(); }
  void Run();

  FrontShared& shared_;
  const std::unique_ptr<EpollLoop> loop_;
  const std::size_t index_;
  const Duration sweep_period_;
  std::atomic<std::size_t> connection_count_{0};
  std::atomic<std::size_t> in_flight_{0};  // Written by the loop alone.
  std::uint64_t number_;

  std::string scratch_;
  BlockPool blocks_;
  std::vector<std::unique_ptr<Exchange>> exchanges_;  // All of them; they know who uses them.
  std::vector<Exchange*> spare_;
  DeadlineSweep deadlines_;
  Sweep sweep_{*this};
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<std::unique_ptr<Connection>> retired_;
  bool closes_idle_ = false;
  bool stopping_ = false;
  Call<&LoopFront::Reap> reap_{*this};
  Call<&LoopFront::CloseIdle> close_idle_{*this};
  Call<&LoopFront::Cancel> cancel_{*this};
  Call<&LoopFront::AnswerForWork> answer_{*this};
  Call<&LoopFront::CloseAll> close_all_{*this};
  std::thread thread_;
};

}  // namespace tenon::http
