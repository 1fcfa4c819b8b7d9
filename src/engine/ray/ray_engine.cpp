// SPDX-License-Identifier: Apache-2.0
#include "engine/ray/ray_engine.hpp"

#include <utility>

#include "engine/ray/placement.hpp"
#include "engine/wire/remote_application.hpp"

namespace tenon::engine {

RayEngine::RayEngine(RayEngineOptions options) : options_(std::move(options)) {}
RayEngine::~RayEngine() { Stop(); }

Result<> RayEngine::Start(Application& application, const serving::ReplicaServices& services) {
  if (auto checked = CheckRemoteTypes(application); !checked) return checked;
  auto loops = SocketLoops(services.loops);
  if (!loops) return std::move(loops).Error();
  auto secret = MakeSecret();
  if (!secret) return std::move(secret).Error();
  auto placement =
      std::make_unique<Placement>(application, *loops, services, options_, *std::move(secret));
  Placement& started = *placement;
  {
    const std::lock_guard lock(mutex_);
    placements_.push_back(std::move(placement));
  }
  return started.Start();
}

std::string_view RayEngine::Constructing() const noexcept {
  const std::lock_guard lock(mutex_);
  for (const auto& placement : placements_) {
    if (!placement->IsReady()) return placement->Name();
  }
  return {};
}

void RayEngine::Stop() noexcept {
  const std::lock_guard lock(mutex_);
  while (!placements_.empty()) placements_.pop_back();
}

}  // namespace tenon::engine
