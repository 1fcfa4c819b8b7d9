// SPDX-License-Identifier: Apache-2.0
#include "schema/text_element.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>
#include <type_traits>

#include "schema/csv.hpp"
#include "schema/element_types.hpp"
#include "schema/json_number.hpp"
#include "schema/number_text.hpp"
#include "schema/utf8.hpp"

namespace tenon::schema {
namespace {

constexpr std::size_t kMostShown = 40;

char Lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool Says(std::string_view cell, std::string_view word) noexcept {
  return std::ranges::equal(cell, word, {}, &Lower);
}

std::string_view Trim(std::string_view text) noexcept {
  const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

CellFault FaultOf(Fit fit) noexcept {
  switch (fit) {
    case Fit::kFits: return CellFault::kNone;
    case Fit::kNotWhole: return CellFault::kNotWhole;
    case Fit::kOutOfRange: return CellFault::kOutOfRange;
  }
  return CellFault::kNoValue;
}

// What people write and JSON does not have, as JSON has it: without a plus, without zeros before
// the number, with a digit on both sides of the point. Empty where that does not help.
std::string AsJson(std::string_view cell) {
  std::string text;
  if (cell.starts_with('+')) {
    cell.remove_prefix(1);
  } else if (cell.starts_with('-')) {
    text = "-";
    cell.remove_prefix(1);
  }
  const auto whole = std::min(cell.find_first_not_of("0123456789"), cell.size());
  std::string_view digits = cell.substr(0, whole);
  std::string_view rest = cell.substr(whole);
  if (digits.empty() && !(rest.size() > 1 && rest[0] == '.' && rest[1] >= '0' && rest[1] <= '9')) {
    return {};
  }
  const auto zeros = std::min(digits.find_first_not_of('0'), digits.size());
  digits.remove_prefix(zeros);
  text += digits.empty() ? "0" : digits;
  if (rest.starts_with('.') && (rest.size() == 1 || rest[1] < '0' || rest[1] > '9')) {
    rest.remove_prefix(1);
  }
  return text.append(rest);
}

template <class T>
CellFault ReadJsonNumber(std::string_view cell, T& out) noexcept {
  Decimal decimal;
  if (ScanNumber(cell.begin(), cell.end(), decimal) != cell.end()) return CellFault::kNoValue;
  return FaultOf(Convert(cell, decimal, out));
}

template <class T>
CellFault ReadOddNumber(std::string_view cell, T& out) {
  if (IsMissing(cell)) {
    if constexpr (!std::is_floating_point_v<T>) return CellFault::kMissing;
    out = std::numeric_limits<T>::quiet_NaN();
    return CellFault::kNone;
  }
  if constexpr (std::is_floating_point_v<T>) {
    const bool is_negative = cell.starts_with('-');
    const std::string_view word = is_negative || cell.starts_with('+') ? cell.substr(1) : cell;
    if (Says(word, "inf") || Says(word, "infinity")) {
      out = is_negative ? -std::numeric_limits<T>::infinity() : std::numeric_limits<T>::infinity();
      return CellFault::kNone;
    }
  }
  return ReadJsonNumber(AsJson(cell), out);
}

template <class T>
CellFault ReadNumber(std::string_view cell, T& out) {
  cell = Trim(cell);
  const CellFault fault = ReadJsonNumber(cell, out);
  if (fault != CellFault::kNoValue) return fault;
  return ReadOddNumber(cell, out);
}

std::string_view ExpectedWords(ElementType type) noexcept {
  switch (type) {
    case ElementType::kBool: return "true or false";
    case ElementType::kFloat16:
    case ElementType::kBFloat16:
    case ElementType::kFloat32:
    case ElementType::kFloat64: return "a number";
    case ElementType::kString: return "a text";
    default: return "a whole number";
  }
}

std::string Shown(std::string_view cell) {
  std::string text;
  for (const char c : cell.substr(0, kMostShown)) text += c < ' ' || c > '~' ? '?' : c;
  return "'" + text + (cell.size() > kMostShown ? "...'" : "'");
}

template <class T>
void AppendNumber(T value, std::string& out) {
  std::array<char, kLongestNumber> text;
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(value)) {
      out += "nan";
    } else if (std::isinf(value)) {
      out += value < 0 ? "-inf" : "inf";
    } else {
      out.append(text.data(), PutNumber(text.data(), value));
    }
  } else if constexpr (std::is_signed_v<T>) {
    out.append(text.data(), PutNumber(text.data(), static_cast<std::int64_t>(value)));
  } else {
    out.append(text.data(), PutNumber(text.data(), static_cast<std::uint64_t>(value)));
  }
}

}  // namespace

bool IsMissing(std::string_view cell) noexcept {
  cell = Trim(cell);
  if (cell.empty()) return true;
  if (cell.size() > 4) return false;
  constexpr std::array<std::string_view, 5> kWords = {"na", "n/a", "nan", "null", "none"};
  return std::ranges::any_of(kWords, [&](std::string_view word) { return Says(cell, word); }) ||
         Says(cell, "-nan");
}

CellFault ReadCell(std::string_view cell, bool& out) {
  cell = Trim(cell);
  const bool yes = cell == "1" || Says(cell, "true");
  if (!yes && cell != "0" && !Says(cell, "false")) {
    return IsMissing(cell) ? CellFault::kMissing : CellFault::kNoValue;
  }
  out = yes;
  return CellFault::kNone;
}
CellFault ReadCell(std::string_view cell, std::int8_t& out) { return ReadNumber(cell, out); }
CellFault ReadCell(std::string_view cell, std::int16_t& out) { return ReadNumber(cell, out); }
CellFault ReadCell(std::string_view cell, std::int32_t& out) { return ReadNumber(cell, out); }
CellFault ReadCell(std::string_view cell, std::int64_t& out) { return ReadNumber(cell, out); }
CellFault ReadCell(std::string_view cell, std::uint8_t& out) { return ReadNumber(cell, out); }
CellFault ReadCell(std::string_view cell, std::uint16_t& out) { return ReadNumber(cell, out); }
CellFault ReadCell(std::string_view cell, std::uint32_t& out) { return ReadNumber(cell, out); }
CellFault ReadCell(std::string_view cell, std::uint64_t& out) { return ReadNumber(cell, out); }
CellFault ReadCell(std::string_view cell, float& out) { return ReadNumber(cell, out); }
CellFault ReadCell(std::string_view cell, double& out) { return ReadNumber(cell, out); }

CellFault ReadCell(std::string_view cell, std::string& out) {
  for (std::string_view rest = cell; !rest.empty();) {
    const std::size_t length = Utf8Length(rest);
    if (length == 0) return CellFault::kNotUtf8;
    rest.remove_prefix(length);
  }
  out = cell;
  return CellFault::kNone;
}

std::string Words(CellFault fault, ElementType type, std::string_view cell) {
  switch (fault) {
    case CellFault::kMissing:
      return fmt::format("expected {}, found nothing; only floats may be missing",
                         ExpectedWords(type));
    case CellFault::kOutOfRange:
      return fmt::format("{} is too large for {}", Shown(cell), Name(type));
    case CellFault::kNotUtf8: return "the text is not UTF-8";
    case CellFault::kNone:
    case CellFault::kNoValue:
    case CellFault::kNotWhole: break;
  }
  return fmt::format("expected {}, found {}", ExpectedWords(type), Shown(cell));
}

void AppendCell(const AnyTensor& tensor, std::size_t index, std::string& out) {
  VisitElementType(tensor.Type(), [&]<class T>(std::type_identity<T>) {
    const T& value = tensor.Elements<T>()[index];
    if constexpr (std::is_same_v<T, std::string>) {
      AppendCsvText(value, out);
    } else if constexpr (std::is_same_v<T, bool>) {
      out += value ? "true" : "false";
    } else {
      AppendNumber(value, out);
    }
  });
}

}  // namespace tenon::schema
