// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/deployment_options.hpp"

namespace tenon {

Result<> Validate(const DeploymentOptions& options) {
  const std::string of = " of deployment '" + options.name + "' must be at least 1, found 0.";
  if (options.num_replicas == 0) return Error(ErrorCode::kInvalid, "num_replicas" + of);
  if (options.max_ongoing_requests == 0U) {
    return Error(ErrorCode::kInvalid, "max_ongoing_requests" + of);
  }
  return Validate(options.batch);
}

}  // namespace tenon
