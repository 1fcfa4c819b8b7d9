// SPDX-License-Identifier: Apache-2.0
#include "serving/setting_json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

#include "tenon/base/duration_text.hpp"
#include "tenon/schema/json.hpp"

namespace tenon::serving {
namespace {

using schema::Kind;
using schema::Type;

constexpr std::string_view kSpaces = " \t\r\n";

std::string_view Trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

std::optional<std::string> BoolAsJson(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (lower == "true" || lower == "1" || lower == "yes") return "true";
  if (lower == "false" || lower == "0" || lower == "no") return "false";
  return std::nullopt;
}

// JSON's own grammar is all that is accepted: no "0x10", no "007", no "nan".
std::optional<std::string> NumberAsJson(std::string_view text) {
  std::size_t i = 0;
  const auto digits = [&] {
    const std::size_t first = i;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
    return i - first;
  };
  if (i < text.size() && text[i] == '-') ++i;
  const bool zero = i < text.size() && text[i] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return std::nullopt;
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (digits() == 0) return std::nullopt;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (digits() == 0) return std::nullopt;
  }
  if (i != text.size()) return std::nullopt;
  return std::string(text);
}

std::optional<std::string> DurationAsJson(std::string_view text) {
  const auto seconds = ParseSeconds(text);
  if (!seconds) return std::nullopt;
  std::array<char, 64> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), *seconds,
                                          std::chars_format::scientific);
  if (error != std::errc()) return std::nullopt;
  return std::string(digits.data(), end);
}

// Nothing for a text that is not UTF-8: the writer would mend it.
std::optional<std::string> TextAsJson(std::string_view text) {
  constexpr std::string_view kMended = "\xEF\xBF\xBD";
  const auto count = [kMended](std::string_view in) {
    std::size_t found = 0;
    for (std::size_t at = in.find(kMended); at != std::string_view::npos;
         at = in.find(kMended, at + kMended.size())) {
      ++found;
    }
    return found;
  };
  std::string json;
  schema::WriteJsonString(text, json);
  if (count(json) > count(text)) return std::nullopt;
  return json;
}

std::optional<std::string> ListAsJson(const Type& element, std::string_view text) {
  std::string json = "[";
  // An empty text is an empty list, not a list of an empty text.
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const auto item = SettingAsJson(element, Trim(text.substr(0, comma)));
    if (!item) return std::nullopt;
    if (json.size() > 1) json += ',';
    json += *item;
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
    // "a,b," ends with an empty text.
    if (text.empty()) {
      const auto last = SettingAsJson(element, {});
      if (!last) return std::nullopt;
      json += "," + *last;
    }
  }
  return json + "]";
}

bool IsScalar(const Type& type) {
  switch (type.kind) {
    case Kind::kBool:
    case Kind::kInteger:
    case Kind::kNumber:
    case Kind::kString:
    case Kind::kPath:
    case Kind::kSecret:
    case Kind::kEnum:
    case Kind::kDuration:
    case Kind::kBytes: return true;
    case Kind::kOptional: return IsScalar(*type.element);
    default: return false;
  }
}

}  // namespace

bool IsWritten(const Type& type, std::string_view text) {
  if (type.kind == Kind::kOptional) return IsWritten(*type.element, text);
  if (type.kind == Kind::kList || type.kind == Kind::kArray) {
    return IsScalar(*type.element) && !Trim(text).starts_with('[');
  }
  return IsScalar(type);
}

std::optional<std::string> SettingAsJson(const Type& type, std::string_view text) {
  switch (type.kind) {
    case Kind::kBool: return BoolAsJson(Trim(text));
    case Kind::kInteger:
    case Kind::kNumber: return NumberAsJson(Trim(text));
    case Kind::kDuration: return DurationAsJson(Trim(text));
    case Kind::kEnum:
    case Kind::kBytes: return TextAsJson(Trim(text));
    case Kind::kString:
    case Kind::kPath:
    case Kind::kSecret: return TextAsJson(text);
    case Kind::kOptional: return SettingAsJson(*type.element, text);
    case Kind::kList:
    case Kind::kArray:
      if (IsWritten(type, text)) return ListAsJson(*type.element, text);
      break;
    case Kind::kJson:
    case Kind::kMap:
    case Kind::kStruct:
    case Kind::kTensor:
    case Kind::kRecord: break;
  }
  return std::string(text);
}

}  // namespace tenon::serving
