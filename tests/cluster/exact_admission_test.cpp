// Replicas with an admission policy: who is let in, who is dropped, what is measured. By hand, and against formulas.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/policies/policy_under_test.hpp"
#include "tests/support/plane_under_test.hpp"
#include "tests/support/poisson_arrivals.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-8;

Blueprint gated(const Json& policy, Distribution work, PolicyChoice arrivals, int slots = 1) {
  Blueprint blueprint = one_service({{WaitStep{std::move(work)}}}, std::move(arrivals));
  blueprint.services[0].concurrency = slots;
  blueprint.services[0].cpu = slots;
  blueprint.services[0].admission = chosen_policy<AdmissionPolicy>(policy);
  return blueprint;
}

// One slot, work of 1 s, two in flight. The first is served from 0 to 1 s, the second (0.1 s) from 1 to 2 s; the third (0.2 s)
// finds both and is refused. At 1.5 s only the second is there: the fourth waits for it and is served from 2 to 3 s; the fifth
// (1.6 s) is refused. Latencies 1, 1.9 and 1.5 s.
TEST(ExactAdmission, AFixedLimitCountsWhoWaitsAndRefusesTheNext) {
  PlaneUnderTest run{gated({{"policy", "fixed-concurrency"}, {"limit", 2}}, seconds(1), arriving_at({0.0, 0.1, 0.2, 1.5, 1.6}))};
  run.finish();
  EXPECT_NEAR(run.value("max latency"), 1.9, 0.02);
  EXPECT_NEAR(run.value("avg latency"), (1.0 + 1.9 + 1.5) / 3.0, exact);
  EXPECT_DOUBLE_EQ(run.value("count refused{service=api,reason=limit}"), 2.0);
  EXPECT_DOUBLE_EQ(run.value("count refused{service=api,reason=line}"), 0.0);
  EXPECT_DOUBLE_EQ(run.value("count failures{workload=users,reason=rejected}"), 2.0);
  EXPECT_DOUBLE_EQ(run.value("avg admission_limit{service=api}"), 2.0);
  EXPECT_EQ(run.ledger("requests").entered, 5U);
}

// Without a number the limit is the concurrency: nobody ever waits.
TEST(ExactAdmission, WithoutANumberTheLimitIsTheSlots) {
  PlaneUnderTest run{gated({{"policy", "fixed-concurrency"}}, seconds(1), arriving_at({0.0, 0.1, 0.2, 1.05}), 2)};
  run.finish();
  EXPECT_DOUBLE_EQ(run.value("count refused{service=api,reason=limit}"), 1.0);
  EXPECT_NEAR(run.value("max queue_wait{service=api}"), 0.0, exact);
}

// A backlog of 1 in front of a limit of 3: the third in flight finds the line full, and no policy is asked.
TEST(ExactAdmission, AFullLineIsRefusedBeforeThePolicyIsAsked) {
  Blueprint blueprint = gated({{"policy", "fixed-concurrency"}, {"limit", 3}}, seconds(1), arriving_at({0.0, 0.1, 0.2}));
  blueprint.services[0].backlog = 1;
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_DOUBLE_EQ(run.value("count refused{service=api,reason=line}"), 1.0);
  EXPECT_DOUBLE_EQ(run.value("count refused{service=api,reason=limit}"), 0.0);
}

// The wait limit of the service holds as ever: who has waited 0.5 s goes, and makes room for who comes at 0.7 s.
TEST(ExactAdmission, WhoWaitedTooLongIsOutOfFlight) {
  Blueprint blueprint = gated({{"policy", "fixed-concurrency"}, {"limit", 2}}, seconds(1), arriving_at({0.0, 0.1, 0.7}));
  blueprint.services[0].wait_limit = seconds(0.5);
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_DOUBLE_EQ(run.value("count refused{service=api,reason=waited}"), 1.0);
  EXPECT_DOUBLE_EQ(run.value("count refused{service=api,reason=limit}"), 0.0);
  EXPECT_DOUBLE_EQ(run.value("count failures{workload=users,reason=wait_limit}"), 1.0);
  EXPECT_NEAR(run.value("avg latency"), (1.0 + 1.3) / 2.0, exact);
}

// Who answers early is in flight no more, though it still has its slot: of three that answer at once all are let in.
TEST(ExactAdmission, WhoHasAnsweredIsNotInFlight) {
  Blueprint blueprint = gated({{"policy", "fixed-concurrency"}, {"limit", 1}}, seconds(1), arriving_at({0.0, 0.1, 0.2}), 3);
  blueprint.endpoints[0].steps = {{RespondStep{}}, {WaitStep{seconds(1)}}};
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_DOUBLE_EQ(run.value("count refused{service=api,reason=limit}"), 0.0);
}

// The limits of two replicas are shown together; what dies with one of them leaves no trace in the other's gate.
TEST(ExactAdmission, AReplicaThatGoesTakesItsLimitAlong) {
  Blueprint blueprint =
      gated({{"policy", "fixed-concurrency"}, {"limit", 2}}, seconds(10), arriving_at({0.0, 0.1, 0.2, 0.3, 0.4, 6.0, 6.1}));
  blueprint.services[0].replicas = 2;
  PlaneUnderTest run{blueprint, 1, 100.0};
  run.advance(5.0);
  run.plane().remove_replica(run.replicas(0)[0]);
  run.finish();
  // 4 for 5 s, 2 for 95 s. Of seven requests the fifth finds both replicas full; the last two come to the one that is left, which
  // has two until 10.1 s.
  EXPECT_NEAR(run.value("avg admission_limit{service=api}"), (4.0 * 5.0 + 2.0 * 95.0) / 100.0, exact);
  EXPECT_DOUBLE_EQ(run.value("count refused{service=api,reason=limit}"), 3.0);
  EXPECT_DOUBLE_EQ(run.value("count failures{workload=users,reason=lost}"), 2.0);
}

// M/M/c/K: c = 2 slots, K = 5 in flight, rate 2.4/s, work of 1 s. p(n) is a^n / n! up to c, and a^n / (c! c^(n-c)) from there;
// refused is p(K), and by Little's law the mean wait is the mean line over the rate let in.
TEST(ExactAdmission, AFixedLimitIsTheMMcKQueue) {
  constexpr double a = 2.4;
  const std::vector<double> weight{1.0, a, a * a / 2, a * a * a / 4, a * a * a * a / 8, a * a * a * a * a / 16};
  double sum = 0.0;
  for (const double w : weight) sum += w;
  const double blocked = weight[5] / sum;
  const double line = (weight[3] + 2 * weight[4] + 3 * weight[5]) / sum;
  std::vector<double> refused, waits;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    Blueprint blueprint = gated({{"policy", "fixed-concurrency"}, {"limit", 5}}, Distribution::exponential(1.0),
                                scripted(poisson(a, 20'000.0, 0, seed)), 2);
    PlaneUnderTest run{blueprint, seed, 20'000.0};
    run.finish();
    refused.push_back(run.value("count refused{service=api,reason=limit}") / run.value("count requests{service=api}"));
    waits.push_back(run.value("avg queue_wait{service=api}"));
  }
  expect_known(refused, blocked, "refused");
  expect_known(waits, line / (a * (1.0 - blocked)), "wait");
}

// Ten in flight at first. Of two in one slot the second waits 0.5 s and fails at 0.6 s: a drop, and floor(10 × 0.9) = 9 from then
// on. The first is answered after 1 s and was alone when it came: 2 × 1 < 9, and the limit stays.
TEST(ExactAdmission, AimdLearnsOfWhoWasNotServedInTime) {
  Blueprint blueprint = gated({{"policy", "aimd"}, {"initial", 10}, {"minimum", 1}}, seconds(1), arriving_at({0.0, 0.1}));
  blueprint.services[0].wait_limit = seconds(0.5);
  PlaneUnderTest run{blueprint, 1, 10.0};
  run.finish();
  EXPECT_NEAR(run.value("avg admission_limit{service=api}"), (10.0 * 0.6 + 9.0 * 9.4) / 10.0, exact);
}

// Work of 1 s in 40 slots, 40 at once every 2 s: each answer takes 1 s, the gradient stays 1, and of each round those count that
// came with half of the limit in flight or more. The limit grows by 0.2 × 4 for each of them. In the first round 20 are let in
// and those from the tenth to the twentieth count, as long as half of the growing limit is below their number: the 10th finds 20
// / 2, the 11th 20.8 / 2, the 12th 21.6 / 2, … all: 11 × 0.8 = 8.8, and 28 are let in next.
TEST(ExactAdmission, GradientGrowsByItsOwnRoundTrips) {
  std::vector<double> times;
  for (int i = 0; i < 80; ++i) times.push_back(i < 40 ? 0.0 : 2.0);
  PlaneUnderTest run{gated({{"policy", "gradient"}}, seconds(1), arriving_at(times), 40), 1, 10.0};
  run.finish();
  EXPECT_DOUBLE_EQ(run.value("count refused{service=api,reason=limit}"), 20.0 + 12.0);
}

// One slot, work of 1 s, target 1 s, interval 2 s; twelve come every 0.1 s from 0 on. Those whose turn comes at 0 and 1 s have
// waited less than the target. From 2 s on all have waited longer: at 4 s that has been so for the interval, so the fifth is
// dropped and the sixth served, and the next is due at 4 + 2 / sqrt(1) = 6 s: the eighth is dropped, the ninth served; then at 6
// + 2 / sqrt(2) = 7.41 s. At 8 s one waits behind the eleventh, which is no line that stands. Served: 1, 2, 3, 4, 6, 7, 9, 10,
// 11, 12, the last from 9 to 10 s.
TEST(ExactAdmission, CodelDropsByItsLawWhenTheTurnComes) {
  std::vector<double> times;
  for (int i = 0; i < 12; ++i) times.push_back(0.1 * i);
  PlaneUnderTest run{gated({{"policy", "codel"}, {"target", "1 s"}, {"interval", "2 s"}}, seconds(1), arriving_at(times))};
  run.finish();
  EXPECT_DOUBLE_EQ(run.value("count refused{service=api,reason=dropped}"), 2.0);
  EXPECT_DOUBLE_EQ(run.value("count failures{workload=users,reason=rejected}"), 2.0);
  // Answered at 1, 2, … 10 s; came at 0, 0.1, 0.2, 0.3, 0.5, 0.6, 0.8, 0.9, 1.0, 1.1 s.
  EXPECT_NEAR(run.value("avg latency"), (55.0 - 5.5) / 10.0, exact);
}

// One slot, work of 1 s, target 1 s, interval 2 s. The second (0.1 s) finds the line empty. Those at 0.6 s (until 2.6
// s), 1.1, 1.6 and 2.1 s may wait 2 s. At 2.6 s the line has not been empty for more than that: the seventh may wait 1 s, and at
// 3 s it is next, being the last. The fourth goes at 3.1 s and the fifth at 3.6 s; at 4 s the sixth is left. Served: 0 to 1, 0.1
// to 2, 0.6 to 3, 2.6 to 4, 2.1 to 5 s.
TEST(ExactAdmission, AdaptiveLifoServesWhoCameLastAndCutsTheOthersShort) {
  PlaneUnderTest run{gated({{"policy", "adaptive-lifo"}, {"target", "1 s"}, {"interval", "2 s"}}, seconds(1),
                           arriving_at({0.0, 0.1, 0.6, 1.1, 1.6, 2.1, 2.6}))};
  run.finish();
  EXPECT_DOUBLE_EQ(run.value("count refused{service=api,reason=waited}"), 2.0);
  EXPECT_NEAR(run.value("avg latency"), (1.0 + 1.9 + 2.4 + 1.4 + 2.9) / 5.0, exact);
}

// Five slots without a line; of two priorities, each with 2 requests/s of 1 s, the second is let in while fewer than 0.6 × 5 = 3
// are there. A birth-death process: births 4 up to state 3 and 2 from there, deaths n. The first is refused in state 5, the
// second from 3 on.
TEST(ExactAdmission, PrioritySheddingIsTrunkReservation) {
  const std::vector<double> weight{1.0, 4.0, 8.0, 32.0 / 3, 16.0 / 3, 32.0 / 15};
  double sum = 0.0;
  for (const double w : weight) sum += w;
  std::vector<double> urgent, other;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    constexpr double end = 10'000.0;
    Blueprint blueprint = gated({{"policy", "priority-shedding"}, {"shares", {1.0, 0.6}}}, Distribution::exponential(1.0),
                                scripted(poisson(2.0, end, 0, 2 * seed)), 5);
    blueprint.workloads.push_back(blueprint.workloads[0]);
    blueprint.workloads[1].name = "others";
    blueprint.workloads[1].model = scripted(poisson(2.0, end, 1, 2 * seed + 1));
    PlaneUnderTest run{blueprint, seed, end};
    run.finish();
    urgent.push_back(run.value("rate errors{workload=users}"));
    other.push_back(run.value("rate errors{workload=others}"));
  }
  expect_known(urgent, weight[5] / sum, "urgent");
  expect_known(other, (weight[3] + weight[4] + weight[5]) / sum, "others");
}

}  // namespace
}  // namespace headroom::test
