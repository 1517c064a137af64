#include "sim/core/graph.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace headroom {
namespace {

using Nodes = std::vector<std::uint32_t>;

// 0 -> 1 -> 2 -> 0, 2 -> 3, 3 -> 3, 4 -> 0
const Successors example{{1}, {2}, {3, 0}, {3}, {0}};

TEST(Graph, EveryCircleIsClosedByAnEdge) {
  const auto edges = closing_edges(example);
  ASSERT_EQ(edges.size(), 2U);
  EXPECT_EQ(edges[0].path, Nodes{3});
  EXPECT_EQ(edges[0].edge, 0U);
  EXPECT_EQ(edges[1].path, (Nodes{0, 1, 2}));
  EXPECT_EQ(edges[1].edge, 1U);
}

TEST(Graph, WhatMeetsAgainIsNoCircle) {
  EXPECT_TRUE(closing_edges({{1, 2}, {3}, {3}, {}}).empty());
  EXPECT_TRUE(closing_edges({}).empty());
}

TEST(Graph, ComponentsHoldNodesThatLeadToEachOther) {
  auto components = strong_components(example);
  for (Nodes& component : components) std::sort(component.begin(), component.end());
  EXPECT_EQ(components, (std::vector<Nodes>{{3}, {0, 1, 2}, {4}}));
}

TEST(Graph, TwoCirclesThroughOneNodeAreOneComponent) {
  // 0 <-> 1, 0 <-> 2
  const auto components = strong_components({{1, 2}, {0}, {0}});
  ASSERT_EQ(components.size(), 1U);
  EXPECT_EQ(components[0].size(), 3U);
}

TEST(Graph, AVeryLongCircleTakesNoRecursion) {
  constexpr std::uint32_t length = 500'000;
  Successors ring(length);
  for (std::uint32_t i = 0; i < length; ++i) ring[i] = {(i + 1) % length};
  EXPECT_EQ(strong_components(ring).size(), 1U);
  ASSERT_EQ(closing_edges(ring).size(), 1U);
  EXPECT_EQ(closing_edges(ring)[0].path.size(), length);
}

}  // namespace
}  // namespace headroom
