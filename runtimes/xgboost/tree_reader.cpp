// SPDX-License-Identifier: Apache-2.0
#include "tree_reader.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>

namespace tenon::xgboost {
namespace {

// Categories are found in floats, which are exact up to here; XGBoost has the same limit.
constexpr double kMostCategories = 1 << 24;
constexpr std::size_t kBitsPerWord = 32;

using Numbers = Value::Numbers;

const Numbers& NeedNumbers(const Value& tree, std::string_view name) {
  const Value* const found = tree.Find(name);
  const Numbers* const numbers = found == nullptr ? nullptr : found->AsNumbers();
  if (numbers == nullptr) throw BrokenFile{fmt::format("it has no list of numbers \"{}\"", name)};
  return *numbers;
}

const Numbers& NeedNumbers(const Value& tree, std::string_view name, std::size_t count) {
  const Numbers& numbers = NeedNumbers(tree, name);
  if (numbers.size() != count) {
    throw BrokenFile{fmt::format("\"{}\" has {} items, not {}", name, numbers.size(), count)};
  }
  return numbers;
}

std::int64_t Index(double number, double most, std::string_view name) {
  if (!(number >= -1) || number > most || number != std::floor(number)) {
    throw BrokenFile{fmt::format("\"{}\" holds {}", name, number)};
  }
  return static_cast<std::int64_t>(number);
}

void AddCategory(double category, std::vector<std::uint32_t>& words) {
  if (category < 0) throw BrokenFile{fmt::format("\"categories\" holds {}", category)};
  const auto bit = static_cast<std::size_t>(Index(category, kMostCategories - 1, "categories"));
  if (bit / kBitsPerWord >= words.size()) words.resize(bit / kBitsPerWord + 1);
  words[bit / kBitsPerWord] |= std::uint32_t{1} << (bit % kBitsPerWord);
}

// Sets of categories stand in one list; each says to which node it belongs and where it begins.
void ReadCategories(const Value& tree, std::vector<trees::SourceNode<float>>& nodes) {
  if (tree.Find("categories_nodes") == nullptr) return;  // Before version 1.5.
  const Numbers& owners = NeedNumbers(tree, "categories_nodes");
  const Numbers& begins = NeedNumbers(tree, "categories_segments", owners.size());
  const Numbers& sizes = NeedNumbers(tree, "categories_sizes", owners.size());
  const Numbers& categories = NeedNumbers(tree, "categories");
  for (std::size_t i = 0; i < owners.size(); ++i) {
    const auto most = static_cast<double>(categories.size());
    const std::int64_t owner =
        Index(owners[i], static_cast<double>(nodes.size()) - 1, "categories_nodes");
    const std::int64_t begin = Index(begins[i], most, "categories_segments");
    const std::int64_t size = Index(sizes[i], most, "categories_sizes");
    if (owner < 0 || begin < 0 || size < 0 || static_cast<double>(begin + size) > most) {
      throw BrokenFile{fmt::format("its set {} of categories is nowhere", i)};
    }
    trees::SourceNode<float>& node = nodes[static_cast<std::size_t>(owner)];
    if (!node.categorical || !node.categories.empty()) {
      throw BrokenFile{fmt::format("node {} takes no set of categories", owner)};
    }
    for (std::int64_t c = begin; c < begin + size; ++c) {
      AddCategory(categories[static_cast<std::size_t>(c)], node.categories);
    }
  }
}

void CheckLeaves(const Value& tree) {
  const Value* const parameters = tree.Find("tree_param");
  const Value* const size = parameters == nullptr ? nullptr : parameters->Find("size_leaf_vector");
  if (size == nullptr) return;
  const std::string* const text = size->AsText();
  if (text == nullptr || (*text != "0" && *text != "1")) {
    throw NotCovered{
        "its leaves are vectors (multi_strategy is \"multi_output_tree\"; with "
        "\"one_output_per_tree\" Tenon executes it itself)"};
  }
}

}  // namespace

std::vector<trees::SourceNode<float>> ReadTree(const Value& tree, float weight) {
  CheckLeaves(tree);
  const Numbers& left = NeedNumbers(tree, "left_children");
  const std::size_t count = left.size();
  const Numbers& right = NeedNumbers(tree, "right_children", count);
  const Numbers& features = NeedNumbers(tree, "split_indices", count);
  const Numbers& values = NeedNumbers(tree, "split_conditions", count);
  const Numbers& defaults = NeedNumbers(tree, "default_left", count);
  const Numbers* const types =
      tree.Find("split_type") == nullptr ? nullptr : &NeedNumbers(tree, "split_type", count);
  constexpr double kMost = std::numeric_limits<std::int32_t>::max();
  std::vector<trees::SourceNode<float>> nodes(count);
  for (std::size_t i = 0; i < count; ++i) {
    trees::SourceNode<float>& node = nodes[i];
    node.left = Index(left[i], kMost, "left_children");
    node.right = Index(right[i], kMost, "right_children");
    node.value = static_cast<float>(values[i]);
    if (node.left == -1 && node.right == -1) {
      node.value *= weight;
      continue;
    }
    node.feature = Index(features[i], kMost, "split_indices");
    node.missing_goes_left = defaults[i] != 0;
    const double type = types == nullptr ? 0 : (*types)[i];
    if (type != 0 && type != 1) throw NotCovered{fmt::format("\"split_type\" holds {}", type)};
    node.categorical = type == 1;
  }
  ReadCategories(tree, nodes);
  return nodes;
}

}  // namespace tenon::xgboost
