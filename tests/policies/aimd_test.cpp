#include "sim/seams/admission_policy.hpp"
#include "tests/policies/policy_under_test.hpp"

namespace headroom {
namespace {

constexpr Duration millisecond = std::chrono::milliseconds{1};

std::unique_ptr<AdmissionPolicy> from_ten() {
  return policy<AdmissionPolicy>({{"policy", "aimd"}, {"initial", 10}, {"minimum", 1}, {"maximum", 200}});
}

// AIMDLimitTest of the source: 10 at first; 11 after a success that used it; 9 after a drop.
TEST(Aimd, DoesWhatTheTestsOfItsSourceAskFor) {
  EXPECT_EQ(from_ten()->limit(), 10.0);
  const auto grows = from_ten();
  grows->answered({.round_trip = millisecond, .in_flight = 10, .dropped = false});
  EXPECT_EQ(grows->limit(), 11.0);
  const auto shrinks = from_ten();
  shrinks->answered({.round_trip = millisecond, .in_flight = 10, .dropped = true});
  EXPECT_EQ(shrinks->limit(), 9.0);
}

// 2 × 5 >= 10 is used, 2 × 4 is not; of 11 half is 5.5, and 2 × 5 is less.
TEST(Aimd, GrowsOnlyWhereHalfOfItIsUsed) {
  const auto policy = from_ten();
  policy->answered({.round_trip = millisecond, .in_flight = 4});
  EXPECT_EQ(policy->limit(), 10.0);
  policy->answered({.round_trip = millisecond, .in_flight = 5});
  EXPECT_EQ(policy->limit(), 11.0);
  policy->answered({.round_trip = millisecond, .in_flight = 5});
  EXPECT_EQ(policy->limit(), 11.0);
}

// 5 s itself is in time.
TEST(Aimd, TakesALateAnswerForADrop) {
  const auto policy = from_ten();
  policy->answered({.round_trip = std::chrono::seconds{5}, .in_flight = 10});
  EXPECT_EQ(policy->limit(), 11.0);
  policy->answered({.round_trip = std::chrono::seconds{5} + Duration{1}, .in_flight = 10});
  EXPECT_EQ(policy->limit(), 9.0);  // floor(11 × 0.9)
}

// 9, 8 (8.1), and no further; up again by one each, to 10.
TEST(Aimd, StaysWithinItsBounds) {
  const auto policy = headroom::policy<AdmissionPolicy>({{"policy", "aimd"}, {"initial", 10}, {"minimum", 8}, {"maximum", 10}});
  std::vector<double> limits;
  for (const bool dropped : {true, true, true, false, false, false}) {
    policy->answered({.round_trip = millisecond, .in_flight = 10, .dropped = dropped});
    limits.push_back(*policy->limit());
  }
  EXPECT_EQ(limits, (std::vector<double>{9, 8, 8, 9, 10, 10}));
  EXPECT_TRUE(policy->admits({.in_flight = 9}, 0));
  EXPECT_FALSE(policy->admits({.in_flight = 10}, 0));
}

TEST(Aimd, BeginsWhereItsSourceDoes) {
  const auto policy = headroom::policy<AdmissionPolicy>({{"policy", "aimd"}});
  EXPECT_EQ(policy->limit(), 20.0);
  EXPECT_EQ(policy->most(), 200.0);
  for (int i = 0; i < 10; ++i) policy->answered({.round_trip = millisecond, .in_flight = 20, .dropped = true});
  EXPECT_EQ(policy->limit(), 20.0);
}

TEST(Aimd, SaysWhatIsWrongWithItsBounds) {
  EXPECT_TRUE(problems_of<AdmissionPolicy>({{"policy", "aimd"}}).empty());
  EXPECT_EQ(problems_of<AdmissionPolicy>({{"policy", "aimd"}, {"minimum", 300}}).at(0).first, "minimum");
  EXPECT_EQ(problems_of<AdmissionPolicy>({{"policy", "aimd"}, {"initial", 5}}).at(0).first, "initial");
}

}  // namespace
}  // namespace headroom
