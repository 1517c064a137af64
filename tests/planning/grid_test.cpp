#include "planning/grid.hpp"

#include <gtest/gtest.h>

#include "planning/cheapest.hpp"

namespace headroom {
namespace {

AxisSpec axis(std::string name, std::vector<std::string> set, std::vector<std::string> values, bool more_is_better = false) {
  return {.name = std::move(name), .set = std::move(set), .values = std::move(values), .more_is_better = more_is_better};
}
const std::vector<AxisSpec> axes{axis("replicas", {"/services/api/replicas"}, {"1", "2", "3"}, true),
                                 axis("size", {"/services/api/cpu", "/services/api/concurrency"}, {"4", "8"})};

TEST(Grid, HasEveryCombinationOnce) {
  const Grid grid{axes};
  ASSERT_EQ(grid.size(), 6U);
  std::vector<std::string> names;
  for (std::size_t point = 0; point < grid.size(); ++point) names.push_back(grid.candidate(point).name);
  EXPECT_EQ(names, (std::vector<std::string>{"replicas 1, size 4", "replicas 1, size 8", "replicas 2, size 4",
                                             "replicas 2, size 8", "replicas 3, size 4", "replicas 3, size 8"}));
}

TEST(Grid, SetsAValueAtEveryPointerOfItsAxis) {
  const std::vector<SettingChange> expected{
      {"/services/api/replicas", "2"}, {"/services/api/cpu", "8"}, {"/services/api/concurrency", "8"}};
  EXPECT_EQ(Grid{axes}.candidate(3).set, expected);
}

TEST(Grid, SaysObjectsInWords) {
  EXPECT_EQ(words_of(R"({"spot":"100 %"})"), "100 % spot");
  EXPECT_EQ(words_of(R"({"reserved":7,"term":"3 years"})"), "7 reserved, 3 years term");
  EXPECT_EQ(words_of("100 %"), "100 %");
  EXPECT_EQ(words_of("[1, 2]"), "[1, 2]");
}

TEST(Grid, ComparesOnlyAlongAxesOfWhichMoreIsBetter) {
  const Grid grid{axes};  // points: 2 x replicas + size
  EXPECT_TRUE(grid.is_no_better(0, 2)) << "one replica after two failed";
  EXPECT_TRUE(grid.is_no_better(2, 2)) << "what failed itself";
  EXPECT_FALSE(grid.is_no_better(4, 2)) << "three replicas may hold";
  EXPECT_FALSE(grid.is_no_better(1, 2)) << "nothing is said of another size";
}

TEST(Grid, CountsStepsAlongAxesOfWhichMoreIsBetter) {
  const Grid grid{axes};
  EXPECT_EQ(grid.steps_to_better(1), 0U) << "the size counts for nothing";
  EXPECT_EQ(grid.steps_to_better(4), 2U);
}

TEST(ParetoFront, HoldsWhatNoOtherIsAsGoodAsInBoth) {
  const std::vector<std::pair<double, double>> points{{1, 9}, {2, 5}, {3, 5}, {3, 2}, {4, 8}, {2, 5}};
  EXPECT_EQ(pareto_front(points, true), (std::vector<bool>{true, true, false, true, false, true}));
  EXPECT_EQ(pareto_front(points, false), (std::vector<bool>{true, false, false, false, false, false}))
      << "larger values are better";
}

}  // namespace
}  // namespace headroom
