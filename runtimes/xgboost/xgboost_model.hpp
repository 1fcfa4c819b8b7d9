// SPDX-License-Identifier: Apache-2.0
#pragma once

// From a document to a forest.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "document.hpp"
#include "forest_model.hpp"
#include "tenon/runtime/runtime.hpp"

namespace tenon::xgboost {

// What a model can be asked to answer with.
enum class Output : std::uint8_t { kValue, kMargin };

// Which rounds of boosting count.
enum class Rounds : std::uint8_t { kAll, kBest };

// What the settings of LoadOptions say.
struct ModelOptions {
  Output output = Output::kValue;  // "output": "value" or "margin".
  Rounds rounds = Rounds::kAll;    // "rounds": "all" or "best", where training stopped early.
};

// Errors: kInvalid for settings and providers that there are not.
Result<ModelOptions> ReadOptions(const runtime::LoadOptions& options);

// The document in these bytes, JSON or UBJSON by its first bytes.
// Errors: throws BrokenFile; NotCovered for the binary format of old versions.
Value ReadDocument(std::string_view bytes);

// The version of XGBoost that wrote a model; 0.0 where it does not say, as the first ones did not.
struct ModelVersion {
  int major = 0;
  int minor = 0;
  auto operator<=>(const ModelVersion&) const = default;
};
std::string InWords(ModelVersion version);
ModelVersion VersionOf(const Value& document);

// The names of the columns, or none. Errors: throws BrokenFile for names that are no texts or are
// not as many as features.
std::vector<std::string> FeatureNames(const Value& document);

// Errors: throws BrokenFile for a document that is no model, NotCovered for a model that this
// plug-in would not compute as XGBoost does.
trees::ForestModelParts<float> ReadModel(const Value& document, const ModelOptions& options);

}  // namespace tenon::xgboost
