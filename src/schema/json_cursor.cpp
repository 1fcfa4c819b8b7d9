// SPDX-License-Identifier: Apache-2.0
#include "schema/json_cursor.hpp"

#include "schema/json_escapes.hpp"
#include "schema/json_place.hpp"
#include "schema/utf8.hpp"

namespace tenon::schema {

std::string_view Cursor::Token() const noexcept {
  if (IsAtEnd()) return {};
  std::size_t end = next_[1];
  while (end > *next_ && IsSpace(text_[end - 1])) --end;
  return text_.substr(*next_, end - *next_);
}

bool Cursor::ReadRaw(std::string_view& raw) {
  // The index has the opening quote, and after the closing one only white space follows.
  const std::string_view token = Token();
  if (token.size() < 2 || token.back() != '"') return Refuse("a string");
  raw = token.substr(1, token.size() - 2);
  ++next_;
  return true;
}

bool Cursor::ReadText(std::string& out) {
  std::string_view raw;
  if (!ReadRaw(raw)) return false;
  if (raw.find('\\') == std::string_view::npos) {
    out.assign(raw);
    return true;
  }
  out.clear();
  if (const auto bad = Unescape(raw, out)) return RefuseEscape(raw, *bad);
  return true;
}

bool Cursor::ReadKey(std::string_view& key, std::string& unescaped) {
  if (Peek() != '"') return Refuse("a key in quotes");
  if (!ReadRaw(key)) return false;
  if (key.find('\\') != std::string_view::npos) {
    unescaped.clear();
    if (const auto bad = Unescape(key, unescaped)) return RefuseEscape(key, *bad);
    key = unescaped;
  }
  return Takes(':') || Refuse("':'");
}

bool Cursor::ReadWord(std::string_view word) {
  if (Token() != word) return Refuse("a value");
  ++next_;
  return true;
}

bool Cursor::Skip() {
  switch (Peek()) {
    case '{': return EachMember([this](std::string_view) { return Skip(); });
    case '[': return EachElement([this](std::size_t) { return Skip(); });
    case '"': return ReadText(skipped_);
    case 't': return ReadWord("true");
    case 'f': return ReadWord("false");
    case 'n': return ReadWord("null");
    default: {
      if (IsAtEnd()) return Refuse("a value");
      Decimal number;
      std::string_view token;
      return ReadNumber(number, token);
    }
  }
}

bool Cursor::Open() {
  if (++depth_ > kMaxJsonDepth) {
    failure_ = Malformed(text_, Offset(),
                         "nested deeper than " + std::to_string(kMaxJsonDepth) + " levels");
    return false;
  }
  ++next_;
  return true;
}

bool Cursor::Refuse(std::string_view expected) {
  constexpr std::size_t kShown = 24;
  std::string what = "expected " + std::string(expected) + ", found ";
  if (IsAtEnd()) {
    what += "the end";
  } else {
    const std::string_view token = Token();
    std::string shown;
    for (const char c : CutUtf8(token, kShown)) {
      shown.push_back(static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c);
    }
    what += "'" + shown + (token.size() > kShown ? "...'" : "'");
  }
  failure_ = Malformed(text_, Offset(), what);
  return false;
}

bool Cursor::RefuseEscape(std::string_view raw, std::size_t offset) {
  failure_ = Malformed(text_, static_cast<std::size_t>(raw.data() - text_.data()) + offset,
                       "this is no escape of JSON, or half a surrogate pair");
  return false;
}

}  // namespace tenon::schema
