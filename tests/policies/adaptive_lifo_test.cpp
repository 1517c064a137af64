#include "sim/seams/admission_policy.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

constexpr Duration millisecond = std::chrono::milliseconds{1};
SimTime at(int milliseconds) { return SimTime{milliseconds * millisecond}; }

// M = 5 ms and N = 100 ms, as in the article. The line fills at 1000 ms and does not empty: up to 1100 ms a request may wait 100
// ms, from then on 5 ms, and who came last is next. At 1200 ms somebody finds it empty, and all is as before.
TEST(AdaptiveLifo, CutsWaitsAndTurnsTheLineWhereItHasNotBeenEmpty) {
  const auto policy = headroom::policy<AdmissionPolicy>({{"policy", "adaptive-lifo"}});
  EXPECT_TRUE(policy->reorders());
  EXPECT_EQ(policy->longest_wait({.now = at(1000), .waiting = 0}), 100 * millisecond);
  EXPECT_EQ(policy->longest_wait({.now = at(1100), .waiting = 9}), 100 * millisecond);
  EXPECT_FALSE(policy->newest_first(at(1100)));
  EXPECT_TRUE(policy->newest_first(at(1101)));
  EXPECT_EQ(policy->longest_wait({.now = at(1101), .waiting = 9}), 5 * millisecond);
  EXPECT_EQ(policy->longest_wait({.now = at(1200), .waiting = 0}), 100 * millisecond);
  EXPECT_FALSE(policy->newest_first(at(1300)));
  EXPECT_EQ(policy->longest_wait({.now = at(1301), .waiting = 1}), 5 * millisecond);
}

TEST(AdaptiveLifo, LetsEverybodyIn) {
  const auto policy = headroom::policy<AdmissionPolicy>({{"policy", "adaptive-lifo"}});
  EXPECT_TRUE(policy->admits({.in_flight = 1'000'000, .waiting = 1'000'000}, 255));
  EXPECT_TRUE(policy->serves({.waiting = 9}, std::chrono::hours{1}));
  EXPECT_FALSE(policy->limit().has_value());
}

TEST(AdaptiveLifo, WantsATargetWithinTheInterval) {
  EXPECT_TRUE(problems_of<AdmissionPolicy>({{"policy", "adaptive-lifo"}}).empty());
  EXPECT_EQ(problems_of<AdmissionPolicy>({{"policy", "adaptive-lifo"}, {"target", "1 s"}}).at(0).first, "target");
}

}  // namespace
}  // namespace headroom
