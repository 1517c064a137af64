#include "sim/seams/admission_policy.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

std::unique_ptr<AdmissionPolicy> three_classes() {
  return policy<AdmissionPolicy>({{"policy", "priority-shedding"}, {"limit", 10}, {"shares", {1.0, 0.8, 0.55}}});
}

// Of 10: ten, eight, and up to a load of 5.5, which six in flight are the first to be beyond.
TEST(PriorityShedding, LetsAPriorityInUpToItsShare) {
  const auto policy = three_classes();
  EXPECT_TRUE(policy->admits({.in_flight = 9}, 0));
  EXPECT_FALSE(policy->admits({.in_flight = 10}, 0));
  EXPECT_TRUE(policy->admits({.in_flight = 7}, 1));
  EXPECT_FALSE(policy->admits({.in_flight = 8}, 1));
  EXPECT_TRUE(policy->admits({.in_flight = 5}, 2));
  EXPECT_FALSE(policy->admits({.in_flight = 6}, 2));
}

TEST(PriorityShedding, TakesWhatIsLessUrgentThanTheListForItsLast) {
  const auto policy = three_classes();
  EXPECT_TRUE(policy->admits({.in_flight = 5}, 255));
  EXPECT_FALSE(policy->admits({.in_flight = 6}, 3));
}

TEST(PriorityShedding, CountsAgainstTheConcurrencyWithoutANumber) {
  const auto policy = headroom::policy<AdmissionPolicy>({{"policy", "priority-shedding"}, {"shares", {1.0, 0.5}}}, {.slots = 4});
  EXPECT_TRUE(policy->admits({.in_flight = 3}, 0));
  EXPECT_FALSE(policy->admits({.in_flight = 4}, 0));
  EXPECT_TRUE(policy->admits({.in_flight = 1}, 1));
  EXPECT_FALSE(policy->admits({.in_flight = 2}, 1));
}

TEST(PriorityShedding, SaysWhatIsWrongWithItsShares) {
  EXPECT_TRUE(problems_of<AdmissionPolicy>({{"policy", "priority-shedding"}}).empty());
  EXPECT_EQ(problems_of<AdmissionPolicy>({{"policy", "priority-shedding"}, {"shares", Json::array()}}).size(), 1U);
  EXPECT_EQ(problems_of<AdmissionPolicy>({{"policy", "priority-shedding"}, {"shares", {0.5, 0.8}}}).size(), 1U);
}

}  // namespace
}  // namespace headroom
