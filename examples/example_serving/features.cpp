// SPDX-License-Identifier: Apache-2.0
#include "features.hpp"

#include <algorithm>

#include "characters.hpp"

namespace example_serving {
namespace {

std::string WordOf(std::u32string_view characters) {
  std::string word;
  for (const char32_t c : characters) AppendUtf8(IsDigit(c) ? U'0' : Lower(c), word);
  return word;
}

char32_t KindOf(char32_t c) {
  if (IsDigit(c)) return '0';
  if (IsIdeograph(c)) return 'x';
  if (IsLetter(c)) return IsUpper(c) ? 'A' : 'a';
  return c;
}

std::string ShapeOf(std::u32string_view characters) {
  std::string shape;
  char32_t before = 0;
  for (const char32_t c : characters) {
    const char32_t kind = KindOf(c);
    if (shape.empty() || kind != before) AppendUtf8(kind, shape);
    before = kind;
  }
  return shape;
}

bool StartsCharacter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

std::string_view FirstCharacters(std::string_view utf8, std::size_t count) {
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    if (StartsCharacter(utf8[i]) && count-- == 0) return utf8.substr(0, i);
  }
  return utf8;
}

std::string_view LastCharacters(std::string_view utf8, std::size_t count) {
  for (std::size_t i = utf8.size(); i > 0; --i) {
    if (StartsCharacter(utf8[i - 1]) && --count == 0) return utf8.substr(i - 1);
  }
  return utf8;
}

// A small number as its digit.
std::string_view Digit(std::size_t number) {
  return std::string_view("0123456789").substr(number, 1);
}

}  // namespace

std::vector<Token> Tokenize(std::u32string_view text) {
  std::vector<Token> tokens;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t begin = i;
    if (IsSpace(text[i])) {
      ++i;
      continue;
    }
    while (i < text.size() && (IsDigit(text[i]) || (IsLetter(text[i]) && !IsIdeograph(text[i]))))
      ++i;
    i = std::max(i, begin + 1);
    tokens.push_back({begin, i});
  }
  return tokens;
}

TokenFeatures::TokenFeatures(std::u32string_view text, const std::vector<Token>& tokens)
    : seen_(tokens.size()) {
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const auto characters = text.substr(tokens[i].begin, tokens[i].end - tokens[i].begin);
    seen_[i].word = WordOf(characters);
    seen_[i].shape = ShapeOf(characters);
  }
  FindLines(text, tokens);
  FindPieces(tokens);
}

void TokenFeatures::FindLines(std::u32string_view text, const std::vector<Token>& tokens) {
  std::size_t line = 0;
  std::size_t first = 0;
  std::size_t key = kNone;
  bool blank = true;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::size_t end = i == 0 ? 0 : tokens[i - 1].end;
    const auto gap = text.substr(end, tokens[i].begin - end);
    const auto breaks = std::ranges::count(gap, U'\n');
    if (breaks > 0 && i > 0) {
      ++line;
      first = i;
      key = kNone;
    }
    if (breaks > 0 && i > 0) blank = breaks > 1;
    Seen& seen = seen_[i];
    seen.line = line;
    seen.after_blank_line = blank;
    seen.first = first;
    seen.key = key;
    if (i > first && seen.word == ":") key = i - 1;
  }
  for (std::size_t i = tokens.size(); i-- > 0;) {
    const bool ends = i + 1 == tokens.size() || seen_[i + 1].line != seen_[i].line;
    seen_[i].last = ends ? i : seen_[i + 1].last;
  }
}

void TokenFeatures::FindPieces(const std::vector<Token>& tokens) {
  for (std::size_t begin = 0; begin < tokens.size();) {
    std::size_t end = begin + 1;
    bool at = seen_[begin].word == "@";
    for (; end < tokens.size() && tokens[end - 1].end == tokens[end].begin; ++end) {
      seen_[end].glued = true;
      at = at || seen_[end].word == "@";
    }
    for (std::size_t i = begin; i < end; ++i) {
      seen_[i].piece = begin;
      seen_[i].piece_end = end - 1;
      seen_[i].in_address = at;
    }
    begin = end;
  }
}

std::string_view TokenFeatures::Word(std::size_t token, int distance) const {
  if (distance < 0 && token < static_cast<std::size_t>(-distance)) return "^";
  const std::size_t i = token + static_cast<std::size_t>(distance);
  return i < seen_.size() ? std::string_view(seen_[i].word) : "$";
}

std::string_view TokenFeatures::Shape(std::size_t token, int distance) const {
  if (distance < 0 && token < static_cast<std::size_t>(-distance)) return "^";
  const std::size_t i = token + static_cast<std::size_t>(distance);
  return i < seen_.size() ? std::string_view(seen_[i].shape) : "$";
}

std::span<const std::uint64_t> TokenFeatures::Of(std::size_t i,
                                                 std::span<std::uint64_t, kMost> room) const {
  std::size_t count = 0;
  const auto feature = [&](const auto&... parts) {
    std::uint64_t hash = HashOfNothing();
    ((hash = Hash(parts, hash)), ...);
    room[count++] = hash;
  };
  const Seen& seen = seen_[i];
  const bool glued_after = i + 1 < seen_.size() && seen_[i + 1].glued;

  feature("bias");
  static constexpr std::array<std::string_view, 5> kWords = {"w-2=", "w-1=", "w0=", "w1=", "w2="};
  static constexpr std::array<std::string_view, 5> kShapes = {"s-2=", "s-1=", "s0=", "s1=", "s2="};
  for (std::size_t k = 0; k < kWords.size(); ++k) {
    const int distance = static_cast<int>(k) - 2;
    feature(kWords[k], Word(i, distance));
    feature(kShapes[k], Shape(i, distance));
  }
  feature("ww=", Word(i, -1), "|", seen.word);
  feature("ss=", Shape(i, -1), "|", seen.shape, "|", Shape(i, 1));
  feature("pre=", FirstCharacters(seen.word, 3));
  feature("suf=", LastCharacters(seen.word, 3));
  feature("gl=", Digit(seen.glued), Digit(glued_after));
  feature("gs=", Digit(seen.glued), Digit(glued_after), seen.shape);
  feature("top=", Digit(std::min<std::size_t>(seen.line, 5)));
  feature("bottom=", Digit(std::min<std::size_t>(seen_.back().line - seen.line, 4)));
  feature("blank=", Digit(seen.after_blank_line), seen.shape);
  feature("col=", Digit(std::min<std::size_t>(i - seen.first, 4)), seen.shape);
  feature("size=", Digit(std::min<std::size_t>(seen.last - seen.first, 7)), seen.shape);
  if (i == seen.last) feature("eol=", seen.shape);
  feature("fw=", seen_[seen.first].word);
  if (seen.key != kNone) feature("key=", seen_[seen.key].word);
  if (seen.in_address) feature("at");
  feature("piece=", Digit(std::min<std::size_t>(seen.piece_end - seen.piece, 5)),
          FirstCharacters(seen_[seen.piece].shape, 2),
          FirstCharacters(seen_[seen.piece_end].shape, 2));
  return room.first(count);
}

}  // namespace example_serving
