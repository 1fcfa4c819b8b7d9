// SPDX-License-Identifier: Apache-2.0
// Any text as LIBSVM rows: what is read, is read again once it was written.
#include "schema/libsvm.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using Row = std::vector<std::pair<std::size_t, std::string>>;

bool Read(std::string_view text, std::vector<Row>& rows) {
  tenon::schema::LibsvmReader reader(text);
  for (;;) {
    const auto row = reader.Next();
    if (!row) {
      if (row.Error().Code() != tenon::ErrorCode::kMalformed) std::abort();
      return false;
    }
    if (!*row) return true;
    Row& own = rows.emplace_back();
    for (const auto& value : reader.Values()) own.emplace_back(value.index, value.value);
    if (reader.Row() != rows.size()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<Row> rows;
  if (!Read({reinterpret_cast<const char*>(data), size}, rows)) return 0;
  std::string written;
  for (const Row& row : rows) {
    written += "0";
    for (const auto& [index, value] : row) written += " " + std::to_string(index) + ":" + value;
    written += "\n";
  }
  std::vector<Row> again;
  if (!Read(written, again) || again != rows) std::abort();
  return 0;
}
