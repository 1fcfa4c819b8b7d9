// SPDX-License-Identifier: Apache-2.0
#pragma once

// The outputs of a model as a table.

#include <span>
#include <string>

#include "tenon/base/result.hpp"
#include "tenon/runtime/runtime.hpp"
#include "tenon/schema/tensor.hpp"

namespace tenon::runtime {

enum class WrittenHeader : std::uint8_t { kNone, kNames };

// A row a line, as CSV: the elements of the first output, then those of the second. Columns are
// called like the output, or "name_0", "name_1", where it has several.
// Errors: kNotAcceptable where the outputs do not have a row for each other; nothing is appended.
Result<> WriteCsvTable(std::span<const TensorSpec> specs, std::span<const AnyTensor> outputs,
                       WrittenHeader header, std::string& out);

}  // namespace tenon::runtime
