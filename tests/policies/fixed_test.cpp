#include "sim/seams/autoscaler.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

TEST(Fixed, KeepsWhatTheServiceStartsWith) {
  const auto fixed = policy<Autoscaler>({{"policy", "fixed"}}, {.service = "api", .initial_replicas = 3, .replicas = {1, 10}});
  EXPECT_EQ(fixed->decide({.current_replicas = 3}).replicas, 3);
  EXPECT_EQ(fixed->decide({.current_replicas = 7}).replicas, 3);
  EXPECT_GT(fixed->period(), Duration{0});
}

TEST(Fixed, GoesToTheNumberGiven) {
  const auto fixed =
      policy<Autoscaler>({{"policy", "fixed"}, {"replicas", 5}}, {.service = "api", .initial_replicas = 3, .replicas = {1, 10}});
  EXPECT_EQ(fixed->decide({.current_replicas = 3}).replicas, 5);
}

}  // namespace
}  // namespace headroom
