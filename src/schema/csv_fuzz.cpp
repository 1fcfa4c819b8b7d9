// SPDX-License-Identifier: Apache-2.0
// Any text as CSV: what is read, is read again once it was written, and every cell is some value or
// says why not.
#include "schema/csv.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "schema/text_element.hpp"

namespace {

using tenon::schema::CellFault;
using Row = std::vector<std::string>;

// False where the text is broken.
bool Read(std::string_view text, std::vector<Row>& rows) {
  tenon::schema::CsvReader reader(text);
  for (;;) {
    const auto row = reader.Next();
    if (!row) {
      if (row.Error().Code() != tenon::ErrorCode::kMalformed) std::abort();
      return false;
    }
    if (!*row) return true;
    rows.emplace_back(reader.Cells().begin(), reader.Cells().end());
    if (rows.back().empty()) std::abort();
  }
}

template <class T>
void MustHoldOrSay(std::string_view cell) {
  T value{};
  const CellFault fault = tenon::schema::ReadCell(cell, value);
  if (fault == CellFault::kNone) return;
  if (Words(fault, tenon::kElementTypeOf<T>, cell).empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<Row> rows;
  if (!Read({reinterpret_cast<const char*>(data), size}, rows)) return 0;
  std::string written;
  for (const Row& row : rows) {
    for (const std::string& cell : row) {
      if (&cell != &row.front()) written += ',';
      tenon::schema::AppendCsvText(cell, written);
      MustHoldOrSay<bool>(cell);
      MustHoldOrSay<std::int8_t>(cell);
      MustHoldOrSay<std::int64_t>(cell);
      MustHoldOrSay<std::uint64_t>(cell);
      MustHoldOrSay<float>(cell);
      MustHoldOrSay<double>(cell);
      MustHoldOrSay<std::string>(cell);
    }
    written += '\n';
  }
  std::vector<Row> again;
  // A byte order mark at the start of the first cell is none of the text.
  if (written.starts_with("\xEF\xBB\xBF")) written.insert(0, "\n");
  if (!Read(written, again) || again != rows) std::abort();
  return 0;
}
