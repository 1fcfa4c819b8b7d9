// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a deployment is run. Names and meanings follow Ray Serve where it has the concept.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/serving/batch_policy.hpp"
#include "tenon/serving/placement_policy.hpp"

namespace tenon {

struct DeploymentOptions {
  // Affects behaviour.
  // In logs, metrics and the start block; the class's name when empty.
  std::string name = {};
  // A const `Infer` is safe to call concurrently: replicas share one object and multiply what may
  // run at once. Otherwise each replica is an object of its own that runs one call at a time.
  std::size_t num_replicas = 1;
  // Calls that run at once for each replica of a const `Infer`. Default: 1,000 for coroutines and
  // batches, the number of CPUs for a synchronous one.
  std::optional<std::size_t> max_ongoing_requests = {};
  // Calls that wait beyond those; what comes on top is refused with 429. 0 lets none wait.
  std::size_t max_queued_requests = 1000;
  // JSON, given to `Reconfigure` after construction.
  std::optional<std::string> user_config = {};
  // Affects performance.
  // Only for an `Infer` over a std::span.
  BatchOptions batch = {};
  // Only for a synchronous `Infer`.
  Placement placement = Placement::kPool;
};

// Names the field and the offending value.
TENON_EXPORT Result<> Validate(const DeploymentOptions& options);

}  // namespace tenon
