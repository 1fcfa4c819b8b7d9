// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rows of several requests as one run, and back.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "tenon/schema/tensor.hpp"

namespace tenon::runtime {

struct JoinedRows {
  std::vector<AnyTensor> tensors;
  std::vector<std::int64_t> counts;  // Rows of each request.
  std::int64_t rows = 0;             // Of all.
};

// The inputs of all requests, one behind the other. Nothing where shapes or types differ beyond the
// number of rows, or a request's own inputs differ in it.
// REQUIRES: at least one request; all have the same number of inputs.
std::optional<JoinedRows> JoinRows(std::span<const std::vector<AnyTensor>> requests);

// `count` rows from `first` on, sharing the elements. Nothing where the tensor does not have
// `rows`.
std::optional<AnyTensor> SliceRows(const AnyTensor& tensor, std::int64_t first, std::int64_t count,
                                   std::int64_t rows);

}  // namespace tenon::runtime
