// SPDX-License-Identifier: Apache-2.0
#pragma once

// A conditional random field: weights from a JSON file, the best tags by Viterbi's algorithm.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "features.hpp"

namespace example_serving {

// Thread safety: immutable once loaded.
class Crf {
 public:
  // Reads `weights.json`, or the file of that name in a folder.
  // Errors: throws tenon::Error for a file that cannot be read or does not say what it should.
  static Crf Load(const std::filesystem::path& path);

  // The language codes of the texts that it was trained on.
  const std::vector<std::string>& Languages() const noexcept { return languages_; }

  // The tag of each token: "O", or "B-" or "I-" and a kind. Views into this object.
  std::vector<std::string_view> Tag(TokenFeatures& features, std::size_t tokens) const;

 private:
  struct Weight {
    std::uint32_t label;
    double value;
  };
  struct Hash {
    using is_transparent = void;  // NOLINT(readability-identifier-naming): what the map looks for.
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>()(text);
    }
  };

  // Adds the weights of a token's features to `scores`, one for each label.
  void Score(TokenFeatures& features, std::size_t token, std::vector<double>& scores) const;

  std::vector<std::string> labels_;
  std::vector<std::string> languages_;
  std::vector<std::vector<double>> transitions_;  // [from][to].
  std::unordered_map<std::string, std::vector<Weight>, Hash, std::equal_to<>> weights_;
};

}  // namespace example_serving
