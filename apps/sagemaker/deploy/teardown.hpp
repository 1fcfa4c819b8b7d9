// SPDX-License-Identifier: Apache-2.0
#pragma once

// Deleting what this program made, and nothing else.

#include <string>
#include <vector>

#include "deploy/pace.hpp"
#include "services/sagemaker_api.hpp"

namespace tenon::sagemaker_tool {

// Models and configs that belong to an endpoint.
struct Parts {
  std::vector<std::string> configs;
  std::vector<std::string> models;

  bool IsEmpty() const { return configs.empty() && models.empty(); }
};

// Those that carry this program's tags for the endpoint: what it uses, and what an earlier run may
// have left behind.
Parts FindParts(SageMakerApi& api, const std::string& endpoint);
// Those of one config. What is not ours is left out.
Parts OwnedPartsOf(SageMakerApi& api, const std::string& endpoint, const std::string& config);

// Configs first: a model may be deleted under a config, but not the other way round.
void DeleteParts(SageMakerApi& api, const Parts& parts);

// Asks for deletion, waits through states in which SageMaker refuses it, and until the endpoint is
// gone. Errors: throws Failure where the time is over.
void DeleteEndpointAndWait(SageMakerApi& api, const std::string& name, const Pace& pace);

}  // namespace tenon::sagemaker_tool
