// SPDX-License-Identifier: Apache-2.0
#pragma once

// Serves one deployment over the data plane, on loops that somebody else runs.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/wire/channel.hpp"
#include "engine/wire/served_call.hpp"

namespace tenon::engine {

struct ReplicaServerOptions {
  std::string secret;
  std::uint64_t graph = 0;  // GraphHash of the application.
  std::uint64_t max_payload = 25U << 20U;
};

// Lifetime: within that of the loops, the pool and the deployment; destroyed when the loops have
// stopped. Thread safety: `InFlight` from any thread; the rest from the one that made it.
class ReplicaServer {
 public:
  ReplicaServer(serving::BoundDeployment& deployment, ComputePool& pool,
                std::span<EpollLoop* const> loops, ReplicaServerOptions options);
  ~ReplicaServer();
  ReplicaServer(const ReplicaServer&) = delete;
  ReplicaServer& operator=(const ReplicaServer&) = delete;

  // Takes connections from the socket, which it owns from here on.
  // REQUIRES: once, before the loops run or on the first one's thread.
  Result<> Listen(int fd);
  // Tells all peers to go elsewhere: what is under way is answered, new calls are refused.
  void GoAway() noexcept;
  // Calls that have not ended.
  std::size_t InFlight() const noexcept { return in_flight_.load(std::memory_order_relaxed); }

 private:
  class Connection;
  class LoopPart;
  class Acceptor;

  serving::BoundDeployment& deployment_;
  ComputePool& pool_;
  const ReplicaServerOptions options_;
  std::atomic<std::size_t> in_flight_{0};
  std::vector<std::unique_ptr<LoopPart>> parts_;
  std::unique_ptr<Acceptor> acceptor_;
};

}  // namespace tenon::engine
