// SPDX-License-Identifier: Apache-2.0
#include "protocol/sagemaker/execution_parameters.hpp"

#include <algorithm>

namespace tenon::sagemaker {

ExecutionParameters PlanExecution(std::size_t max_request_bytes, std::size_t at_once) {
  constexpr std::size_t kDefaultPayload = 6;
  constexpr std::size_t kMostTogether = 100;
  ExecutionParameters planned;
  planned.max_payload_in_mb = std::clamp<std::size_t>(max_request_bytes >> 20U, 1, kDefaultPayload);
  planned.max_concurrent_transforms =
      std::clamp<std::size_t>(at_once, 1, kMostTogether / planned.max_payload_in_mb);
  return planned;
}

}  // namespace tenon::sagemaker
