// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/deployment_options.hpp"

namespace tenon {
namespace {

template <class Value>
void Replace(const std::optional<Value>& given, Value& option) {
  if (given) option = *given;
}

template <class Value>
void Replace(const std::optional<Value>& given, std::optional<Value>& option) {
  if (given) option = given;
}

}  // namespace

void Apply(const DeploymentOverride& override, DeploymentOptions& options) {
  Replace(override.num_replicas, options.num_replicas);
  Replace(override.max_ongoing_requests, options.max_ongoing_requests);
  Replace(override.max_queued_requests, options.max_queued_requests);
  Replace(override.user_config, options.user_config);
  Replace(override.max_batch_size, options.batch.max_batch_size);
  Replace(override.batch_wait_timeout, options.batch.batch_wait_timeout);
  Replace(override.max_concurrent_batches, options.batch.max_concurrent_batches);
  Replace(override.compute_weight, options.compute_weight);
}

Result<> Validate(const DeploymentOptions& options) {
  const std::string of = " of deployment '" + options.name + "' must be at least 1, found 0.";
  if (options.num_replicas == 0) return Error(ErrorCode::kInvalid, "num_replicas" + of);
  if (options.max_ongoing_requests == 0U) {
    return Error(ErrorCode::kInvalid, "max_ongoing_requests" + of);
  }
  if (!(options.compute_weight > 0)) {
    return Error(ErrorCode::kInvalid, "compute_weight of deployment '" + options.name +
                                          "' must be more than 0, found " +
                                          std::to_string(options.compute_weight) + ".");
  }
  return Validate(options.batch);
}

}  // namespace tenon
