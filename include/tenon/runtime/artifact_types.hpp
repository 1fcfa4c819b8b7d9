// SPDX-License-Identifier: Apache-2.0
#pragma once

// What an artifact takes and gives as types: how it is served without a struct.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/runtime/model.hpp"
#include "tenon/schema/record.hpp"
#include "tenon/schema/type.hpp"

namespace tenon::runtime {

// One tensor field for each input, and for each output, in the model's order and by its names.
struct ArtifactTypes {
  std::shared_ptr<const schema::Type> request;
  std::shared_ptr<const schema::Type> response;
};

// Errors: kInvalid for a model whose inputs or outputs no field can hold: two of one name, and
// float16 and bfloat16, which a runtime shows as float32.
TENON_EXPORT Result<ArtifactTypes> MakeArtifactTypes(const Model& model);

// The tensors of a record of such a type, in the order of its fields.
TENON_EXPORT std::vector<AnyTensor> TensorsOf(const schema::Record& record);

// A record of such a type. REQUIRES: as many tensors as fields, each of its field's element type.
TENON_EXPORT schema::Record RecordOf(std::shared_ptr<const schema::Type> type,
                                     std::vector<AnyTensor> tensors);

// Whether rows of several requests can be one run: every input and output has a leading dimension
// of any length.
TENON_EXPORT bool IsBatchable(const Model& model) noexcept;

// Zeros in the shape that the model takes: `rows` for a leading dimension of any length, 1 for each
// other.
TENON_EXPORT std::vector<AnyTensor> ZeroInputs(const Model& model, std::int64_t rows = 1);

}  // namespace tenon::runtime
