// SPDX-License-Identifier: Apache-2.0
#include "schema/libsvm.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string>
#include <system_error>

#include "schema/text_element.hpp"

namespace tenon::schema {
namespace {

constexpr std::string_view kSpace = " \t\r";

// Cuts the next word off; empty at the end.
std::string_view NextWord(std::string_view& line) noexcept {
  const std::size_t first = line.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  const std::size_t end = std::min(line.find_first_of(kSpace, first), line.size());
  const std::string_view word = line.substr(first, end - first);
  line.remove_prefix(end);
  return word;
}

bool IsNumber(std::string_view word) noexcept {
  double ignored = 0;
  return ReadCell(word, ignored) == CellFault::kNone;
}

std::string Shown(std::string_view word) {
  constexpr std::size_t kMost = 40;
  std::string text;
  for (const char c : word.substr(0, kMost)) text += c < ' ' || c > '~' ? '?' : c;
  return text;
}

}  // namespace

Result<bool> LibsvmReader::Next() {
  while (!rest_.empty()) {
    const std::size_t end = rest_.find('\n');
    std::string_view line = rest_.substr(0, end);
    rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
    line = line.substr(0, line.find('#'));
    if (line.find_first_not_of(kSpace) == std::string_view::npos) continue;
    ++row_;
    if (auto read = ReadRow(line); !read) return std::move(read).Error();
    return true;
  }
  return false;
}

Result<> LibsvmReader::ReadRow(std::string_view line) {
  values_.clear();
  bool is_first = true;
  for (std::string_view word = NextWord(line); !word.empty(); word = NextWord(line)) {
    const std::size_t colon = word.find(':');
    const bool is_label = is_first && colon == std::string_view::npos && IsNumber(word);
    is_first = false;
    if (is_label || word.starts_with("qid:")) continue;
    const std::string_view digits = word.substr(0, colon);
    std::size_t index = 0;
    const auto [stopped, failure] = std::from_chars(digits.begin(), digits.end(), index);
    if (colon == std::string_view::npos || failure != std::errc() || stopped != digits.end()) {
      return Error(ErrorCode::kMalformed,
                   fmt::format("The body is not LIBSVM: row {}: '{}' is no index:value.", row_,
                               Shown(word)));
    }
    values_.push_back({.index = index, .value = word.substr(colon + 1)});
  }
  return {};
}

}  // namespace tenon::schema
