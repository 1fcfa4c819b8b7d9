// SPDX-License-Identifier: Apache-2.0
#pragma once

// One application on the cluster, and the thread that listens to tenon_ray.

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>

#include "engine/process/child.hpp"
#include "engine/ray/ray_engine.hpp"
#include "engine/wire/remote_application.hpp"

namespace tenon::engine {

// Lifetime: the destructor has the cluster end the replicas; the loops have stopped then.
// Thread safety: `IsReady` and `Name` from any thread; the rest from one.
class RayEngine::Placement {
 public:
  Placement(Application& application, std::span<EpollLoop* const> loops,
            const serving::ReplicaServices& services, const RayEngineOptions& options,
            std::string secret);
  ~Placement();
  Placement(const Placement&) = delete;
  Placement& operator=(const Placement&) = delete;

  // Ends when all replicas are ready, or with the first that does not start.
  Result<> Start();
  bool IsReady() const noexcept { return is_ready_; }
  std::string_view Name() const noexcept { return application_.Name(); }

 private:
  // Of a way down that has 3 s after the last request; the cluster goes on without us.
  static constexpr int kStopGraceMs = 2'000;

  std::string SpecLine() const;
  void Run();
  // False: tenon_ray has ended.
  bool Listen(Child& child);
  void OnLine(const std::string& line);
  void Settle(Result<> outcome);

  Application& application_;
  Logger& log_;
  const RayEngineOptions& options_;
  const std::string secret_;
  RemoteApplication remote_;

  const int wake_fd_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> is_ready_{false};
  std::mutex mutex_;
  std::condition_variable settled_;
  std::optional<Result<>> outcome_;  // Of the start. Guarded by mutex_.
  std::thread thread_;
};

}  // namespace tenon::engine
