#include "sim/seams/admission_policy.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

// A semaphore of 10 permits: the tenth gets one, the eleventh does not, and one given back is taken again.
TEST(FixedConcurrency, LetsInAsManyAsTheLimit) {
  const auto policy = headroom::policy<AdmissionPolicy>({{"policy", "fixed-concurrency"}, {"limit", 10}});
  EXPECT_TRUE(policy->admits({.in_flight = 9}, 0));
  EXPECT_FALSE(policy->admits({.in_flight = 10}, 0));
  EXPECT_FALSE(policy->admits({.in_flight = 11}, 0));
  EXPECT_EQ(policy->limit(), 10.0);
}

TEST(FixedConcurrency, IsTheConcurrencyOfTheReplicaWithoutANumber) {
  const auto policy = headroom::policy<AdmissionPolicy>({{"policy", "fixed-concurrency"}}, {.slots = 4});
  EXPECT_TRUE(policy->admits({.in_flight = 3}, 0));
  EXPECT_FALSE(policy->admits({.in_flight = 4}, 0));
}

TEST(FixedConcurrency, LearnsNothingAndDropsNobodyLater) {
  const auto policy = headroom::policy<AdmissionPolicy>({{"policy", "fixed-concurrency"}, {"limit", 2}});
  for (int i = 0; i < 10; ++i) policy->answered({.round_trip = std::chrono::hours{1}, .in_flight = 2, .dropped = true});
  EXPECT_EQ(policy->limit(), 2.0);
  EXPECT_TRUE(policy->serves({.waiting = 100}, std::chrono::hours{1}));
  EXPECT_FALSE(policy->longest_wait({.waiting = 100}).has_value());
}

}  // namespace
}  // namespace headroom
