// SPDX-License-Identifier: Apache-2.0
#pragma once

// What may be said of the forms in which an artifact is asked.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tenon/schema/tensor.hpp"

namespace tenon::runtime {

// A body of bare elements: row-major, little-endian, one after the other. One length may be -1: it
// follows from the number of bytes.
struct OctetShape {
  std::optional<ElementType> type = {};  // Absent: the input's own. Another one is converted.
  std::vector<std::int64_t> shape = {};
};

struct ArtifactContent {
  // Of the model, in answers of the Open Inference Protocol.
  std::string name = "model";
  // Affects behaviour.
  // The only content types that are read; empty: all that the model's inputs fit.
  std::vector<std::string> types = {};
  // Absent: the input's own shape, where it leaves one length open at most.
  std::optional<OctetShape> octets = {};
};

}  // namespace tenon::runtime
