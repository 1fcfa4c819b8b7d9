// SPDX-License-Identifier: Apache-2.0
#pragma once

// From a model file to a forest.

#include <cstdint>
#include <string_view>

#include "forest_model.hpp"
#include "tenon/runtime/runtime.hpp"

namespace tenon::lightgbm {

// What a model can be asked to answer with; the setting "output": "value" or "margin".
enum class Output : std::uint8_t { kValue, kMargin };

// Errors: kInvalid for settings and providers that there are not.
Result<Output> ReadOptions(const runtime::LoadOptions& options);

// Errors: throws BrokenFile for a text that is no model, and for a model that this plug-in would
// not compute as LightGBM does.
trees::ForestModelParts<double> ReadModel(std::string_view text, Output output);

}  // namespace tenon::lightgbm
