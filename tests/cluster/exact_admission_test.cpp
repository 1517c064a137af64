// Replicas with an admission policy: who is let in, who is dropped, what is measured. By hand, and against formulas.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "sim/measure/statistics.hpp"
#include "tests/policies/policy_under_test.hpp"
#include "tests/support/plane_under_test.hpp"

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

std::vector<Arrival> poisson(double rate, double end, std::uint8_t priority, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  std::vector<Arrival> arrivals;
  for (double at = 0.0;;) {
    at -= std::log((static_cast<double>(random() >> 11U) + 0.5) * 0x1.0p-53) / rate;
    if (at >= end) return arrivals;
    arrivals.push_back({.at = at_seconds(at), .priority = priority});
  }
}

// The known value is in the 99.9 % interval of these runs, and that is not wider than 5 % to each side.
void expect_known(const std::vector<double>& values, double known, const char* what) {
  const Interval interval = t_interval(values, 0.999);
  EXPECT_LE(interval.low, known) << what << " up to " << interval.high;
  EXPECT_GE(interval.high, known) << what << " from " << interval.low;
  EXPECT_LT(interval.high - interval.low, 0.1 * known) << what;
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
  Blueprint blueprint = gated({{"policy", "fixed-concurrency"}, {"limit", 2}}, seconds(10), arriving_at({0.0, 0.1, 0.2, 0.3, 0.4, 6.0, 6.1}));
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
    Blueprint blueprint = gated({{"policy", "fixed-concurrency"}, {"limit", 5}}, Distribution::exponential(1.0), scripted(poisson(a, 20'000.0, 0, seed)), 2);
    PlaneUnderTest run{blueprint, seed, 20'000.0};
    run.finish();
    refused.push_back(run.value("count refused{service=api,reason=limit}") / run.value("count requests{service=api}"));
    waits.push_back(run.value("avg queue_wait{service=api}"));
  }
  expect_known(refused, blocked, "refused");
  expect_known(waits, line / (a * (1.0 - blocked)), "wait");
}

}  // namespace
}  // namespace headroom::test
