// Directed graphs as lists of successors: circles, and the parts whose nodes all lead to each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace headroom {

// successors[i]: where node i leads to, in order; the same one may stand there more than once. All < successors.size().
using Successors = std::vector<std::vector<std::uint32_t>>;

// An edge that leads back to a node it was reached from.
struct ClosingEdge {
  std::vector<std::uint32_t> path;  // from the node it leads to, to the node it leaves: the circle without the edge itself
  std::size_t edge = 0;             // successors[path.back()][edge] == path.front()
};

// Depth first from node 0, 1, …, without recursion. Every circle holds at least one of these edges; none: there is no circle.
std::vector<ClosingEdge> closing_edges(const Successors& successors);

// Strongly connected components (Tarjan, 1972), without recursion: within one every node leads to every other. A node on no
// circle is one by itself. Each component comes after those it leads to.
std::vector<std::vector<std::uint32_t>> strong_components(const Successors& successors);

}  // namespace headroom
