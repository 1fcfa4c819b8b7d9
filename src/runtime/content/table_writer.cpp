// SPDX-License-Identifier: Apache-2.0
#include "runtime/content/table_writer.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <string_view>

#include "schema/csv.hpp"
#include "schema/text_element.hpp"

namespace tenon::runtime {
namespace {

std::size_t RowsOf(const AnyTensor& tensor) {
  return tensor.Rank() == 0 ? 1 : static_cast<std::size_t>(tensor.Shape()[0]);
}

void AppendHeader(std::span<const TensorSpec> specs, std::span<const std::size_t> widths,
                  std::string& out) {
  bool is_first = true;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    for (std::size_t column = 0; column < widths[i]; ++column) {
      if (!is_first) out += ',';
      is_first = false;
      const bool is_named = specs[i].columns.size() == widths[i];
      schema::AppendCsvText(is_named         ? specs[i].columns[column]
                            : widths[i] == 1 ? specs[i].name
                                             : fmt::format("{}_{}", specs[i].name, column),
                            out);
    }
  }
  out += '\n';
}

}  // namespace

Result<> WriteCsvTable(std::span<const TensorSpec> specs, std::span<const AnyTensor> outputs,
                       WrittenHeader header, std::string& out) {
  const std::size_t rows = outputs.empty() ? 0 : RowsOf(outputs[0]);
  std::vector<std::size_t> widths;
  for (const AnyTensor& output : outputs) {
    if (RowsOf(output) != rows) {
      return Error(ErrorCode::kNotAcceptable,
                   fmt::format("The answer is no table: \"{}\" has {} rows and \"{}\" has {}. "
                               "Accept application/json.",
                               specs[0].name, rows, specs[widths.size()].name, RowsOf(output)));
    }
    widths.push_back(rows == 0 ? 0 : output.size() / rows);
  }
  if (header == WrittenHeader::kNames) AppendHeader(specs, widths, out);
  for (std::size_t row = 0; row < rows; ++row) {
    bool is_first = true;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      for (std::size_t column = 0; column < widths[i]; ++column) {
        if (!is_first) out += ',';
        is_first = false;
        schema::AppendCell(outputs[i], row * widths[i] + column, out);
      }
    }
    out += '\n';
  }
  return {};
}

}  // namespace tenon::runtime
