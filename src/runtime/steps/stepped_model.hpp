// SPDX-License-Identifier: Apache-2.0
#pragma once

// A model with steps before and after it: for whoever serves it, a model like any other.

#include <memory>
#include <vector>

#include "runtime/steps/plan.hpp"
#include "tenon/runtime/runtime.hpp"

namespace tenon::runtime::steps {

struct ModelSteps {
  std::vector<Step> before = {};
  std::vector<Step> after = {};
  Labels labels = nullptr;
};

// The model itself where there are no steps. Its outputs are those that the steps leave.
// Errors: kInvalid, beginning with the step's place, for a step that does not fit the model.
Result<std::shared_ptr<const LoadedModel>> WithSteps(std::shared_ptr<const LoadedModel> model,
                                                     const ModelSteps& steps);

}  // namespace tenon::runtime::steps
