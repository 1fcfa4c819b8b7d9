// SPDX-License-Identifier: Apache-2.0
#pragma once

// One replica with all that it runs on: loops, pool, the ways to the other deployments.

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "app/build_application.hpp"
#include "engine/process/replica_spec.hpp"
#include "engine/wire/caller.hpp"
#include "engine/wire/replica_server.hpp"
#include "tenon/base/clock.hpp"
#include "tenon/base/log.hpp"
#include "tenon/runtime/environment.hpp"
#include "tenon/task/compute_pool.hpp"

namespace tenon::app {

// Thread safety: from one thread.
class ReplicaProcess {
 public:
  // Builds the application, constructs the replica, and listens.
  // Errors: in one line, for whoever starts the server.
  static Result<std::unique_ptr<ReplicaProcess>> Start(engine::ReplicaSpec spec);
  ~ReplicaProcess();
  ReplicaProcess(const ReplicaProcess&) = delete;
  ReplicaProcess& operator=(const ReplicaProcess&) = delete;

  const std::string& Address() const noexcept { return address_; }
  void Apply(std::span<const engine::PeerTable> peers);
  bool IsHealthy();
  // Refuses new calls and ends; with `finishes`, what is under way first. Work that does not end
  // in time ends with the process, which then does not return from here.
  void Stop(bool finishes);

 private:
  explicit ReplicaProcess(engine::ReplicaSpec spec);
  Result<> Begin();
  Result<> Build();
  Result<> MakeLoops();
  Result<> Materialize(std::span<engine::PeerTable const> peers);
  Result<> Listen();

  const engine::ReplicaSpec spec_;
  const SystemClock clock_;
  FdSink stderr_{2};
  Logger log_;
  runtime::Environment environment_;
  BuiltApplication built_;
  std::vector<std::unique_ptr<EpollLoop>> loops_;
  std::vector<EventLoop*> event_loops_;
  std::vector<EpollLoop*> socket_loops_;
  std::optional<ComputePool> pool_;
  std::optional<serving::ReplicaServices> services_;
  serving::BoundDeployment* own_ = nullptr;
  std::map<std::string, std::unique_ptr<engine::Caller>> callers_;
  std::unique_ptr<engine::ReplicaServer> server_;
  std::string address_;
  std::vector<std::thread> threads_;
};

}  // namespace tenon::app
