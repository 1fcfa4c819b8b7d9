// SPDX-License-Identifier: Apache-2.0
#pragma once

// What an objective makes of the sums of its trees.

#include <optional>
#include <string_view>

#include "forest_model.hpp"

namespace tenon::xgboost {

struct Objective {
  std::string_view name;
  // From the file's base score to what sums start with.
  float (*start)(float base_score) noexcept;
  trees::Link<float> link;
  // Whether the prediction is one number however many groups there are: the class.
  bool gives_class = false;
};

// Nothing for a name that this plug-in does not know: its prediction could be anything.
const Objective* FindObjective(std::string_view name) noexcept;

}  // namespace tenon::xgboost
