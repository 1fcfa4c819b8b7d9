// SPDX-License-Identifier: Apache-2.0
#pragma once

// All replica processes of one application, and the thread that keeps them.

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "engine/process/child.hpp"
#include "engine/process/process_engine.hpp"
#include "engine/process/replica_spec.hpp"
#include "engine/wire/caller.hpp"

namespace tenon::engine {

// Lifetime: the destructor ends the replicas: asked first, killed after `kStopGrace`. The loops
// have stopped then. Thread safety: `Constructing` from any thread; the rest from one.
class ProcessEngine::Fleet {
 public:
  Fleet(Application& application, std::span<EpollLoop* const> loops,
        const serving::ReplicaServices& services, ReplicaSpec spec, std::string program);
  ~Fleet();
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  // Ends when all replicas are ready, or with the first that fails to start.
  Result<> Start();
  std::string_view Constructing() const noexcept;

 private:
  static constexpr std::chrono::milliseconds kStopGrace{1'500};

  struct Deployment {
    serving::BoundDeployment* bound = nullptr;
    std::unique_ptr<Caller> caller;
  };
  struct Replica {
    std::size_t deployment = 0;
    std::size_t index = 0;
    std::size_t generation = 0;
    std::optional<Child> child;
    std::string address;  // Empty until it is ready.
    TimePoint started{};
    std::size_t failures = 0;
    TimePoint restart_at{};
  };

  void Run();
  void Wait(TimePoint until);
  void StartReplica(Replica& replica);
  void Look(Replica& replica);
  void OnReport(Replica& replica, const std::string& line);
  void OnEnd(Replica& replica, const std::string& how);
  void Publish(std::size_t deployment);
  PeerTable TableOf(std::size_t deployment) const;
  void StopAll();
  void Settle(Result<> outcome);
  std::string NameOf(const Replica& replica) const;

  Application& application_;
  const serving::ReplicaServices services_;
  const ReplicaSpec base_;
  const std::string program_;
  std::string folder_;  // Of the sockets; for this user alone.
  std::vector<Deployment> deployments_;
  std::vector<Replica> replicas_;  // Of the thread alone, once it runs.

  const int wake_fd_;
  std::atomic<bool> stopping_{false};
  std::atomic<const std::string*> constructing_{nullptr};
  std::mutex mutex_;
  std::condition_variable settled_;
  std::optional<Result<>> outcome_;  // Of the start. Guarded by mutex_.
  std::thread thread_;
};

}  // namespace tenon::engine
