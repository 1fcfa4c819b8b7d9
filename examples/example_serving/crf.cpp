// SPDX-License-Identifier: Apache-2.0
#include "crf.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <utility>

#include <tenon/schema/json.hpp>
#include <tenon/tenon.hpp>

namespace example_serving {
namespace {

// The file. The framework's reader checks it as it checks a request.
struct CrfFile {
  std::vector<std::string> labels;
  std::vector<std::string> languages;
  std::vector<std::vector<double>> transitions;
  std::map<std::string, std::map<std::string, double>> features;  // Feature, label, weight.
};

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw tenon::Error(tenon::ErrorCode::kNotFound, "The weights of the extractor are missing.")
        .WithPrivateDetail("looked for the file '" + path.string() +
                           "'; set MODEL_PATH or put it there");
  }
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

[[noreturn]] void Refuse(const std::filesystem::path& path, std::string why) {
  throw tenon::Error(tenon::ErrorCode::kInvalid, "The weights of the extractor cannot be used.")
      .WithPrivateDetail("'" + path.string() + "' " + std::move(why));
}

std::size_t BestOf(const std::vector<double>& scores) {
  return static_cast<std::size_t>(std::ranges::max_element(scores) - scores.begin());
}

}  // namespace

Crf Crf::Load(const std::filesystem::path& path) {
  const auto file = std::filesystem::is_directory(path) ? path / "weights.json" : path;
  auto read = tenon::schema::ReadJson<CrfFile>(ReadFile(file));
  if (!read)
    Refuse(file, std::string("is not what train/fields.py writes: ") + read.Error().what());

  Crf crf;
  crf.labels_ = std::move(read->labels);
  crf.languages_ = std::move(read->languages);
  const std::size_t count = crf.labels_.size();
  const bool square = read->transitions.size() == count &&
                      std::ranges::all_of(read->transitions,
                                          [count](const auto& row) { return row.size() == count; });
  if (count == 0 || !square)
    Refuse(file, "needs one row and one column of transitions for each label");
  for (const std::vector<double>& row : read->transitions)
    crf.transitions_.insert(crf.transitions_.end(), row.begin(), row.end());

  crf.table_.resize(std::bit_ceil(2 * read->features.size() + 1));
  for (const auto& [feature, by_label] : read->features) {
    if (by_label.empty()) continue;
    Entry& entry = crf.table_[crf.Find(HashOfFeature(feature))];
    if (entry.count != 0) Refuse(file, "has two features with one hash, one is '" + feature + "'");
    entry = {.feature = HashOfFeature(feature),
             .first = static_cast<std::uint32_t>(crf.weights_.size()),
             .count = static_cast<std::uint32_t>(by_label.size())};
    for (const auto& [label, value] : by_label) {
      const auto found = std::ranges::find(crf.labels_, label);
      if (found == crf.labels_.end())
        Refuse(file, "has a weight for the unknown label '" + label + "'");
      crf.weights_.push_back({static_cast<std::uint32_t>(found - crf.labels_.begin()), value});
    }
  }
  return crf;
}

std::size_t Crf::Find(std::uint64_t feature) const noexcept {
  const std::size_t last = table_.size() - 1;
  std::size_t place = feature & last;
  while (table_[place].count != 0 && table_[place].feature != feature) place = (place + 1) & last;
  return place;
}

void Crf::Score(const TokenFeatures& features, std::size_t token,
                std::vector<double>& scores) const {
  std::array<std::uint64_t, TokenFeatures::kMost> room;
  for (const std::uint64_t feature : features.Of(token, room)) {
    const Entry& entry = table_[Find(feature)];
    for (std::size_t k = 0; k < entry.count; ++k) {
      const Weight& weight = weights_[entry.first + k];
      scores[weight.label] += weight.value;
    }
  }
}

std::vector<std::string_view> Crf::Tag(const TokenFeatures& features, std::size_t tokens) const {
  if (tokens == 0) return {};
  const std::size_t count = labels_.size();
  std::vector<std::uint64_t> came_from(tokens * count);
  std::vector<double> best(count);
  std::vector<double> next(count);
  std::vector<double> most(count);
  Score(features, 0, best);
  for (std::size_t i = 1; i < tokens; ++i) {
    // The inner loop runs along a row, and over numbers of one width: it becomes vector code.
    std::ranges::fill(most, -std::numeric_limits<double>::infinity());
    const std::span came(&came_from[i * count], count);
    for (std::size_t from = 0; from < count; ++from) {
      const double so_far = best[from];
      const double* const row = &transitions_[from * count];
      for (std::size_t to = 0; to < count; ++to) {
        const double score = so_far + row[to];
        const bool better = score > most[to];
        most[to] = better ? score : most[to];
        came[to] = better ? from : came[to];
      }
    }
    std::ranges::fill(next, 0);
    Score(features, i, next);
    for (std::size_t to = 0; to < count; ++to) next[to] += most[to];
    std::swap(best, next);
  }

  std::vector<std::string_view> tags(tokens);
  std::size_t label = BestOf(best);
  for (std::size_t i = tokens; i-- > 0;) {
    tags[i] = labels_[label];
    label = came_from[i * count + label];
  }
  return tags;
}

}  // namespace example_serving
