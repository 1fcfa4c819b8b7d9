// SPDX-License-Identifier: Apache-2.0

// JSON as XGBoost writes it: with NaN and Infinity, which JSON does not have.

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <system_error>

#include "document.hpp"

namespace tenon::xgboost {
namespace {

struct Literal {
  std::string_view text;
  double number;
};
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::array kLiterals = {
    Literal{"true", 1},
    Literal{"false", 0},
    Literal{"NaN", std::numeric_limits<double>::quiet_NaN()},
    Literal{"Infinity", kInfinity},
    Literal{"-Infinity", -kInfinity},
};

void AppendUtf8(std::uint32_t point, std::string& text) {
  const auto tail = [&](unsigned shift) {
    text.push_back(static_cast<char>(0x80U | (point >> shift & 0x3FU)));
  };
  if (point < 0x80) {
    text.push_back(static_cast<char>(point));
  } else if (point < 0x800) {
    text.push_back(static_cast<char>(0xC0U | point >> 6U));
    tail(0);
  } else if (point < 0x10000) {
    text.push_back(static_cast<char>(0xE0U | point >> 12U));
    tail(6);
    tail(0);
  } else {
    text.push_back(static_cast<char>(0xF0U | point >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Value ReadAll() {
    Value value = ReadValue(0);
    SkipSpace();
    if (at_ != text_.size()) Fail("there is more after its end");
    return value;
  }

 private:
  [[noreturn]] void Fail(std::string_view what) const {
    throw BrokenFile{fmt::format("it is not complete JSON: at byte {} {}", at_, what)};
  }

  void SkipSpace() noexcept {
    at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
  }
  char Peek() {
    SkipSpace();
    if (at_ == text_.size()) Fail("it ends too early");
    return text_[at_];
  }
  bool Skip(char wanted) {
    if (Peek() != wanted) return false;
    ++at_;
    return true;
  }
  void Expect(char wanted) {
    if (!Skip(wanted)) Fail(fmt::format("there is no '{}'", wanted));
  }

  Value ReadValue(std::size_t depth) {
    if (depth > kMaxDepth) Fail("it nests too deep");
    switch (Peek()) {
      case '{': return ReadObject(depth);
      case '[': return ReadArray(depth);
      case '"': return Value(ReadText());
      default: break;
    }
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("null")) {
      at_ += 4;
      return {};
    }
    return Value(ReadNumber());
  }

  double ReadNumber() {
    const std::string_view rest = text_.substr(at_);
    for (const Literal& literal : kLiterals) {
      if (!rest.starts_with(literal.text)) continue;
      at_ += literal.text.size();
      return literal.number;
    }
    // from_chars also reads "inf" and "nan" in any case.
    if (rest.find_first_of("-0123456789") != 0) Fail("there is no value");
    double number = 0;
    const auto [stop, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (error != std::errc()) Fail("there is no number");
    at_ += static_cast<std::size_t>(stop - rest.data());
    return number;
  }

  // Most of a file is arrays of numbers.
  Value ReadArray(std::size_t depth) {
    Expect('[');
    Value::Numbers numbers;
    if (Skip(']')) return Value(std::move(numbers));
    if (std::string_view("{[\"n").find(Peek()) == std::string_view::npos) {
      do {
        Peek();
        numbers.push_back(ReadNumber());
      } while (Skip(','));
      Expect(']');
      return Value(std::move(numbers));
    }
    Value::Array items;
    do {
      items.push_back(ReadValue(depth + 1));
    } while (Skip(','));
    Expect(']');
    return ArrayOf(std::move(items));
  }

  Value ReadObject(std::size_t depth) {
    Expect('{');
    Value::Object members;
    if (Skip('}')) return Value(std::move(members));
    do {
      if (Peek() != '"') Fail("there is no name");
      std::string name = ReadText();
      Expect(':');
      members.emplace_back(std::move(name), ReadValue(depth + 1));
    } while (Skip(','));
    Expect('}');
    return Value(std::move(members));
  }

  std::string ReadText() {
    Expect('"');
    std::string text;
    while (true) {
      const std::size_t end = text_.find_first_of("\"\\", at_);
      if (end == std::string_view::npos) Fail("a text does not end");
      text.append(text_, at_, end - at_);
      at_ = end + 1;
      if (text_[end] == '"') return text;
      ReadEscape(text);
    }
  }

  void ReadEscape(std::string& text) {
    if (at_ == text_.size()) Fail("a text does not end");
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    const char name = text_[at_++];
    if (const std::size_t found = kNames.find(name); found != std::string_view::npos) {
      text.push_back(kMeanings[found]);
      return;
    }
    if (name != 'u') Fail("a text has an unknown escape");
    std::uint32_t point = ReadHex();
    const bool high = point >= 0xD800 && point < 0xDC00;
    if (high && text_.substr(at_).starts_with("\\u")) {
      at_ += 2;
      const std::uint32_t low = ReadHex();
      if (low < 0xDC00 || low > 0xDFFF) Fail("a text has half a character");
      point = 0x10000 + ((point - 0xD800) << 10U) + (low - 0xDC00);
    } else if (point >= 0xD800 && point < 0xE000) {
      Fail("a text has half a character");
    }
    AppendUtf8(point, text);
  }

  std::uint32_t ReadHex() {
    constexpr std::size_t kDigits = 4;
    const std::string_view digits = text_.substr(at_, kDigits);
    std::uint32_t value = 0;
    const auto [stop, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc() || stop != digits.data() + kDigits) {
      Fail("a text has an escape without four digits");
    }
    at_ += kDigits;
    return value;
  }

  const std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Value ReadJsonDocument(std::string_view text) { return Reader(text).ReadAll(); }

}  // namespace tenon::xgboost
