// SPDX-License-Identifier: Apache-2.0
#include "lightgbm_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "objective.hpp"
#include "text_reader.hpp"
#include "tree_reader.hpp"

namespace tenon::lightgbm {
namespace {

constexpr std::array<std::string_view, 3> kVersions = {"v2", "v3", "v4"};

std::size_t CountFeatures(const Sections::Section& head) {
  const std::size_t last = ToCount("max_feature_idx", Need(head, "max_feature_idx"));
  if (last >= trees::Forest<double>::kMost) {
    throw BrokenFile{fmt::format("\"max_feature_idx\" is {}", last)};
  }
  return last + 1;
}

std::vector<std::string> FeatureNames(const Sections::Section& head, std::size_t features) {
  const auto line = head.find("feature_names");
  if (line == head.end()) return {};
  const std::vector<std::string_view> words = Words(line->second);
  if (words.size() != features) {
    throw BrokenFile{fmt::format("it names {} of {} features", words.size(), features)};
  }
  // What LightGBM calls columns that had no name.
  const auto invented = [i = std::size_t{0}](std::string_view name) mutable {
    return name == fmt::format("Column_{}", i++);
  };
  if (std::ranges::all_of(words, invented)) return {};
  return {words.begin(), words.end()};
}

trees::Forest<double> ReadForest(const Sections& sections, std::size_t features,
                                 std::size_t groups) {
  trees::Forest<double> forest(features, groups);
  for (std::size_t i = 0; i < sections.trees.size(); ++i) {
    try {
      forest.Add(ReadTree(sections.trees[i]), i % groups);
    } catch (const trees::BrokenTree& tree) {
      throw BrokenFile{fmt::format("tree {}: {}", i, tree.reason)};
    } catch (const BrokenFile& broken) {
      throw BrokenFile{fmt::format("tree {}: {}", i, broken.reason)};
    } catch (const NotCovered& odd) {
      throw NotCovered{fmt::format("tree {}: {}", i, odd.reason)};
    }
  }
  return forest;
}

}  // namespace

Result<Output> ReadOptions(const runtime::LoadOptions& options) {
  if (!options.providers.empty()) {
    return Error(ErrorCode::kInvalid, "A provider that was asked for cannot be had.")
        .WithPrivateDetail(fmt::format("asked for {}; trees run on the CPU: name no provider",
                                       options.providers.front()));
  }
  Output output = Output::kValue;
  for (const auto& [name, value] : options.settings) {
    if (name != "output") {
      return Error(ErrorCode::kInvalid, "The LightGBM runtime has no such setting.")
          .WithPrivateDetail(fmt::format("found \"{}\"; there is \"output\"", name));
    }
    if (value != "value" && value != "margin") {
      return Error(ErrorCode::kInvalid, "A setting of the LightGBM runtime is wrong.")
          .WithPrivateDetail(
              fmt::format("output is \"{}\"; it can be \"value\" or \"margin\"", value));
    }
    output = value == "value" ? Output::kValue : Output::kMargin;
  }
  return output;
}

ModelHead ReadHead(std::string_view text) {
  const Sections sections = ReadSections(text);
  return {.format = std::string(Need(sections.head, "version")),
          .feature_names = FeatureNames(sections.head, CountFeatures(sections.head))};
}

trees::ForestModelParts<double> ReadModel(std::string_view text, Output output) {
  const Sections sections = ReadSections(text);
  const std::string_view version = Need(sections.head, "version");
  if (std::ranges::find(kVersions, version) == kVersions.end()) {
    throw NotCovered{fmt::format("its format is \"{}\"; v2 to v4 are known here", version)};
  }
  const std::size_t features = CountFeatures(sections.head);
  const std::size_t groups =
      ToCount("num_tree_per_iteration", Need(sections.head, "num_tree_per_iteration"));
  if (groups == 0 || groups > trees::Forest<double>::kMostGroups ||
      sections.trees.size() % groups != 0) {
    throw BrokenFile{
        fmt::format("it has {} trees, {} in each round", sections.trees.size(), groups)};
  }
  const auto objective = sections.head.find("objective");
  const std::string_view objective_text =
      objective == sections.head.end() ? std::string_view() : objective->second;
  const trees::Link<double> link = LinkOf(objective_text);
  // Releases that write this format disagree: some apply the objective to each tree, some to the
  // average.
  if (version == "v2" && sections.head.contains("average_output") && link.apply != nullptr) {
    throw BrokenFile{
        "it is a random forest in format \"v2\", of which releases of LightGBM compute different "
        "answers; train it again with LightGBM 3 or newer"};
  }
  // LightGBM does not average margins either.
  const bool averaged = sections.head.contains("average_output") && output == Output::kValue;
  const std::size_t rounds = std::max(sections.trees.size() / groups, std::size_t{1});
  return {.forest = ReadForest(sections, features, groups),
          .start = std::vector<double>(groups, 0.0),
          .divisor = averaged ? static_cast<double>(rounds) : 1,
          .link = output == Output::kMargin ? trees::Link<double>{} : link,
          .answer = groups == 1 ? trees::Answer::kNumber : trees::Answer::kNumbers,
          .feature_names = FeatureNames(sections.head, features),
          .description = fmt::format("LightGBM {} model, {}, {} trees", version,
                                     objective_text.empty() ? "no objective" : objective_text,
                                     sections.trees.size())};
}

}  // namespace tenon::lightgbm
