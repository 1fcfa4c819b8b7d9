// SPDX-License-Identifier: Apache-2.0
#pragma once

// Sparse rows as text: `label index:value index:value`, a row a line (LIBSVM's format).

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "tenon/base/result.hpp"

namespace tenon::schema {

struct SparseValue {
  std::size_t index = 0;  // From 0.
  std::string_view value = {};
};

// Reads row by row, holding one. A label may come first and is dropped, as is `qid:1`; `#` begins a
// comment; lines with nothing else are no rows. A row without values is its label alone.
// Lifetime: the text outlives the reader; values live until the next row.
class LibsvmReader {
 public:
  explicit LibsvmReader(std::string_view text) noexcept : rest_(text) {}

  // False at the end. Errors: kMalformed with the row and the word that is no `index:value`.
  Result<bool> Next();
  std::span<const SparseValue> Values() const noexcept { return values_; }
  // Counted from 1.
  std::size_t Row() const noexcept { return row_; }

 private:
  Result<> ReadRow(std::string_view line);

  std::string_view rest_;
  std::size_t row_ = 0;
  std::vector<SparseValue> values_;
};

}  // namespace tenon::schema
