// SPDX-License-Identifier: Apache-2.0
#include "protocol/sagemaker/execution_parameters.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tenon/schema/json.hpp"

namespace tenon::sagemaker {
namespace {

TEST(ExecutionParameters, FollowWhatTheModelAndThePlatformTake) {
  struct Case {
    std::size_t max_request_bytes;
    std::size_t at_once;
    std::size_t payload;
    std::size_t concurrent;
  };
  const std::vector<Case> cases = {
      {25U << 20U, 1, 6, 1},
      {25U << 20U, 4, 6, 4},
      {25U << 20U, 1000, 6, 16},
      {2U << 20U, 1000, 2, 50},
      {1000, 1000, 1, 100},
      {25U << 20U, 0, 6, 1},
      {std::size_t{1} << 40U, 8, 6, 8},
  };
  for (const Case& c : cases) {
    const ExecutionParameters planned = PlanExecution(c.max_request_bytes, c.at_once);
    EXPECT_EQ(planned.max_payload_in_mb, c.payload);
    EXPECT_EQ(planned.max_concurrent_transforms, c.concurrent);
    EXPECT_LE(planned.max_payload_in_mb * planned.max_concurrent_transforms, 100U);
  }
}

TEST(ExecutionParameters, AreWrittenAsThePlatformReadsThem) {
  EXPECT_EQ(schema::WriteJson(PlanExecution(25U << 20U, 8)),
            R"({"MaxConcurrentTransforms":8,"BatchStrategy":"SINGLE_RECORD","MaxPayloadInMB":6})");
}

}  // namespace
}  // namespace tenon::sagemaker
