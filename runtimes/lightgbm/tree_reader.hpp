// SPDX-License-Identifier: Apache-2.0
#pragma once

// One tree of a model file.

#include <vector>

#include "forest.hpp"
#include "text_reader.hpp"

namespace tenon::lightgbm {

// The nodes of a tree: splits first, then leaves.
// Errors: throws BrokenFile for lists that are missing or of other lengths, and for trees with
// linear models in their leaves.
std::vector<trees::SourceNode<double>> ReadTree(const Sections::Section& tree);

}  // namespace tenon::lightgbm
