// SPDX-License-Identifier: Apache-2.0
// Any text as JSON Lines: what is joined, is one array of as many documents as there are lines.
#include "schema/json_lines.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "tenon/schema/json.hpp"
#include "tenon/schema/raw_json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto array = tenon::schema::JoinJsonLines(text);
  if (!array) {
    if (array.Error().Code() == tenon::ErrorCode::kInternal) std::abort();
    return 0;
  }
  std::size_t lines = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (text.substr(0, end).find_first_not_of(" \t\r") != std::string_view::npos) ++lines;
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  const auto documents = tenon::schema::ReadJson<std::vector<tenon::RawJson>>(*array);
  // Nested once deeper than by itself, a line may be too deep.
  if (documents && documents->size() != lines) std::abort();
  return 0;
}
