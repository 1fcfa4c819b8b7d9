// SPDX-License-Identifier: Apache-2.0
#pragma once

// Replicas on a Ray cluster. A child, `python3 -m tenon_ray front`, speaks with Ray: it is given
// the application and says where the replicas are. Calls never pass it.

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "engine/process/replica_spec.hpp"
#include "tenon/base/export.hpp"
#include "tenon/serving/engine.hpp"

namespace tenon::engine {

struct RayEngineOptions {
  std::string python = "python3";  // Of an environment that has ray and tenon_ray.
  std::string address;             // Of the cluster; empty: the one that this node is part of.
  std::string program;             // Tenon's, at the same path on every node.
  std::function<ApplicationSpec(const Application&)> spec;
  std::uint64_t max_payload = 25U << 20U;
  std::string log_format = "text";
  std::string log_level = "info";
};

class TENON_EXPORT RayEngine final : public serving::Engine {
 public:
  explicit RayEngine(RayEngineOptions options);
  ~RayEngine() override;

  Result<> Start(Application& application, const serving::ReplicaServices& services) override;
  std::string_view Constructing() const noexcept override;
  void Stop() noexcept override;

 private:
  class Placement;

  const RayEngineOptions options_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Placement>> placements_;  // One for each application. Guarded.
};

}  // namespace tenon::engine
