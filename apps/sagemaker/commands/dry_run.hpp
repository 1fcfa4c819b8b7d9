// SPDX-License-Identifier: Apache-2.0
#pragma once

// The calls of a command, for reading.

#include <string>
#include <vector>

#include "commands/session.hpp"
#include "json/json_object.hpp"

namespace tenon::sagemaker_tool {

struct PlannedCall {
  aws::Service service = aws::Service::kSageMaker;
  std::string operation;
  JsonObject body;
  std::string why;
};

// On stdout, secrets masked; as a JSON list with `--json`.
void PrintPlan(const std::vector<PlannedCall>& calls, const Flags& flags,
               aws::ServiceClient& client);

}  // namespace tenon::sagemaker_tool
