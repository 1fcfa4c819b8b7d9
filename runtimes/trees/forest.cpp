// SPDX-License-Identifier: Apache-2.0
#include "forest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace tenon::trees {
namespace {

constexpr double kZero = 1e-35;
constexpr std::size_t kBitsPerWord = 32;
// Rows that go through one tree before the next: its nodes stay in the nearest cache meanwhile.
constexpr std::size_t kBlock = 32;

}  // namespace

template <class T>
typename Forest<T>::Node Forest<T>::Convert(const SourceNode<T>& source) {
  Node node{.value = source.value, .split = static_cast<std::uint32_t>(source.feature), .left = 0};
  if (source.missing_goes_left) node.split |= kMissingLeft;
  if (source.zero_is_missing) node.split |= kZeroMissing;
  if (source.categorical) {
    if (sets_.size() >= kMost) throw BrokenTree{"there are too many sets of categories"};
    node.split |= kCategorical;
    node.value = static_cast<T>(sets_.size());
    sets_.push_back({set_words_.size(), source.categories.size()});
    set_words_.insert(set_words_.end(), source.categories.begin(), source.categories.end());
  }
  return node;
}

template <class T>
void Forest<T>::Add(std::span<const SourceNode<T>> nodes, std::size_t group) {
  if (nodes.empty()) throw BrokenTree{"it has no nodes"};
  if (group >= groups_) {
    throw BrokenTree{fmt::format("it belongs to group {} of {}", group, groups_)};
  }
  if (nodes.size() > kMost || nodes_.size() > kMost - nodes.size()) {
    throw BrokenTree{fmt::format("there are more than {} nodes", kMost)};
  }
  const auto root = static_cast<std::uint32_t>(nodes_.size());
  Tree tree{.root = root, .group = static_cast<std::uint32_t>(group), .walk = Walk::kNumbers};
  std::vector<bool> seen(nodes.size(), false);
  struct Open {
    std::size_t index;  // In the description.
    std::size_t place;  // Here.
    std::size_t depth;
  };
  std::vector<Open> open = {{0, root, 0}};
  std::size_t deepest = 0;
  seen[0] = true;
  nodes_.emplace_back();
  while (!open.empty()) {
    const auto [index, place, depth] = open.back();
    open.pop_back();
    deepest = std::max(deepest, depth);
    const SourceNode<T>& source = nodes[index];
    if (source.left == SourceNode<T>::kNone && source.right == SourceNode<T>::kNone) {
      nodes_[place] = {.value = source.value, .split = kLeaf, .left = 0};
      continue;
    }
    if (source.feature < 0 || std::cmp_greater_equal(source.feature, features_)) {
      throw BrokenTree{
          fmt::format("node {} asks for feature {} of {}", index, source.feature, features_)};
    }
    if (source.categorical || source.zero_is_missing) tree.walk = Walk::kAnything;
    nodes_[place] = Convert(source);
    nodes_[place].left = static_cast<std::uint32_t>(nodes_.size());
    for (const std::int64_t child : {source.left, source.right}) {
      if (child < 0 || std::cmp_greater_equal(child, nodes.size())) {
        throw BrokenTree{
            fmt::format("node {} has child {}; there are {} nodes", index, child, nodes.size())};
      }
      const auto next = static_cast<std::size_t>(child);
      if (seen[next]) throw BrokenTree{fmt::format("node {} has two parents", next)};
      seen[next] = true;
      open.push_back({next, nodes_.size(), depth + 1});
      nodes_.emplace_back();
    }
  }
  trees_.push_back(tree);
  longest_way_ += deepest;
}

template <class T>
bool Forest<T>::Contains(const CategorySet& set, T x) const noexcept {
  // Also false for NaN. The last category of the set bounds what is converted.
  if (!(x >= 0) || !(x < static_cast<T>(set.size * kBitsPerWord))) return false;
  const auto category = static_cast<std::size_t>(x);
  const std::uint32_t word = set_words_[set.begin + category / kBitsPerWord];
  return ((word >> (category % kBitsPerWord)) & 1U) != 0;
}

template <class T>
bool Forest<T>::GoesLeft(const Node& node, T x) const noexcept {
  const bool zero = (node.split & kZeroMissing) != 0 && std::fabs(x) <= static_cast<T>(kZero);
  if (zero || std::isnan(x)) return (node.split & kMissingLeft) != 0;
  if ((node.split & kCategorical) == 0) return x < node.value;
  return !Contains(sets_[static_cast<std::size_t>(node.value)], x);
}

template <class T>
T Forest<T>::Leaf(const Tree& tree, const T* row) const noexcept {
  const Node* node = nodes_.data() + tree.root;
  if (tree.walk == Walk::kNumbers) {
    while ((node->split & kLeaf) == 0) node = Step(*node, row);
    return node->value;
  }
  while ((node->split & kLeaf) == 0) {
    const T x = row[node->split & kFeatureMask];
    node = nodes_.data() + node->left + (GoesLeft(*node, x) ? 0 : 1);
  }
  return node->value;
}

template <class T>
const typename Forest<T>::Node* Forest<T>::Step(const Node& node, const T* row) const noexcept {
  const T x = row[node.split & kFeatureMask];
  const auto missing_left = static_cast<unsigned>((node.split & kMissingLeft) != 0);
  const unsigned goes_left =
      static_cast<unsigned>(x < node.value) | (static_cast<unsigned>(std::isnan(x)) & missing_left);
  return nodes_.data() + node.left + (1U - goes_left);
}

template <class T>
void Forest<T>::WalkTogether(Lanes& nodes,
                             const std::array<const T*, kLanes>& rows) const noexcept {
  // A lane that has arrived steps on the spot; a leaf names feature 0, which every row has.
  for (std::uint32_t arrived = 0; arrived == 0;) {
    arrived = kLeaf;
    for (std::size_t i = 0; i < kLanes; ++i) {
      const Node* const next = Step(*nodes[i], rows[i]);
      nodes[i] = (nodes[i]->split & kLeaf) != 0 ? nodes[i] : next;
      arrived &= nodes[i]->split;
    }
  }
}

template <class T>
void Forest<T>::AddLeavesOfRow(const T* row, T* sums) const noexcept {
  std::array<const T*, kLanes> rows;
  rows.fill(row);
  std::size_t i = 0;
  while (i < trees_.size()) {
    const std::size_t end = std::min(i + kLanes, trees_.size());
    const bool together =
        end - i == kLanes && std::all_of(trees_.begin() + static_cast<std::ptrdiff_t>(i),
                                         trees_.begin() + static_cast<std::ptrdiff_t>(end),
                                         [](const Tree& t) { return t.walk == Walk::kNumbers; });
    if (together) {
      Lanes nodes;
      for (std::size_t k = 0; k < kLanes; ++k) nodes[k] = &nodes_[trees_[i + k].root];
      WalkTogether(nodes, rows);
      for (std::size_t k = 0; k < kLanes; ++k) sums[trees_[i + k].group] += nodes[k]->value;
    } else {
      for (std::size_t k = i; k < end; ++k) sums[trees_[k].group] += Leaf(trees_[k], row);
    }
    i = end;
  }
}

template <class T>
void Forest<T>::AddLeaves(std::span<const T> rows, std::span<T> sums) const noexcept {
  const std::size_t count = rows.size() / features_;
  const auto row = [&](std::size_t i) { return rows.data() + i * features_; };
  if (count < kLanes) {
    for (std::size_t i = 0; i < count; ++i) AddLeavesOfRow(row(i), &sums[i * groups_]);
    return;
  }
  for (std::size_t first = 0; first < count; first += kBlock) {
    const std::size_t last = std::min(first + kBlock, count);
    for (const Tree& tree : trees_) {
      std::size_t i = first;
      for (; tree.walk == Walk::kNumbers && i + kLanes <= last; i += kLanes) {
        Lanes nodes;
        std::array<const T*, kLanes> lanes;
        nodes.fill(&nodes_[tree.root]);
        for (std::size_t k = 0; k < kLanes; ++k) lanes[k] = row(i + k);
        WalkTogether(nodes, lanes);
        for (std::size_t k = 0; k < kLanes; ++k) {
          sums[(i + k) * groups_ + tree.group] += nodes[k]->value;
        }
      }
      for (; i < last; ++i) sums[i * groups_ + tree.group] += Leaf(tree, row(i));
    }
  }
}

template class Forest<float>;
template class Forest<double>;

}  // namespace tenon::trees
