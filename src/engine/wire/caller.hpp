// SPDX-License-Identifier: Apache-2.0
#pragma once

// What an engine puts behind a handle whose replicas are other processes.

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "engine/process/replica_spec.hpp"
#include "engine/wire/caller_loop.hpp"
#include "tenon/serving/bound_deployment.hpp"
#include "tenon/serving/remote.hpp"

namespace tenon::engine {

// The loops of a server, as those that can watch sockets.
// Errors: kInternal where one cannot: a loop of a unit test.
Result<std::vector<EpollLoop*>> SocketLoops(std::span<EventLoop* const> loops);

// Admits as if the replicas were here, then routes; what has surely not begun is tried elsewhere.
//
// Lifetime: outlives its calls; destroyed when the loops have stopped. Thread safety: `Call` and
// `Open` on any of the loops; the rest from any thread.
class Caller final : public serving::RemoteCaller {
 public:
  // `deployment`, the loops and the logger outlive it.
  Caller(const serving::BoundDeployment& deployment, std::span<EpollLoop* const> loops,
         CallerOptions options, const serving::ReplicaServices& services);
  ~Caller() override;

  // The replicas from now on.
  void Apply(const PeerTable& table);

  Task<Unit> Call(const void* request, void* response) override;
  Stream<Unit> Open(const void* request, void* item) override;
  serving::DeploymentStatus Read() const override;
  Result<> CheckHealth() override;

 private:
  CallerLoop& LoopOf(const Scope& scope) const;

  // Where a call may go after it was refused, or its replica went away before it began.
  static constexpr int kAttempts = 3;

  const serving::BoundDeployment& deployment_;
  const CallerOptions options_;
  ReplicaGroup group_;
  serving::Admission admission_;
  std::vector<std::unique_ptr<CallerLoop>> loops_;
};

}  // namespace tenon::engine
