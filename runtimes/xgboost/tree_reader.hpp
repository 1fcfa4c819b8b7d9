// SPDX-License-Identifier: Apache-2.0
#pragma once

// One tree of a document.

#include <vector>

#include "document.hpp"
#include "forest.hpp"

namespace tenon::xgboost {

// The nodes of a tree whose leaves count `weight` times.
// Errors: throws BrokenFile for arrays that are missing, of other lengths, or of what is not known
// here: leaves that are vectors, kinds of splits beyond numbers and categories.
std::vector<trees::SourceNode<float>> ReadTree(const Value& tree, float weight);

}  // namespace tenon::xgboost
