// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rows of several requests as one run, and back.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "tenon/runtime/runtime.hpp"
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

// How many rows the inputs of a request have; 0 where they differ in it, or one has none.
std::size_t CountRows(std::span<const AnyTensor> tensors) noexcept;

// The same for requests that JoinRows takes together, but for the number of rows; mostly another
// for others.
std::uint64_t HashRowShape(std::span<const AnyTensor> tensors) noexcept;

// The request's rows in parts of at most `most`. Nothing where the inputs differ in their number.
std::vector<std::vector<AnyTensor>> SplitRows(std::span<const AnyTensor> tensors, std::size_t most);

// A tensor that lacks the leading dimension of the spec, with it: one number or text for each row
// where a row is only that, else one row alone.
AnyTensor WithRows(AnyTensor tensor, const TensorSpec& spec);

}  // namespace tenon::runtime
