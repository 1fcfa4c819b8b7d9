// SPDX-License-Identifier: Apache-2.0
#include "tree_reader.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

namespace tenon::lightgbm {
namespace {

using Node = trees::SourceNode<double>;

// The bits of decision_type.
constexpr unsigned kCategorical = 1;
constexpr unsigned kDefaultLeft = 2;
constexpr unsigned kMissingShift = 2;
enum class Missing : std::uint8_t { kNone = 0, kZero = 1, kNan = 2 };

std::int64_t ToInteger(std::string_view name, double number, double least, double most) {
  if (!(number >= least) || number > most || number != std::floor(number)) {
    throw BrokenFile{fmt::format("\"{}\" holds {}", name, number)};
  }
  return static_cast<std::int64_t>(number);
}

// All sets of categories of a tree: words of bits, and where each set begins.
struct CategorySets {
  std::vector<double> words;
  std::vector<double> begins;

  std::vector<std::uint32_t> Get(double index) const {
    const auto i = static_cast<std::size_t>(
        ToInteger("threshold", index, 0, static_cast<double>(begins.size()) - 2));
    const auto most = static_cast<double>(words.size());
    const std::int64_t begin = ToInteger("cat_boundaries", begins[i], 0, most);
    const std::int64_t end = ToInteger("cat_boundaries", begins[i + 1], begins[i], most);
    std::vector<std::uint32_t> set;
    for (std::int64_t w = begin; w < end; ++w) {
      set.push_back(
          static_cast<std::uint32_t>(ToInteger("cat_threshold", words[static_cast<std::size_t>(w)],
                                               0, std::numeric_limits<std::uint32_t>::max())));
    }
    return set;
  }
};

CategorySets ReadCategorySets(const Sections::Section& tree) {
  const std::size_t count = ToCount("num_cat", Need(tree, "num_cat"));
  if (count == 0) return {};
  CategorySets sets;
  const std::size_t begins = Words(Need(tree, "cat_boundaries")).size();
  if (begins != count + 1) {
    throw BrokenFile{fmt::format("\"cat_boundaries\" has {} items for {} sets", begins, count)};
  }
  sets.begins = NeedNumbers(tree, "cat_boundaries", begins);
  sets.words = NeedNumbers(tree, "cat_threshold", Words(Need(tree, "cat_threshold")).size());
  return sets;
}

// LightGBM counts splits and leaves apart; a leaf is the complement of its number.
std::int64_t Child(std::string_view name, double number, std::size_t splits) {
  const std::int64_t child = ToInteger(name, number, std::numeric_limits<std::int32_t>::min(),
                                       std::numeric_limits<std::int32_t>::max());
  return child >= 0 ? child : ~child + static_cast<std::int64_t>(splits);
}

void SetDecision(unsigned decision, double threshold, const CategorySets& sets, Node& node) {
  const auto missing = static_cast<Missing>(decision >> kMissingShift);
  if (missing > Missing::kNan) {
    throw BrokenFile{fmt::format("\"decision_type\" holds {}", decision)};
  }
  node.categorical = (decision & kCategorical) != 0;
  if (node.categorical) {
    // Members go left there and right here; what is missing is no member.
    node.categories = sets.Get(threshold);
    std::swap(node.left, node.right);
    node.missing_goes_left = true;
    return;
  }
  // x <= threshold goes left there; no double lies between the threshold and the next one.
  node.value = std::nextafter(threshold, std::numeric_limits<double>::infinity());
  node.zero_is_missing = missing == Missing::kZero;
  // Where nothing was missing in training, NaN counts as zero.
  node.missing_goes_left =
      missing == Missing::kNone ? 0 <= threshold : (decision & kDefaultLeft) != 0;
}

}  // namespace

std::vector<Node> ReadTree(const Sections::Section& tree) {
  if (const auto linear = tree.find("is_linear"); linear != tree.end() && linear->second != "0") {
    throw NotCovered{
        "its leaves hold linear models (with linear_tree=false Tenon executes it itself)"};
  }
  const std::size_t leaves = ToCount("num_leaves", Need(tree, "num_leaves"));
  const std::vector<double> values = NeedNumbers(tree, "leaf_value", leaves);
  if (leaves == 0) throw BrokenFile{"it has no leaves"};
  const std::size_t splits = leaves - 1;
  std::vector<Node> nodes(splits + leaves);
  for (std::size_t i = 0; i < leaves; ++i) nodes[splits + i].value = values[i];
  if (splits == 0) return nodes;

  const CategorySets sets = ReadCategorySets(tree);
  const std::vector<double> features = NeedNumbers(tree, "split_feature", splits);
  const std::vector<double> thresholds = NeedNumbers(tree, "threshold", splits);
  const std::vector<double> decisions = NeedNumbers(tree, "decision_type", splits);
  const std::vector<double> left = NeedNumbers(tree, "left_child", splits);
  const std::vector<double> right = NeedNumbers(tree, "right_child", splits);
  constexpr double kMostFeatures = std::numeric_limits<std::int32_t>::max();
  constexpr double kMostDecision = 15;
  for (std::size_t i = 0; i < splits; ++i) {
    Node& node = nodes[i];
    node.feature = ToInteger("split_feature", features[i], 0, kMostFeatures);
    node.left = Child("left_child", left[i], splits);
    node.right = Child("right_child", right[i], splits);
    const std::int64_t decision = ToInteger("decision_type", decisions[i], 0, kMostDecision);
    SetDecision(static_cast<unsigned>(decision), thresholds[i], sets, node);
  }
  return nodes;
}

}  // namespace tenon::lightgbm
