// SPDX-License-Identifier: Apache-2.0
#include "schema/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace tenon::schema {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

constexpr bool EndsCell(char c) noexcept { return c == ',' || c == '\n' || c == '\r'; }

}  // namespace

CsvReader::CsvReader(std::string_view text) noexcept
    : at_(text.data()), end_(text.data() + text.size()) {
  if (text.starts_with(kByteOrderMark)) at_ += kByteOrderMark.size();
}

Result<bool> CsvReader::Next() {
  cells_.clear();
  unquoted_.clear();
  while (at_ != end_ && (*at_ == '\n' || *at_ == '\r')) ++at_;
  if (at_ == end_) return false;
  ++row_;
  if (auto read = ReadRow(); !read) return std::move(read).Error();
  return true;
}

Result<> CsvReader::ReadRow() {
  for (;;) {
    if (at_ != end_ && *at_ == '"') {
      if (auto read = ReadQuoted(); !read) return read;
    } else {
      const char* const first = at_;
      while (at_ != end_ && !EndsCell(*at_) && *at_ != '"') ++at_;
      if (at_ != end_ && *at_ == '"') {
        return Broken("there is a quote inside a cell that does not begin with one");
      }
      cells_.emplace_back(first, static_cast<std::size_t>(at_ - first));
    }
    if (at_ == end_ || *at_ != ',') break;
    ++at_;
  }
  if (at_ != end_ && *at_ == '\r') ++at_;
  if (at_ != end_ && *at_ == '\n') ++at_;
  return {};
}

Result<> CsvReader::ReadQuoted() {
  const char* first = ++at_;
  std::string* unquoted = nullptr;
  for (;;) {
    const auto* const quote =
        static_cast<const char*>(std::memchr(at_, '"', static_cast<std::size_t>(end_ - at_)));
    if (quote == nullptr) return Broken("its quote is not closed");
    at_ = quote + 1;
    const bool is_doubled = at_ != end_ && *at_ == '"';
    if (!is_doubled && unquoted == nullptr) {
      cells_.emplace_back(first, static_cast<std::size_t>(quote - first));
      break;
    }
    if (unquoted == nullptr) unquoted = &unquoted_.emplace_back();
    // With the first of two quotes.
    unquoted->append(first, is_doubled ? at_ : quote);
    if (!is_doubled) {
      cells_.emplace_back(*unquoted);
      break;
    }
    first = ++at_;
  }
  if (at_ != end_ && !EndsCell(*at_)) return Broken("something follows its closing quote");
  return {};
}

Error CsvReader::Broken(std::string_view why) const {
  return {ErrorCode::kMalformed,
          fmt::format("The body is not CSV: row {}, column {}: {}.", row_, cells_.size() + 1, why)};
}

void AppendCsvText(std::string_view text, std::string& out) {
  const bool is_plain = !text.empty() && text.find_first_of(",\"\r\n") == std::string_view::npos &&
                        text.front() != ' ' && text.back() != ' ';
  if (is_plain) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace tenon::schema
