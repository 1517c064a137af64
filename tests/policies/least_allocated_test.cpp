#include <fstream>
#include <iterator>

#include "tests/policies/node_view.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

std::size_t place(const PodRequest& pod, const std::vector<PlacementView>& nodes, double cpu_weight = 1.0) {
  return policy<PlacementPolicy>({{"policy", "least-allocated"}, {"cpu_weight", cpu_weight}})->place(pod, nodes);
}

// least_allocated_test.go, "nothing scheduled, resources requested, differently sized machines": 3000 of 4000 and 5000 of 10000
// leave (25 + 50) / 2 = 37, 3000 of 6000 and 5000 of 10000 leave 50.
TEST(LeastAllocated, TakesTheLargerMachineOfTheSourcesExample) {
  const PlacementView small{
      .node = 0, .cpu_allocatable = 4.0, .cpu_free = 4.0, .memory_allocatable = {10'000}, .memory_free = {10'000}};
  PlacementView large = small;
  large.node = 1;
  large.cpu_allocatable = large.cpu_free = 6.0;
  EXPECT_EQ(place({.cpu = 3.0, .memory = {5'000}}, {small, large}), 1U);
}

// 8 cores and 32 GiB each: (4 - 1) / 8 + (8 - 2) / 32 = 0.5625 against (2 - 1) / 8 + (16 - 2) / 32 = 0.5625; twice the cpu
// decides.
TEST(LeastAllocated, OfEqualNodesTheFirstUnlessTheCpuWeighsMore) {
  const std::vector<PlacementView> nodes{node(0, 2.0, 16), node(1, 4.0, 8)};
  EXPECT_EQ(place({.cpu = 1.0, .memory = {2 * gib}}, nodes), 0U);
  EXPECT_EQ(place({.cpu = 1.0, .memory = {2 * gib}}, nodes, 2.0), 1U);
}

std::string text_of(const std::string& path) {
  std::ifstream file{source_dir() + "/" + path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

// It is the README's example of a policy.
TEST(LeastAllocated, StandsInTheReadmeAsItIsCompiled) {
  const std::string readme = text_of("README.md");
  const std::string opening = "```cpp\n";
  const std::size_t begin = readme.find(opening);
  ASSERT_NE(begin, std::string::npos);
  const std::size_t from = begin + opening.size();
  EXPECT_EQ(readme.substr(from, readme.find("```", from) - from), text_of("policies/placement/least_allocated.cpp"));
}

}  // namespace
}  // namespace headroom
