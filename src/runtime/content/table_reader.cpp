// SPDX-License-Identifier: Apache-2.0
#include "runtime/content/table_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "schema/csv.hpp"
#include "schema/libsvm.hpp"
#include "schema/text_element.hpp"
#include "tenon/base/nearest_name.hpp"

namespace tenon::runtime {
namespace {

using Cells = std::span<const std::string_view>;
constexpr std::string_view kMissing = "nan";

Error Refused(std::string pointer, std::string detail) {
  return Error(ErrorCode::kInvalid, "The request does not fit the model.")
      .WithFaults({{.pointer = std::move(pointer), .detail = std::move(detail)}}, 0);
}

// Whether a cell is a value of some column that holds no texts.
bool IsValue(std::string_view cell, const TableColumns& columns) {
  double number = 0;
  if (schema::ReadCell(cell, number) != schema::CellFault::kNoValue) return true;
  bool truth = false;
  return schema::ReadCell(cell, truth) == schema::CellFault::kNone &&
         std::ranges::find(columns.Inputs(), ElementType::kBool, &TensorSpec::element_type) !=
             columns.Inputs().end();
}

bool NamesColumns(Cells cells, const TableColumns& columns) {
  const std::vector<std::string>& names = columns.Names();
  const auto is_name = [&](std::string_view cell) {
    return std::ranges::find(names, cell) != names.end();
  };
  if (!names.empty() && std::ranges::all_of(cells, is_name)) return true;
  // Among texts only a known name is one.
  return !columns.TakesOnlyTexts() &&
         std::ranges::none_of(cells, [&](std::string_view cell) { return IsValue(cell, columns); });
}

std::string Shown(std::string_view cell) {
  constexpr std::size_t kMost = 60;
  std::string text;
  for (const char c : cell.substr(0, kMost)) text += c < ' ' || c > '~' ? '?' : c;
  return text;
}

// Where the cell of each column of the model stands in the table's rows; nothing: it is left out.
using Order = std::vector<std::optional<std::size_t>>;

class CsvTable {
 public:
  CsvTable(std::string_view body, TableHeader header, const TableColumns& columns)
      : reader_(body), header_(header), columns_(columns) {}

  Result<std::vector<AnyTensor>> Read() {
    Result<bool> row = reader_.Next();
    if (!row) return std::move(row).Error();
    if (!*row) return Error(ErrorCode::kInvalid, "The body has no rows.");
    std::size_t cells = reader_.Cells().size();
    if (header_ == TableHeader::kPresent ||
        (header_ == TableHeader::kLook && NamesColumns(reader_.Cells(), columns_))) {
      if (auto read = ReadHeader(reader_.Cells()); !read) return std::move(read).Error();
      row = reader_.Next();
      if (!row) return std::move(row).Error();
    }
    // Where the model leaves the width open, the first row decides.
    TableRows rows(columns_, columns_.Width().value_or(cells));
    if (order_.empty()) cells = columns_.Width().value_or(cells);
    while (*row) {
      if (auto added = AddRow(cells, rows); !added) return std::move(added).Error();
      row = reader_.Next();
      if (!row) return std::move(row).Error();
    }
    return std::move(rows).Finish();
  }

 private:
  Result<> ReadHeader(Cells cells) {
    const std::vector<std::string>& names = columns_.Names();
    if (names.empty()) return {};
    order_.assign(names.size(), std::nullopt);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const auto name = std::ranges::find(names, cells[i]);
      if (name == names.end()) {
        return Refused("", fmt::format("row 1, column {}: the model has no column '{}'.{}", i + 1,
                                       Shown(cells[i]), DidYouMean(Shown(cells[i]), names)));
      }
      std::optional<std::size_t>& place = order_[static_cast<std::size_t>(name - names.begin())];
      if (place) {
        return Refused(
            "", fmt::format("row 1, column {}: '{}' is there twice", i + 1, Shown(cells[i])));
      }
      place = i;
    }
    ordered_.resize(names.size());
    return CheckTexts();
  }

  // A missing number may be NaN; there is no missing text.
  Result<> CheckTexts() const {
    const std::vector<TensorSpec>& inputs = columns_.Inputs();
    for (std::size_t i = 0; i < order_.size(); ++i) {
      const TensorSpec& input = inputs.size() == 1 ? inputs[0] : inputs[i];
      if (order_[i] || input.element_type != ElementType::kString) continue;
      return Refused("", fmt::format("row 1: the column '{}' is missing", columns_.Names()[i]));
    }
    return {};
  }

  Result<> AddRow(std::size_t wanted, TableRows& rows) {
    const Cells cells = reader_.Cells();
    if (cells.size() != wanted) {
      rows.AddFault(reader_.Row(),
                    fmt::format("it has {} columns, expected {}", cells.size(), wanted));
      return {};
    }
    if (order_.empty()) return rows.Add(cells, reader_.Row());
    for (std::size_t i = 0; i < order_.size(); ++i) {
      ordered_[i] = order_[i] ? cells[*order_[i]] : kMissing;
    }
    return rows.Add(ordered_, reader_.Row());
  }

  schema::CsvReader reader_;
  const TableHeader header_;
  const TableColumns& columns_;
  Order order_;  // Empty: as they come.
  std::vector<std::string_view> ordered_;
};

}  // namespace

Result<std::vector<AnyTensor>> ReadCsvTable(std::string_view body, TableHeader header,
                                            const TableColumns& columns) {
  return CsvTable(body, header, columns).Read();
}

bool TakesSparseRows(const TableColumns& columns) noexcept {
  if (!columns.Fits() || columns.Inputs().size() != 1 || !columns.Width()) return false;
  const ElementType type = columns.Inputs()[0].element_type;
  return type == ElementType::kFloat32 || type == ElementType::kFloat64;
}

Result<std::vector<AnyTensor>> ReadSparseTable(std::string_view body, const TableColumns& columns) {
  const std::size_t width = columns.Width().value_or(0);
  const std::string_view absent = columns.Inputs()[0].absence == Absence::kMissing ? kMissing : "0";
  schema::LibsvmReader reader(body);
  TableRows rows(columns, width);
  std::vector<std::string_view> cells(width, absent);
  // The row that has each column; no row is 0.
  std::vector<std::size_t> last(width, 0);
  for (;;) {
    const Result<bool> row = reader.Next();
    if (!row) return row.Error();
    if (!*row) break;
    std::ranges::fill(cells, absent);
    for (const schema::SparseValue& value : reader.Values()) {
      if (value.index >= width) {
        rows.AddFault(reader.Row(), fmt::format("index {}, and the model has columns 0 to {}",
                                                value.index, width - 1));
        continue;
      }
      if (std::exchange(last[value.index], reader.Row()) == reader.Row()) {
        rows.AddFault(reader.Row(), fmt::format("index {} is there twice", value.index));
      }
      cells[value.index] = value.value;
    }
    if (auto added = rows.Add(cells, reader.Row()); !added) return std::move(added).Error();
  }
  return std::move(rows).Finish();
}

}  // namespace tenon::runtime
