// SPDX-License-Identifier: Apache-2.0
#pragma once

// Tables as the inputs of a model.

#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/content/table_columns.hpp"
#include "tenon/base/result.hpp"
#include "tenon/schema/tensor.hpp"

namespace tenon::runtime {

// Whether the first row of a table names its columns.
enum class TableHeader : std::uint8_t {
  kLook,  // It does where it is nothing but names.
  kPresent,
  kAbsent,
};

// Without a header, cells belong to the elements of the inputs in order. With one they belong to
// the columns that it names, where the model knows them by name; columns that it leaves out are
// missing values. A missing value is NaN in floats and a fault in anything else.
// Errors: kMalformed as schema::CsvReader; kInvalid with a fault for each cell that does not fit,
// and for rows of another length, with both; kTooLarge as TableRows.
Result<std::vector<AnyTensor>> ReadCsvTable(std::string_view body, TableHeader header,
                                            const TableColumns& columns);

// Whether sparse rows fit: one input of floats with a known number of columns.
bool TakesSparseRows(const TableColumns& columns) noexcept;

// Indices are columns, counted from 0. What a row leaves out is what the artifact means by that.
// Errors: kMalformed as schema::LibsvmReader; otherwise as ReadCsvTable.
// REQUIRES: TakesSparseRows(columns).
Result<std::vector<AnyTensor>> ReadSparseTable(std::string_view body, const TableColumns& columns);

}  // namespace tenon::runtime
