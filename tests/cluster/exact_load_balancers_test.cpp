// Load balancers on the exact plane: connections, members and health checks as timelines by hand, queueing against closed forms.
#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "sim/measure/statistics.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-7;

// "api" behind the load balancer "edge".
Blueprint fronted(Steps steps, PolicyChoice arrivals, int replicas = 1, int concurrency = 1) {
  Blueprint blueprint = one_service(std::move(steps), std::move(arrivals));
  blueprint.services[0].replicas = replicas;
  blueprint.services[0].concurrency = concurrency;
  blueprint.services[0].load_balancer = 0;
  blueprint.load_balancers.push_back(
      {.name = "edge", .cpu_per_request = {}, .latency = {}, .connections = {}, .health_checks = {}, .price = {}});
  return blueprint;
}

// One a second, in the middle of each.
std::vector<double> every_second(int count) {
  std::vector<double> times;
  for (int i = 0; i < count; ++i) times.push_back(i + 0.5);
  return times;
}

// Fixed, checked every 10 s, with one request a second of 0.1 s.
Blueprint checked(int replicas, int requests) {
  Blueprint blueprint = fronted({{ComputeStep{seconds(0.1)}}}, arriving_at(every_second(requests)), replicas);
  blueprint.load_balancers[0].membership = Membership::fixed;
  blueprint.load_balancers[0].health_checks = HealthCheckBlueprint{.interval = to_duration(10), .timeout = to_duration(2)};
  return blueprint;
}

double busy_seconds(PlaneUnderTest& run, Index replica) { return run.plane().sample({0, replica}).busy_core_seconds; }

// The first holds the only connection from 0 to 10; the second comes at 5 and is turned away, the third holds it until 20.5.
TEST(ExactLoadBalancers, AConnectionIsHeldUntilTheAnswer) {
  Blueprint blueprint = fronted({{WaitStep{seconds(10)}}}, arriving_at({0, 5, 10.5}), 1, 10);
  blueprint.load_balancers[0].connections = 1;
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_EQ(run.ledger("requests").completed, 2U);
  EXPECT_EQ(run.ledger("requests").failed.at("rejected"), 1U);
  EXPECT_NEAR(run.value("last connections_refused{load_balancer=edge}"), 1.0, exact);
  EXPECT_NEAR(run.value("avg load_balancer_connections{load_balancer=edge}"), 20.0 / 1000, exact);
}

// Two at once share its core: 1 s of each takes 2; then 0.5 s on the way and 3 s of work.
TEST(ExactLoadBalancers, ItsCoresAreSharedBeforeTheServiceIsReached) {
  Blueprint blueprint = fronted({{WaitStep{seconds(3)}}}, arriving_at({0, 0}), 1, 10);
  blueprint.load_balancers[0].cpu_per_request = seconds(1);
  blueprint.load_balancers[0].latency = seconds(0.5);
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg latency{workload=users}"), 5.5, exact);
  EXPECT_NEAR(run.value("avg load_balancer_cpu{load_balancer=edge}"), 2.0 / 1000, exact);
  EXPECT_NEAR(run.value("last forwarded{load_balancer=edge}"), 2.0, exact);
}

TEST(ExactLoadBalancers, EachInstanceHasItsOwnConnections) {
  Blueprint blueprint = fronted({{WaitStep{seconds(10)}}}, arriving_at(std::vector<double>(1000, 0.0)), 1, 1000);
  blueprint.load_balancers[0].connections = 300;
  blueprint.load_balancers[0].instances = 2;
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_EQ(run.ledger("requests").completed, 600U);
}

// Processor sharing of two cores, then a single server. Jackson: E[T] = 2 / (1 - 0.5^2) + 1 / (1 - 0.5) = 14/3 at 0.5 per second,
// with exponential demands of 2 s and 1 s.
TEST(ExactLoadBalancers, AreAStationBeforeTheService) {
  constexpr double end = 20'000;
  std::vector<double> means;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    std::mt19937_64 random{seed};
    std::vector<double> times;
    for (double at = 0.0; at < end;) {
      at -= 2.0 * std::log((static_cast<double>(random() >> 11U) + 0.5) * 0x1.0p-53);
      times.push_back(at);
    }
    Blueprint blueprint = fronted({{WaitStep{Distribution::exponential(1)}}}, arriving_at(times));
    blueprint.load_balancers[0].cpu = 2.0;
    blueprint.load_balancers[0].cpu_per_request = Distribution::exponential(2);
    PlaneUnderTest run{blueprint, seed, end};
    run.finish();
    means.push_back(run.value("avg latency{workload=users}"));
  }
  const Interval interval = t_interval(means, 0.999);
  EXPECT_TRUE(interval.low <= 14.0 / 3 && 14.0 / 3 <= interval.high) << interval.low << " to " << interval.high;
  EXPECT_LE(interval.half_width(), 0.25);
}

// One of four members dies at 12 and fails the checks at 20, 30 and 40. Until then it gets a quarter of the requests, 7 of the 28
// from 12.5 to 39.5. It is back at 65 and passes at 70 and 80; from then on it has its quarter, 5 of 20, again.
TEST(ExactLoadBalancers, ADeadMemberLosesItsShareUntilTheChecksStrikeItOff) {
  Blueprint blueprint = checked(4, 100);
  blueprint.load_balancers[0].health_checks->successes = 2;
  PlaneUnderTest run{blueprint, 1, 100};
  run.advance(12);
  run.plane().remove_replica(run.replicas(0)[0]);
  run.advance(65);
  const Index back = run.plane().add_replica(0);
  run.advance(80);
  EXPECT_NEAR(busy_seconds(run, back), 0.0, exact);
  run.finish();
  EXPECT_EQ(run.ledger("requests").failed.at("unavailable"), 7U);
  EXPECT_NEAR(run.value("last connections_failed{load_balancer=edge}"), 7.0, exact);
  EXPECT_NEAR(run.value("last failed_checks{load_balancer=edge}"), 5.0, exact);  // 20, 30, …, 60
  EXPECT_NEAR(run.value("avg members{load_balancer=edge}"), 4.0 - 40.0 / 100, exact);
  EXPECT_NEAR(busy_seconds(run, back), 0.5, exact);
}

TEST(ExactLoadBalancers, ARetryAtTheNextMemberLosesNothing) {
  Blueprint blueprint = checked(4, 100);
  blueprint.load_balancers[0].retries = 1;
  PlaneUnderTest run{blueprint, 1, 100};
  run.advance(12);
  run.plane().remove_replica(run.replicas(0)[0]);
  run.finish();
  EXPECT_EQ(run.ledger("requests").completed, 100U);
  EXPECT_NEAR(run.value("last connections_failed{load_balancer=edge}"), 7.0, exact);
}

// The first check comes at 100: three failed connections, 12 s of requests, are what strikes the member off.
TEST(ExactLoadBalancers, PassiveChecksLearnFromTheRequests) {
  Blueprint blueprint = checked(4, 90);
  blueprint.load_balancers[0].health_checks->interval = to_duration(100);
  blueprint.load_balancers[0].health_checks->passive = true;
  PlaneUnderTest run{blueprint, 1, 95};
  run.advance(12);
  run.plane().remove_replica(run.replicas(0)[0]);
  run.finish();
  EXPECT_EQ(run.ledger("requests").failed.at("unavailable"), 3U);
  EXPECT_NEAR(run.value("last failed_checks{load_balancer=edge}"), 0.0, exact);
}

// A third replica at 30: a third of the last 30 requests is its, if it is known of.
TEST(ExactLoadBalancers, AReplicaAddedLaterGetsRequestsOnlyWhereMembershipIsDynamic) {
  for (const Membership membership : {Membership::dynamic, Membership::fixed}) {
    Blueprint blueprint = fronted({{ComputeStep{seconds(0.1)}}}, arriving_at(every_second(60)), 2);
    blueprint.load_balancers[0].membership = membership;
    PlaneUnderTest run{blueprint, 1, 100};
    run.advance(30);
    const Index added = run.plane().add_replica(0);
    run.finish();
    EXPECT_NEAR(busy_seconds(run, added), membership == Membership::dynamic ? 1.0 : 0.0, exact);
  }
}

// One of two goes at 30, and nobody checks: half of the last 30 requests go where nobody is.
TEST(ExactLoadBalancers, AReplicaThatIsGoneGetsRequestsOnlyWhereMembershipIsFixed) {
  for (const Membership membership : {Membership::dynamic, Membership::fixed}) {
    Blueprint blueprint = fronted({{ComputeStep{seconds(0.1)}}}, arriving_at(every_second(60)), 2);
    blueprint.load_balancers[0].membership = membership;
    PlaneUnderTest run{blueprint, 1, 100};
    run.advance(30);
    run.plane().drain_replica(run.replicas(0)[1]);
    run.finish();
    EXPECT_EQ(run.ledger("requests").completed, membership == Membership::dynamic ? 60U : 45U);
  }
}

// Whoever fails at once has nothing in flight: who counts connections sends everybody there. Only the first request, or the one
// after it, finds both with nothing in flight.
TEST(ExactLoadBalancers, AMemberThatFailsAtOnceAttractsRequestsFromWhoCountsThem) {
  Blueprint blueprint = fronted({{WaitStep{seconds(500)}}}, arriving_at(every_second(20)), 2, 100);
  blueprint.load_balancers[0].membership = Membership::fixed;
  blueprint.services[0].balancer = choice_of<Balancer>("least-connections");
  PlaneUnderTest run{blueprint};
  run.plane().remove_replica(run.replicas(0)[1]);
  run.finish();
  EXPECT_LE(run.ledger("requests").completed, 1U);
  EXPECT_GE(run.ledger("requests").failed.at("unavailable"), 19U);
}

// Its slot is taken from 1 to 36. The checks of 10 and 20 have no answer at 12 and 22, that of 40 has one.
TEST(ExactLoadBalancers, AMemberThatDoesNotAnswerInTimeIsStruckOff) {
  Blueprint blueprint = fronted({{WaitStep{seconds(35)}}}, arriving_at({1}), 2);
  blueprint.load_balancers[0].health_checks =
      HealthCheckBlueprint{.interval = to_duration(10), .timeout = to_duration(2), .failures = 2};
  PlaneUnderTest run{blueprint, 1, 100};
  run.finish();
  EXPECT_EQ(run.ledger("requests").completed, 1U);
  EXPECT_NEAR(run.value("avg members{load_balancer=edge}"), (2 * 100 - (40 - 22)) / 100.0, exact);
  EXPECT_NEAR(run.value("last failed_checks{load_balancer=edge}"), 3.0, exact);
}

// 100 bytes there and 900 back, at a thousandth of a dollar each; what fails has no answer.
TEST(ExactLoadBalancers, BytesThatPassArePaidFor) {
  Blueprint blueprint = fronted({{WaitStep{seconds(10)}}}, arriving_at({0, 1, 2}));
  blueprint.services[0].backlog = 1;
  blueprint.endpoints[0].request_size = Distribution::constant(100);
  blueprint.endpoints[0].response_size = Distribution::constant(900);
  blueprint.load_balancers[0].price_per_byte = 1e-3;
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_EQ(run.ledger("requests").completed, 2U);
  EXPECT_NEAR(run.value("last cost{component=\"edge (bytes)\"}"), 2.1, exact);
}

}  // namespace
}  // namespace headroom::test
