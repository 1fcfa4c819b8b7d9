// SPDX-License-Identifier: Apache-2.0
#pragma once

// Decision trees in memory, and the walk from a row of features to the sum of its leaves.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tenon::trees {

// A tree as a file describes it: any order of nodes, children by index.
template <class T>
struct SourceNode {
  static constexpr std::int64_t kNone = -1;

  std::int64_t left = kNone;  // Both are kNone in a leaf.
  std::int64_t right = kNone;
  std::int64_t feature = 0;
  // A split: x < value goes left. A leaf: what it adds to its group.
  T value{};
  // Where NaN goes.
  bool missing_goes_left = false;
  // Numbers of magnitude up to 1e-35 are missing too.
  bool zero_is_missing = false;
  // A split by category: a member of this set goes right, any other number goes left. As bits:
  // category c is bit c % 32 of word c / 32.
  bool categorical = false;
  std::vector<std::uint32_t> categories = {};
};

// What keeps a description from being a tree.
struct BrokenTree {
  std::string reason;
};

// Trees over rows of T, each of which adds to one of several groups (classes, targets).
//
// Nodes are renumbered so that the right child follows the left one: a step is a comparison and an
// addition, without a branch that could be predicted wrongly.
// Thread safety: thread-compatible; a const Forest may be walked by many.
template <class T>
class Forest {
 public:
  // More nodes, features or sets of categories than this are refused.
  static constexpr std::size_t kMost = std::size_t{1} << 24;

  static constexpr std::size_t kMostGroups = std::size_t{1} << 16;

  // REQUIRES: 0 < features <= kMost, 0 < groups <= kMostGroups.
  Forest(std::size_t features, std::size_t groups) : features_(features), groups_(groups) {}

  // The root is the first node; nodes that it does not lead to are left out.
  // Errors: throws BrokenTree for children and features that do not exist, for a node that has two
  // parents, for a group that does not exist, and for more than kMost of anything.
  void Add(std::span<const SourceNode<T>> nodes, std::size_t group);

  std::size_t Features() const noexcept { return features_; }
  std::size_t Groups() const noexcept { return groups_; }
  std::size_t Trees() const noexcept { return trees_.size(); }
  // The longest way of a row through all trees, in splits.
  std::size_t LongestWay() const noexcept { return longest_way_; }

  // Adds, for each row, the leaves that it ends in: `sums` is [rows, Groups()], `rows` is
  // [rows, Features()]. Leaves are added in the order of the trees.
  void AddLeaves(std::span<const T> rows, std::span<T> sums) const noexcept;

 private:
  // 12 bytes for float, 16 for double: a tree of depth 6 stays within 2 KiB.
  struct Node {
    T value;              // Threshold, leaf, or index of the set of categories.
    std::uint32_t split;  // The feature, and flags above it.
    std::uint32_t left;
  };
  static constexpr std::uint32_t kFeatureMask = (std::uint32_t{1} << 28U) - 1;
  static constexpr std::uint32_t kMissingLeft = std::uint32_t{1} << 28U;
  static constexpr std::uint32_t kZeroMissing = std::uint32_t{1} << 29U;
  static constexpr std::uint32_t kCategorical = std::uint32_t{1} << 30U;
  static constexpr std::uint32_t kLeaf = std::uint32_t{1} << 31U;

  static constexpr std::size_t kLanes = 8;

  // Which loop a tree needs.
  enum class Walk : std::uint8_t { kNumbers, kAnything };
  struct Tree {
    std::uint32_t root;
    std::uint32_t group;
    Walk walk;
  };
  struct CategorySet {
    std::size_t begin;
    std::size_t size;
  };

  Node Convert(const SourceNode<T>& source);
  T Leaf(const Tree& tree, const T* row) const noexcept;
  const Node* Step(const Node& node, const T* row) const noexcept;
  // The leaves of several rows in one tree, or of one row in several trees: their steps do not wait
  // for each other. REQUIRES: trees that need numbers only.
  using Lanes = std::array<const Node*, kLanes>;
  void WalkTogether(Lanes& nodes, const std::array<const T*, kLanes>& rows) const noexcept;
  void AddLeavesOfRow(const T* row, T* sums) const noexcept;
  bool GoesLeft(const Node& node, T x) const noexcept;
  bool Contains(const CategorySet& set, T x) const noexcept;

  std::size_t features_;
  std::size_t groups_;
  std::size_t longest_way_ = 0;
  std::vector<Node> nodes_;
  std::vector<Tree> trees_;
  std::vector<CategorySet> sets_;
  std::vector<std::uint32_t> set_words_;
};

extern template class Forest<float>;
extern template class Forest<double>;

}  // namespace tenon::trees
