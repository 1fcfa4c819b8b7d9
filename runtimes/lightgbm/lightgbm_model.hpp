// SPDX-License-Identifier: Apache-2.0
#pragma once

// From a model file to a forest.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "forest_model.hpp"
#include "tenon/runtime/runtime.hpp"

namespace tenon::lightgbm {

// What a model can be asked to answer with; the setting "output": "value" or "margin".
enum class Output : std::uint8_t { kValue, kMargin };

// Errors: kInvalid for settings and providers that there are not.
Result<Output> ReadOptions(const runtime::LoadOptions& options);

// What a model says of itself, whether or not this plug-in executes it.
struct ModelHead {
  std::string format;                      // "v4".
  std::vector<std::string> feature_names;  // Empty where LightGBM has invented them.
};
// Errors: throws BrokenFile.
ModelHead ReadHead(std::string_view text);

// Errors: throws BrokenFile for a text that is no model, NotCovered for a model that this plug-in
// would not compute as LightGBM does.
trees::ForestModelParts<double> ReadModel(std::string_view text, Output output);

}  // namespace tenon::lightgbm
