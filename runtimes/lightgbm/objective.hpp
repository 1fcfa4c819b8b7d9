// SPDX-License-Identifier: Apache-2.0
#pragma once

// What an objective makes of the sums of its trees.

#include <string_view>

#include "forest_model.hpp"

namespace tenon::lightgbm {

// From the line "multiclassova num_class:3 sigmoid:1". Empty (an objective of the trainer's own):
// the sums themselves. Errors: throws NotCovered for an objective that is not known here, as its
// prediction could be anything.
trees::Link<double> LinkOf(std::string_view objective);

}  // namespace tenon::lightgbm
