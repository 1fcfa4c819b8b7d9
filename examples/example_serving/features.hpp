// SPDX-License-Identifier: Apache-2.0
#pragma once

// Tokens of a text and what the tagger sees of each: the twin of train/features.py.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace example_serving {

// A word, a number, or one other character; [begin, end) in characters.
struct Token {
  std::size_t begin = 0;
  std::size_t end = 0;

  bool operator==(const Token&) const = default;
};

std::vector<Token> Tokenize(std::u32string_view text);

// A feature is known by the hash of its name (FNV-1a): names are never written, so looking one up
// costs no allocation and no comparison of strings. That a name which no text of the training had
// gets the hash of one that some had is as good as impossible: one in a thousand million million.
constexpr std::uint64_t HashOfNothing() noexcept { return 14'695'981'039'346'656'037U; }
constexpr std::uint64_t Hash(std::string_view part, std::uint64_t before) noexcept {
  for (const char byte : part) {
    before = (before ^ static_cast<unsigned char>(byte)) * 1'099'511'628'211U;
  }
  return before;
}
inline std::uint64_t HashOfFeature(std::string_view name) noexcept {
  return Hash(name, HashOfNothing());
}

// The features of each token. Linear in the length of the text.
class TokenFeatures {
 public:
  static constexpr std::size_t kMost = 32;  // Of one token.

  TokenFeatures(std::u32string_view text, const std::vector<Token>& tokens);

  // The hashes of a token's features, in the order of the trainer's; the first of `room` are used.
  std::span<const std::uint64_t> Of(std::size_t token, std::span<std::uint64_t, kMost> room) const;

 private:
  // What is known of a token apart from its neighbours.
  struct Seen {
    std::string word;      // In small letters, every digit as 0.
    std::string shape;     // Kinds of character without repetitions: "Aa", "0", "A0", ",".
    std::size_t line = 0;  // Blank lines are not counted.
    bool after_blank_line = false;
    bool glued = false;       // No space between it and the token before.
    std::size_t first = 0;    // Of its line.
    std::size_t last = 0;     // Of its line.
    std::size_t key = kNone;  // The token before the nearest colon to its left, in its line.
    std::size_t piece = 0;    // The first and the last token of its piece between spaces.
    std::size_t piece_end = 0;
    bool in_address = false;  // Its piece has an @.
  };
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  void FindLines(std::u32string_view text, const std::vector<Token>& tokens);
  void FindPieces(const std::vector<Token>& tokens);
  std::string_view Word(std::size_t token, int distance) const;
  std::string_view Shape(std::size_t token, int distance) const;

  std::vector<Seen> seen_;
};

}  // namespace example_serving
