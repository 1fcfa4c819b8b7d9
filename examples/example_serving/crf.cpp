// SPDX-License-Identifier: Apache-2.0
#include "crf.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
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
  crf.transitions_ = std::move(read->transitions);
  const std::size_t count = crf.labels_.size();
  const bool square = crf.transitions_.size() == count &&
                      std::ranges::all_of(crf.transitions_,
                                          [count](const auto& row) { return row.size() == count; });
  if (count == 0 || !square)
    Refuse(file, "needs one row and one column of transitions for each label");
  for (const auto& [feature, by_label] : read->features) {
    auto& weights = crf.weights_[feature];
    for (const auto& [label, value] : by_label) {
      const auto found = std::ranges::find(crf.labels_, label);
      if (found == crf.labels_.end())
        Refuse(file, "has a weight for the unknown label '" + label + "'");
      weights.push_back({static_cast<std::uint32_t>(found - crf.labels_.begin()), value});
    }
  }
  return crf;
}

void Crf::Score(TokenFeatures& features, std::size_t token, std::vector<double>& scores) const {
  features.Visit(token, [&](std::string_view feature) {
    const auto found = weights_.find(feature);
    if (found == weights_.end()) return;
    for (const Weight& weight : found->second) scores[weight.label] += weight.value;
  });
}

std::vector<std::string_view> Crf::Tag(TokenFeatures& features, std::size_t tokens) const {
  if (tokens == 0) return {};
  const std::size_t count = labels_.size();
  std::vector<std::uint32_t> came_from(tokens * count);
  std::vector<double> best(count);
  std::vector<double> next(count);
  Score(features, 0, best);
  for (std::size_t i = 1; i < tokens; ++i) {
    std::ranges::fill(next, 0);
    Score(features, i, next);
    for (std::size_t to = 0; to < count; ++to) {
      std::size_t from = 0;
      double most = best[0] + transitions_[0][to];
      for (std::size_t k = 1; k < count; ++k) {
        const double score = best[k] + transitions_[k][to];
        if (score > most) {
          most = score;
          from = k;
        }
      }
      next[to] += most;
      came_from[i * count + to] = static_cast<std::uint32_t>(from);
    }
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
