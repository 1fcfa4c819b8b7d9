// SPDX-License-Identifier: Apache-2.0
#include "schema/json_lines.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <utility>

#include "tenon/schema/json.hpp"
#include "tenon/schema/raw_json.hpp"
#include "tenon/schema/reflect.hpp"

namespace tenon::schema {

Result<std::string> JoinJsonLines(std::string_view text) {
  std::string array = "[";
  array.reserve(text.size() + 2);
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    // Each by itself: together they could be JSON though none of them is.
    const Result<RawJson> document = ReadJson<RawJson>(line);
    if (!document) {
      return Error(document.Error().Code(),
                   fmt::format("Line {} of the body: {}", number, document.Error().Detail()));
    }
    if (array.size() > 1) array += ',';
    array += document->text;
  }
  if (array.size() == 1) return Error(ErrorCode::kMalformed, "The body has no line of JSON.");
  array += ']';
  return array;
}

}  // namespace tenon::schema
