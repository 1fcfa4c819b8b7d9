// SPDX-License-Identifier: Apache-2.0
#pragma once

// A walk over the tokens of a JSON text, with its grammar.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "schema/json_number.hpp"
#include "tenon/base/error.hpp"
#include "tenon/schema/json.hpp"

namespace tenon::schema {

// Functions that answer bool are false once the text turned out not to be JSON; then everything
// stops and `Failure` says why.
class Cursor {
 public:
  // `offsets` as JsonIndex gives them for the text; both outlive the cursor.
  Cursor(std::string_view text, std::span<const std::uint32_t> offsets) noexcept
      : text_(text), next_(offsets.data()), end_(offsets.data() + offsets.size() - 1) {}

  // The first character of the next token, or NUL after the last.
  char Peek() const noexcept { return next_ == end_ ? '\0' : text_[*next_]; }
  bool IsAtEnd() const noexcept { return next_ == end_; }
  std::size_t TokensLeft() const noexcept { return static_cast<std::size_t>(end_ - next_); }
  // Where the next token begins, or the size of the text.
  std::size_t Offset() const noexcept { return *next_; }
  // The next token without the white space after it.
  std::string_view Token() const noexcept;
  std::string_view Text() const noexcept { return text_; }

  // Takes the next token if it is this bracket, comma or colon.
  bool Takes(char c) noexcept {
    if (Peek() != c) return false;
    ++next_;
    return true;
  }

  // What stands between the quotes, escapes as they are. REQUIRES: Peek() == '"'.
  bool ReadRaw(std::string_view& raw);
  bool ReadText(std::string& out);
  // `token` is the number's text. REQUIRES: the next token is a scalar.
  bool ReadNumber(Decimal& number, std::string_view& token) {
    const char* const begin = text_.data() + *next_;
    const char* const limit = text_.data() + next_[1];
    const char* end = ScanNumber(begin, limit, number);
    if (end == nullptr) return RefuseNumber();
    token = {begin, static_cast<std::size_t>(end - begin)};
    for (; end != limit; ++end) {
      if (!IsSpace(*end)) return RefuseNumber();
    }
    ++next_;
    return true;
  }
  // `true`, `false` or `null`.
  bool ReadWord(std::string_view word);
  // A value of any kind, checked.
  bool Skip();

  // Calls `each(key)`, which takes the value, for the members of an object. REQUIRES: Peek() ==
  // '{'.
  template <class Each>
  bool EachMember(Each each) {
    if (!Open()) return false;
    if (Takes('}')) return Close();
    std::string unescaped;
    while (true) {
      std::string_view key;
      if (!ReadKey(key, unescaped) || !each(key)) return false;
      if (Takes(',')) continue;
      if (Takes('}')) return Close();
      return Refuse("',' or '}'");
    }
  }

  // Calls `each(index)`, which takes the value, for the elements of an array.
  // REQUIRES: Peek() == '['.
  template <class Each>
  bool EachElement(Each each) {
    if (!Open()) return false;
    if (Takes(']')) return Close();
    for (std::size_t index = 0;; ++index) {
      if (!each(index)) return false;
      if (Takes(',')) continue;
      if (Takes(']')) return Close();
      return Refuse("',' or ']'");
    }
  }

  // Notes what was expected in the place of the next token. Always false.
  bool Refuse(std::string_view expected);
  // REQUIRES: something was refused.
  Error TakeFailure() { return *std::move(failure_); }

 private:
  static bool IsSpace(char c) noexcept { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

  bool Open();
  bool Close() noexcept {
    --depth_;
    return true;
  }
  bool ReadKey(std::string_view& key, std::string& unescaped);
  bool RefuseNumber() { return Refuse("a value"); }
  bool RefuseEscape(std::string_view raw, std::size_t offset);

  std::string_view text_;
  const std::uint32_t* next_;
  const std::uint32_t* end_;
  std::size_t depth_ = 0;
  std::string skipped_;
  std::optional<Error> failure_;
};

}  // namespace tenon::schema
