// SPDX-License-Identifier: Apache-2.0
#pragma once

// Each replica a process of its own on this machine: one that crashes takes nothing with it.

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

struct ProcessEngineOptions {
  std::string program = "/proc/self/exe";  // Has the subcommand `replica`.
  // How the replicas build the application again.
  std::function<ApplicationSpec(const Application&)> spec;
  std::uint64_t max_payload = 25U << 20U;
  std::string log_format = "text";
  std::string log_level = "info";
};

// One thread of its own starts, watches and restarts the replicas; calls never touch it.
class TENON_EXPORT ProcessEngine final : public serving::Engine {
 public:
  explicit ProcessEngine(ProcessEngineOptions options);
  ~ProcessEngine() override;

  Result<> Start(Application& application, const serving::ReplicaServices& services) override;
  std::string_view Constructing() const noexcept override;
  void Stop() noexcept override;

 private:
  class Fleet;

  const ProcessEngineOptions options_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Fleet>> fleets_;  // One for each application. Guarded by mutex_.
};

}  // namespace tenon::engine
