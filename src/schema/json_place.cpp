// SPDX-License-Identifier: Apache-2.0
#include "schema/json_place.hpp"

#include <algorithm>
#include <optional>

#include "schema/utf8.hpp"

namespace tenon::schema {
namespace {

std::size_t FindNotUtf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = Utf8Length(text.substr(at));
    if (length == 0) break;
    at += length;
  }
  return at;
}

// The first control character inside a string.
std::size_t FindControl(std::string_view text) {
  bool in_text = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"') {
      in_text = !in_text;
    } else if (in_text && text[at] == '\\') {
      ++at;
    } else if (in_text && static_cast<unsigned char>(text[at]) < 0x20) {
      return at;
    }
  }
  return text.size();
}

// The quote of the string that does not end.
std::size_t FindOpenText(std::string_view text) {
  std::optional<std::size_t> open;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      open = open ? std::nullopt : std::optional(at);
    }
  }
  return open.value_or(text.size());
}

}  // namespace

Error Malformed(std::string_view text, std::size_t byte, std::string_view what) {
  const std::string_view before = text.substr(0, byte);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t start = before.rfind('\n');  // npos + 1 is 0.
  const std::size_t column = 1 + CountCharacters(before.substr(start + 1));
  return {ErrorCode::kMalformed, "Not JSON at line " + std::to_string(line) + ", column " +
                                     std::to_string(column) + " (byte " + std::to_string(byte) +
                                     "): " + std::string(what) + "."};
}

Error Malformed(std::string_view text, IndexFault fault) {
  switch (fault) {
    case IndexFault::kTooLarge:
      return {ErrorCode::kTooLarge, "A JSON document may have at most 4 GiB."};
    case IndexFault::kNotUtf8: return Malformed(text, FindNotUtf8(text), "the text is not UTF-8");
    case IndexFault::kControlInText:
      return Malformed(text, FindControl(text), "a control character in a string must be escaped");
    case IndexFault::kOpenText:
      return Malformed(text, FindOpenText(text), "the string that begins here does not end");
    case IndexFault::kNone:
    case IndexFault::kEmpty: break;
  }
  return Malformed(text, text.size(), "expected a value, found nothing");
}

}  // namespace tenon::schema
