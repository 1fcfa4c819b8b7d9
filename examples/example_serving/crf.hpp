// SPDX-License-Identifier: Apache-2.0
#pragma once

// A conditional random field: weights from a JSON file, the best tags by Viterbi's algorithm.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
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
  std::vector<std::string_view> Tag(const TokenFeatures& features, std::size_t tokens) const;

 private:
  struct Weight {
    std::uint32_t label;
    double value;
  };
  // Where the weights of a feature stand in `weights_`.
  struct Entry {
    std::uint64_t feature = 0;
    std::uint32_t first = 0;
    std::uint32_t count = 0;  // 0: an empty place.
  };

  // The place of a feature, or the empty one where it belongs. The next places are looked at where
  // one is taken; at most half of them are.
  std::size_t Find(std::uint64_t feature) const noexcept;
  // Adds the weights of a token's features to `scores`, one for each label.
  void Score(const TokenFeatures& features, std::size_t token, std::vector<double>& scores) const;

  std::vector<std::string> labels_;
  std::vector<std::string> languages_;
  std::vector<double> transitions_;  // From each label, to each label.
  std::vector<Entry> table_;         // As many places as a power of two.
  std::vector<Weight> weights_;
};

}  // namespace example_serving
