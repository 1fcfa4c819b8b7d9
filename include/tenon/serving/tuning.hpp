// SPDX-License-Identifier: Apache-2.0
#pragma once

// What outlives replicas, as an interface: what they have learned.

#include <memory>
#include <span>

#include "tenon/base/export.hpp"
#include "tenon/serving/bound_deployment.hpp"

namespace tenon::serving {

// Told by the engine when the replicas of an application exist, and before they go.
// Thread safety: called by the thread that starts or stops the engine.
class TENON_EXPORT Tuning {
 public:
  using Deployments = std::span<const std::unique_ptr<BoundDeployment>>;

  Tuning() = default;
  Tuning(const Tuning&) = delete;
  Tuning& operator=(const Tuning&) = delete;
  virtual ~Tuning() = default;

  // Before the first call.
  virtual void OnStarted(Deployments deployments, const ReplicaServices& services) = 0;
  // After the last call.
  virtual void OnStopping(Deployments deployments) noexcept = 0;
};

}  // namespace tenon::serving
