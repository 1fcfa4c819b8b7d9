// SPDX-License-Identifier: Apache-2.0
#pragma once

// What batch transform is told before its first record.

#include <cstddef>
#include <string>

#include "tenon/base/export.hpp"
#include "tenon/schema/describe.hpp"

namespace tenon::sagemaker {

// Names are the platform's. A request is one document, so records are never put together.
struct ExecutionParameters {
  std::size_t max_concurrent_transforms = 1;
  std::string batch_strategy = "SINGLE_RECORD";
  std::size_t max_payload_in_mb = 6;

  static constexpr auto schema = Describe(
      Field<&ExecutionParameters::max_concurrent_transforms>().Name("MaxConcurrentTransforms"),
      Field<&ExecutionParameters::batch_strategy>().Name("BatchStrategy"),
      Field<&ExecutionParameters::max_payload_in_mb>().Name("MaxPayloadInMB"));
};

// From the body limit and from how many requests the model takes at once. The payload is what the
// platform has by default, or what fits; a job that says otherwise wins. The product of the two
// stays within the platform's 100 MB.
TENON_EXPORT ExecutionParameters PlanExecution(std::size_t max_request_bytes, std::size_t at_once);

}  // namespace tenon::sagemaker
