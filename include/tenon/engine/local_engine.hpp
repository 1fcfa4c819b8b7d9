// SPDX-License-Identifier: Apache-2.0
#pragma once

// The default engine: replicas are objects in this process.

#include <atomic>
#include <string_view>
#include <vector>

#include "tenon/base/export.hpp"
#include "tenon/serving/engine.hpp"

namespace tenon::engine {

class TENON_EXPORT LocalEngine final : public serving::Engine {
 public:
  Result<> Start(Application& application, const serving::ReplicaServices& services) override;
  std::string_view Constructing() const noexcept override;
  void Stop() noexcept override;

 private:
  std::vector<Application*> applications_;
  std::vector<Application*> tuned_;  // Of those, whose tuning is told of the end.
  std::atomic<const serving::BoundDeployment*> constructing_{nullptr};
};

}  // namespace tenon::engine
