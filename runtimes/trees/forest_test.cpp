// SPDX-License-Identifier: Apache-2.0
#include "forest.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "forest_model.hpp"

namespace tenon::trees {
namespace {

using Node = SourceNode<float>;
using Nodes = std::vector<Node>;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

Node Leaf(float value) { return {.value = value}; }

float Ask(const Nodes& nodes, std::vector<float> row) {
  Forest<float> forest(row.size(), 1);
  forest.Add(nodes, 0);
  float sum = 0;
  forest.AddLeaves(row, {&sum, 1});
  return sum;
}

TEST(Forest, GoesLeftBelowTheThresholdAndSendsNanWhereItIsTold) {
  for (const bool left : {false, true}) {
    const Nodes nodes = {
        {.left = 1, .right = 2, .value = 1.5F, .missing_goes_left = left}, Leaf(10), Leaf(20)};
    EXPECT_EQ(Ask(nodes, {1.4F}), 10);
    EXPECT_EQ(Ask(nodes, {1.5F}), 20);
    EXPECT_EQ(Ask(nodes, {-kInfinity}), 10);
    EXPECT_EQ(Ask(nodes, {kInfinity}), 20);
    EXPECT_EQ(Ask(nodes, {kNan}), left ? 10 : 20);
  }
}

TEST(Forest, TakesNodesInAnyOrderAndLeavesOutWhatTheRootDoesNotReach) {
  // Root 0, then 3 and 2, then 5 and 1; node 4 belongs to nobody.
  const Nodes nodes = {{.left = 3, .right = 2, .value = 0},
                       Leaf(4),
                       Leaf(1),
                       {.left = 5, .right = 1, .feature = 1, .value = 0},
                       Leaf(99),
                       Leaf(2)};
  EXPECT_EQ(Ask(nodes, {1, 0}), 1);
  EXPECT_EQ(Ask(nodes, {-1, -1}), 2);
  EXPECT_EQ(Ask(nodes, {-1, 1}), 4);
}

TEST(Forest, SendsMembersOfASetRight) {
  // Categories 0, 31, 32 and 63.
  const Nodes nodes = {
      {.left = 1, .right = 2, .categorical = true, .categories = {0x80000001U, 0x80000001U}},
      Leaf(10),
      Leaf(20)};
  for (const float member : {0.0F, 31.0F, 32.0F, 63.0F, 63.9F, -0.0F}) {
    EXPECT_EQ(Ask(nodes, {member}), 20) << member;
  }
  for (const float other : {1.0F, 30.0F, 33.0F, 64.0F, -1.0F, 1e30F, kInfinity, -kInfinity}) {
    EXPECT_EQ(Ask(nodes, {other}), 10) << other;
  }
  EXPECT_EQ(Ask(nodes, {kNan}), 20) << "NaN is missing, not a category";
}

TEST(Forest, CountsTheLongestWayThroughAllTrees) {
  Forest<float> forest(1, 1);
  forest.Add(std::vector<SourceNode<float>>{{.value = 1}}, 0);
  EXPECT_EQ(forest.LongestWay(), 0U);
  forest.Add(std::vector<SourceNode<float>>{{.left = 1, .right = 2, .value = 0},
                                            {.value = 1},
                                            {.left = 3, .right = 4, .value = 1},
                                            {.value = 2},
                                            {.value = 3}},
             0);
  EXPECT_EQ(forest.LongestWay(), 2U);
}

TEST(Forest, SeesZeroAsMissingWhereItIsTold) {
  const Nodes nodes = {
      {.left = 1, .right = 2, .value = -1, .missing_goes_left = true, .zero_is_missing = true},
      Leaf(10),
      Leaf(20)};
  for (const float missing : {0.0F, -0.0F, 1e-36F, -1e-36F, kNan}) {
    EXPECT_EQ(Ask(nodes, {missing}), 10) << missing;
  }
  EXPECT_EQ(Ask(nodes, {1e-30F}), 20);
  EXPECT_EQ(Ask(nodes, {-2}), 10);
}

TEST(Forest, AddsEachTreeToItsGroup) {
  Forest<float> forest(1, 2);
  forest.Add(Nodes{Leaf(1)}, 0);
  forest.Add(Nodes{Leaf(10)}, 1);
  forest.Add(Nodes{{.left = 1, .right = 2, .value = 0}, Leaf(2), Leaf(3)}, 0);
  std::vector<float> rows;
  std::vector<float> sums;
  for (int i = 0; i < 100; ++i) {  // More than a block.
    rows.push_back(i % 3 == 0 ? -1.0F : 1.0F);
    sums.insert(sums.end(), {0.5F, 0});
  }
  forest.AddLeaves(rows, sums);
  for (std::size_t i = 0; i < 100; ++i) {
    EXPECT_EQ(sums[2 * i], i % 3 == 0 ? 3.5F : 4.5F);
    EXPECT_EQ(sums[2 * i + 1], 10);
  }
}

TEST(Forest, WalksDeepTrees) {
  // A chain: node 2 i asks whether x < i; its left child is a leaf.
  Nodes nodes;
  constexpr int kDepth = 100'000;
  for (int i = 0; i < kDepth; ++i) {
    nodes.push_back({.left = 2 * i + 1, .right = 2 * i + 2, .value = static_cast<float>(i)});
    nodes.push_back(Leaf(static_cast<float>(i)));
  }
  nodes.push_back(Leaf(-1));
  EXPECT_EQ(Ask(nodes, {41.5F}), 42);
  EXPECT_EQ(Ask(nodes, {1e6F}), -1);
}

TEST(Forest, RefusesWhatIsNoTree) {
  const std::vector<std::pair<Nodes, std::string>> cases = {
      {{}, "no nodes"},
      {{{.left = 1, .right = 2}, Leaf(1)}, "child 2"},
      {{{.left = 1, .right = -1}, Leaf(1)}, "child -1"},
      {{{.left = 1, .right = -7}, Leaf(1)}, "child -7"},
      {{{.left = 0, .right = 1}, Leaf(1)}, "two parents"},
      {{{.left = 1, .right = 1}, Leaf(1)}, "two parents"},
      {{{.left = 1, .right = 2}, {.left = 0, .right = 2}, Leaf(1)}, "two parents"},
      {{{.left = 1, .right = 2, .feature = 2}, Leaf(1), Leaf(1)}, "feature 2 of 2"},
      {{{.left = 1, .right = 2, .feature = -1}, Leaf(1), Leaf(1)}, "feature -1 of 2"},
  };
  for (const auto& [nodes, part] : cases) {
    Forest<float> forest(2, 1);
    try {
      forest.Add(nodes, 0);
      ADD_FAILURE() << part;
    } catch (const BrokenTree& broken) {
      EXPECT_NE(broken.reason.find(part), std::string::npos) << broken.reason;
    }
  }
  Forest<float> forest(2, 1);
  EXPECT_THROW(forest.Add(Nodes{Leaf(1)}, 1), BrokenTree);
}

}  // namespace
}  // namespace tenon::trees
