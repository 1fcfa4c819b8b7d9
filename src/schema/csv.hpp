// SPDX-License-Identifier: Apache-2.0
#pragma once

// Comma-separated values (RFC 4180).

#include <cstddef>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/base/result.hpp"

namespace tenon::schema {

// Reads row by row, holding one. Lines end with LF or CRLF; empty ones are no rows; a byte order
// mark before the first does not count. A cell may be quoted, and a quote in it is written twice.
//
//   CsvReader reader(body);
//   for (;;) {
//     const Result<bool> row = reader.Next();
//     if (!row) return row.Error();
//     if (!*row) break;
//     Use(reader.Cells());
//
// Lifetime: the text outlives the reader; cells live until the next row.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text) noexcept;

  // False at the end. Errors: kMalformed with row and column for a quote that is not closed, that
  // stands in a cell without quotes, or that something follows.
  Result<bool> Next();
  std::span<const std::string_view> Cells() const noexcept { return cells_; }
  // Counted from 1; the header counts.
  std::size_t Row() const noexcept { return row_; }

 private:
  Result<> ReadRow();
  Result<> ReadQuoted();
  Error Broken(std::string_view why) const;

  const char* at_;
  const char* end_;
  std::size_t row_ = 0;
  std::vector<std::string_view> cells_;
  std::deque<std::string> unquoted_;  // Cells that had a quote in them.
};

// Appends a text as a cell, quoted where it must be.
void AppendCsvText(std::string_view text, std::string& out);

}  // namespace tenon::schema
