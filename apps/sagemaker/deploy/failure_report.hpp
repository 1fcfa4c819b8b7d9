// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "services/logs_api.hpp"

namespace tenon::sagemaker_tool {

struct FailedDeployment {
  std::string endpoint;
  std::string region;
  std::string headline;  // "The endpoint 'x' did not come alive".
  std::string failure_reason;
  std::int64_t since_ms = 0;  // Older lines are of an earlier endpoint of that name.
};

// For people: the reason, its usual cause, the last 50 lines of the container, where to read more.
// Logs that cannot be read are said to be so.
std::string FailureReport(const FailedDeployment& failed, LogsApi& logs);

}  // namespace tenon::sagemaker_tool
