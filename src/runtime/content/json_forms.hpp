// SPDX-License-Identifier: Apache-2.0
#pragma once

// What JSON can be for an artifact, beside its tensors by name, as JSON Schemas.

#include <span>
#include <string>
#include <vector>

#include "tenon/base/export.hpp"
#include "tenon/runtime/runtime.hpp"

namespace tenon::runtime {

// Of the forms that ArtifactJson reads. They allow what it takes and forbid what it refuses, but
// for what no schema can say: that a shape has as many elements as the list beside it.
TENON_EXPORT std::vector<std::string> RequestSchemas(std::span<const TensorSpec> inputs);

// Of the forms that it writes.
TENON_EXPORT std::vector<std::string> ResponseSchemas(std::span<const TensorSpec> outputs);

}  // namespace tenon::runtime
