// SPDX-License-Identifier: Apache-2.0
#pragma once

// One tree of a document.

#include <vector>

#include "document.hpp"
#include "forest.hpp"

namespace tenon::xgboost {

// The nodes of a tree whose leaves count `weight` times.
// Errors: throws BrokenFile for arrays that are missing or of other lengths, NotCovered for leaves
// that are vectors and kinds of splits beyond numbers and categories.
std::vector<trees::SourceNode<float>> ReadTree(const Value& tree, float weight);

}  // namespace tenon::xgboost
