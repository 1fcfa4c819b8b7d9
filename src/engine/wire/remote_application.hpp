// SPDX-License-Identifier: Apache-2.0
#pragma once

// An application whose deployments are all elsewhere, as its front sees it.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/wire/caller.hpp"
#include "tenon/serving/application.hpp"

namespace tenon::engine {

// Whether everything that would be sent can be. Errors: kInvalid, naming the deployment.
Result<> CheckRemoteTypes(const Application& application);

// 32 random bytes as text. Errors: kInternal where the kernel has none.
Result<std::string> MakeSecret();

// Points the handles to callers. Lifetime: destroyed when the loops have stopped.
// Thread safety: `Apply` from any thread.
class RemoteApplication {
 public:
  RemoteApplication(Application& application, std::span<EpollLoop* const> loops,
                    const serving::ReplicaServices& services, const std::string& secret,
                    std::uint64_t max_payload);
  ~RemoteApplication();
  RemoteApplication(const RemoteApplication&) = delete;
  RemoteApplication& operator=(const RemoteApplication&) = delete;

  // One of a deployment that is not known changes nothing.
  void Apply(const PeerTable& table);

 private:
  Application& application_;
  std::vector<std::unique_ptr<Caller>> callers_;  // In the order of the deployments.
};

}  // namespace tenon::engine
