// SPDX-License-Identifier: Apache-2.0
#include "engine/process/process_engine.hpp"

#include <utility>

#include "engine/process/fleet.hpp"
#include "engine/wire/remote_application.hpp"

namespace tenon::engine {
ProcessEngine::ProcessEngine(ProcessEngineOptions options) : options_(std::move(options)) {}
ProcessEngine::~ProcessEngine() { Stop(); }

Result<> ProcessEngine::Start(Application& application, const serving::ReplicaServices& services) {
  if (auto checked = CheckRemoteTypes(application); !checked) return checked;
  auto loops = SocketLoops(services.loops);
  if (!loops) return std::move(loops).Error();
  auto secret = MakeSecret();
  if (!secret) return std::move(secret).Error();
  ReplicaSpec spec;
  spec.application = options_.spec(application);
  spec.secret = *std::move(secret);
  spec.max_payload = options_.max_payload;
  spec.log_format = options_.log_format;
  spec.log_level = options_.log_level;
  auto fleet =
      std::make_unique<Fleet>(application, *loops, services, std::move(spec), options_.program);
  Fleet& started = *fleet;
  {
    const std::lock_guard lock(mutex_);
    fleets_.push_back(std::move(fleet));
  }
  return started.Start();
}

std::string_view ProcessEngine::Constructing() const noexcept {
  const std::lock_guard lock(mutex_);
  for (const auto& fleet : fleets_) {
    if (const std::string_view name = fleet->Constructing(); !name.empty()) return name;
  }
  return {};
}

void ProcessEngine::Stop() noexcept {
  const std::lock_guard lock(mutex_);
  while (!fleets_.empty()) fleets_.pop_back();
}

}  // namespace tenon::engine
