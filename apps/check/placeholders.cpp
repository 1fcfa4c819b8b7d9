// SPDX-License-Identifier: Apache-2.0
#include "placeholders.hpp"

#include <charconv>
#include <cstddef>

namespace tenon::check {
namespace {

constexpr std::string_view kRepeat = "repeat ";

Result<std::string> ValueOf(std::string_view name, const Values& values) {
  if (name.starts_with(kRepeat)) {
    const std::string_view rest = name.substr(kRepeat.size());
    std::size_t count = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
    if (error == std::errc() && end != rest.data() + rest.size() && *end == ' ') {
      const std::string_view what = rest.substr(static_cast<std::size_t>(end + 1 - rest.data()));
      std::string text;
      text.reserve(count * what.size());
      for (std::size_t i = 0; i < count; ++i) text += what;
      return text;
    }
  } else if (const auto found = values.find(name); found != values.end()) {
    return found->second;
  }
  return Error(ErrorCode::kInvalid,
               "The case asks for '${" + std::string(name) + "}', which is not known.");
}

}  // namespace

Result<std::string> Expand(std::string_view text, const Values& values) {
  std::string expanded;
  for (;;) {
    const std::size_t begin = text.find("${");
    const std::size_t end = text.find('}', begin);
    if (begin == std::string_view::npos || end == std::string_view::npos) break;
    expanded += text.substr(0, begin);
    auto value = ValueOf(text.substr(begin + 2, end - begin - 2), values);
    if (!value) return value;
    expanded += *value;
    text.remove_prefix(end + 1);
  }
  expanded += text;
  return expanded;
}

Result<std::string> FromHex(std::string_view text) {
  std::string bytes;
  std::string digits;
  for (const char c : text) {
    if (c == ' ') continue;
    digits += c;
    if (digits.size() < 2) continue;
    unsigned value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + 2, value, 16);
    if (error != std::errc() || end != digits.data() + 2) break;
    bytes += static_cast<char>(value);
    digits.clear();
  }
  if (!digits.empty()) {
    return Error(ErrorCode::kInvalid, "'" + std::string(text) + "' is not hexadecimal.");
  }
  return bytes;
}

}  // namespace tenon::check
