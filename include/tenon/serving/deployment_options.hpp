// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a deployment is run. Names and meanings follow Ray Serve where it has the concept.

#include <chrono>
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
  // batches, the number of CPUs for a synchronous one; less while calls, all together, take so long
  // that they would miss their deadlines. What is set is obeyed exactly.
  std::optional<std::size_t> max_ongoing_requests = {};
  // Calls that wait beyond those; what comes on top is refused with 429. 0 lets none wait.
  // Default: 1,000, and none that would wait for more than half of the time it has.
  std::optional<std::size_t> max_queued_requests = {};
  // JSON, given to `Reconfigure` after construction.
  std::optional<std::string> user_config = {};
  // Affects performance.
  // For an `Infer` over a std::span, and for `Batched` members that are given no options.
  BatchOptions batch = {};
  // Only for a synchronous `Infer`.
  Placement placement = Placement::kLearned;
  // Its part of the compute pool's time while others want some as well, in proportion to theirs;
  // more than 0. So the overload of one deployment does not starve another.
  double compute_weight = 1;
};

// What a configuration says of a deployment that `Bind` has named: only what it gives counts.
struct DeploymentOverride {
  std::string name = {};
  std::optional<std::size_t> num_replicas = {};
  std::optional<std::size_t> max_ongoing_requests = {};
  std::optional<std::size_t> max_queued_requests = {};
  std::optional<std::string> user_config = {};
  std::optional<std::size_t> max_batch_size = {};
  std::optional<std::chrono::microseconds> batch_wait_timeout = {};
  std::optional<std::size_t> max_concurrent_batches = {};
  std::optional<double> compute_weight = {};
  std::string place = {};  // "config.yaml:7", for errors.
};

// The options of `Bind` with what was given instead.
TENON_EXPORT void Apply(const DeploymentOverride& override, DeploymentOptions& options);

// Names the field and the offending value.
TENON_EXPORT Result<> Validate(const DeploymentOptions& options);

}  // namespace tenon
