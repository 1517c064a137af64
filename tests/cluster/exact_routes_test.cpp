// Users in several regions and routes to services in several: round trips, shares and failover by hand.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-8;

Duration time_of(double seconds) { return to_duration(seconds); }

// Regions "eu", "us" and "asia", 0.1 s, 0.3 s and 0.2 s apart; "api-eu" and "api-us" answer at once.
struct Routed {
  explicit Routed(std::vector<Arrival> arrivals) {
    blueprint = one_service({}, scripted(std::move(arrivals)));
    blueprint.network.regions = {"eu", "us", "asia"};
    blueprint.network.round_trip = {
        {{}, time_of(0.1), time_of(0.3)}, {time_of(0.1), {}, time_of(0.2)}, {time_of(0.3), time_of(0.2), {}}};
    blueprint.services[0].name = "api-eu";
    add_service(blueprint, "api-us", {});
    blueprint.services[1].region = 1;
    blueprint.routes.push_back({.name = "api.work", .endpoints = {0, 1}, .weights = {}});
    blueprint.workloads[0].journeys[0].steps = {{CallStep{.route = 0}}};
  }
  RouteBlueprint& route() { return blueprint.routes[0]; }
  WorkloadBlueprint& users() { return blueprint.workloads[0]; }
  Blueprint blueprint;
};

std::vector<Arrival> of_subjects(int count) {
  std::vector<Arrival> arrivals;
  for (int i = 0; i < count; ++i) arrivals.push_back({.at = at_seconds(0.01 * i), .subject = static_cast<std::uint64_t>(i)});
  return arrivals;
}
std::vector<Arrival> at_times(const std::vector<double>& times) {
  std::vector<Arrival> arrivals;
  for (const double at : times) arrivals.push_back({.at = at_seconds(at)});
  return arrivals;
}

double asked(const PlaneUnderTest& run, const std::string& service) {
  return run.value("count requests{service=" + service + "}");
}

TEST(ExactRoutes, TheNearestServiceIsThatOfTheShortestRoundTrip) {
  for (const auto& [home, service, round_trip] : {std::tuple{0U, "api-eu", 0.0}, {1U, "api-us", 0.0}, {2U, "api-us", 0.2}}) {
    Routed system{of_subjects(10)};
    system.users().region = home;
    PlaneUnderTest run{system.blueprint};
    run.finish();
    EXPECT_EQ(asked(run, service), 10);
    EXPECT_NEAR(run.value("avg latency{workload=users}"), round_trip, exact);
  }
}

// Users in eu and in us ask the service in eu, which answers at once: 0 s and the round trip of 0.1 s. Together 3 and 2 of them.
TEST(ExactRoutes, UsersAreCountedByTheRegionTheyAreIn) {
  Routed system{at_times({1, 2, 3})};
  system.users().journeys[0].steps = {{CallStep{.endpoint = 0}}};
  WorkloadBlueprint far = system.users();
  far.name = "far";
  far.region = 1;
  far.model = scripted(at_times({1, 4}));
  system.blueprint.workloads.push_back(far);
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_NEAR(run.value("max latency{region=eu}"), 0.0, exact);
  EXPECT_NEAR(run.value("avg latency{region=us}"), 0.0 + 0.1, exact);
  EXPECT_EQ(run.value("count requests{region=eu}"), 3);
  EXPECT_EQ(run.value("count requests{region=us}"), 2);
  EXPECT_EQ(run.value("count requests{region=asia}"), 0);
  EXPECT_EQ(run.value("rate availability{region=us}"), 1.0);
  EXPECT_EQ(run.value("count requests"), 5) << "each of them once";
  EXPECT_EQ(run.value("count latency"), 5);
}

// Each subject is counted where it is at home: the round trip of its requests says where that is.
TEST(ExactRoutes, UsersOfSeveralRegionsAreCountedAtHome) {
  Routed system{of_subjects(400)};
  system.users().journeys[0].steps = {{CallStep{.endpoint = 0}}, {CallStep{.endpoint = 0}}};
  system.users().region_shares = {0.25, 0.75, 0.0};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_NEAR(run.value("max latency{region=eu}"), 0.0, exact);
  EXPECT_NEAR(run.value("min latency{region=us}"), 0.1, 0.1 * Histogram::relative_error);
  EXPECT_NEAR(run.value("avg latency{region=us}"), 0.1, exact);
  EXPECT_EQ(run.value("count requests{region=eu}") + run.value("count requests{region=us}"), 800);
  EXPECT_NEAR(run.value("count requests{region=us}"), 600, 2 * 4 * std::sqrt(400 * 0.25 * 0.75)) << "four standard deviations";
}

// Half of the subjects in asia (0.2 s to us), a fifth in us, the rest in eu: each within four standard errors, and the same
// subject always at the same place.
TEST(ExactRoutes, SubjectsAreAtHomeInRegionsByShare) {
  constexpr int subjects = 10'000;
  std::vector<Arrival> arrivals = of_subjects(subjects);
  for (const Arrival& arrival : of_subjects(subjects)) {
    arrivals.push_back(arrival);
    arrivals.back().at += time_of(200);
  }
  Routed system{std::move(arrivals)};
  system.users().region_shares = {0.3, 0.2, 0.5};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  const double in_eu = asked(run, "api-eu") / (2 * subjects);
  EXPECT_NEAR(in_eu, 0.3, 4 * std::sqrt(0.3 * 0.7 / subjects));
  EXPECT_NEAR(run.value("avg latency{workload=users}"), 0.5 * 0.2, 4 * 0.2 * 0.5 / std::sqrt(subjects));
  // Whoever came twice asked the same service twice.
  EXPECT_EQ(std::fmod(asked(run, "api-eu"), 2.0), 0.0);
}

TEST(ExactRoutes, WeightsDealRequestsAndHomesDealSubjects) {
  constexpr int requests = 10'000;
  for (const RoutePolicy policy : {RoutePolicy::weighted, RoutePolicy::home}) {
    Routed system{of_subjects(requests)};
    system.route().policy = policy;
    system.route().weights = {3.0, 1.0};
    PlaneUnderTest run{system.blueprint};
    run.finish();
    EXPECT_NEAR(asked(run, "api-eu"), 0.75 * requests, 4 * std::sqrt(0.75 * 0.25 * requests));
  }
  // One subject only: all its requests go to one service.
  Routed system{at_times({1, 2, 3, 4, 5, 6, 7, 8, 9, 10})};
  system.route().policy = RoutePolicy::home;
  system.route().weights = {1.0, 1.0};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(std::max(asked(run, "api-eu"), asked(run, "api-us")), 10);
}

// eu is gone from 10 to 30; callers learn of both 5 s later. At 9 and 36 they ask eu; at 12 they ask it in vain; at 16 and 33 us
// answers, 0.1 s away.
TEST(ExactRoutes, CallersFailOverOncePropagated) {
  Routed system{at_times({9, 12, 16, 33, 36})};
  system.route().failover = true;
  system.route().propagation = time_of(5);
  PlaneUnderTest run{system.blueprint};
  run.advance(10);
  run.plane().remove_replica(run.replicas(0)[0]);
  run.advance(30);
  run.plane().add_replica(0);
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=unavailable}"), 1);
  EXPECT_EQ(asked(run, "api-us"), 2);
  EXPECT_EQ(asked(run, "api-eu"), 3);
  EXPECT_NEAR(run.value("avg latency{workload=users}"), (0 + 0.1 + 0.1 + 0) / 4, exact);
}

TEST(ExactRoutes, WithoutFailoverEverybodyGoesOnAskingInVain) {
  Routed system{at_times({9, 16, 20})};
  PlaneUnderTest run{system.blueprint};
  run.advance(10);
  run.plane().remove_replica(run.replicas(0)[0]);
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=unavailable}"), 2);
  EXPECT_EQ(asked(run, "api-us"), 0);
}

// Two outages within the time that news takes: callers live them one after the other, 5 s late. Gone 10-11 and 12-14, so known
// as gone 15-16 and 17-19; at 13.5 and 15.5 eu is asked in vain and us is asked.
TEST(ExactRoutes, EveryChangeIsLearntOfInItsTurn) {
  Routed system{at_times({13.5, 15.5, 16.5, 17.5, 19.5})};
  system.route().failover = true;
  system.route().propagation = time_of(5);
  PlaneUnderTest run{system.blueprint};
  ReplicaRef only = run.replicas(0)[0];
  for (const auto& [down, up] : {std::pair{10.0, 11.0}, {12.0, 14.0}}) {
    run.advance(down);
    run.plane().remove_replica(only);
    run.advance(up);
    only.replica = run.plane().add_replica(0);
  }
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=unavailable}"), 1);
  EXPECT_EQ(asked(run, "api-us"), 2);
}

// Instances come with the requests, so a serverless service is there before it has any: eu answers itself, cold for 1 s.
TEST(ExactRoutes, AServerlessServiceIsThereThoughNoInstanceIs) {
  Routed system{at_times({1, 2})};
  system.route().failover = true;
  system.blueprint.services[0].replicas = 0;
  system.blueprint.services[0].serverless =
      ServerlessBlueprint{.keep_alive = time_of(10), .cold_start = Distribution::constant(1.0)};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(asked(run, "api-eu"), 2);
  EXPECT_EQ(asked(run, "api-us"), 0);
}

// us, serverless, takes over when eu is gone: at 12 after a cold start of 1 s and 0.1 s on the way, at 14 warm.
TEST(ExactRoutes, CallersFailOverToAServerlessService) {
  Routed system{at_times({9, 12, 14})};
  system.route().failover = true;
  system.blueprint.services[1].replicas = 0;
  system.blueprint.services[1].serverless =
      ServerlessBlueprint{.keep_alive = time_of(10), .cold_start = Distribution::constant(1.0)};
  PlaneUnderTest run{system.blueprint};
  run.advance(10);
  run.plane().remove_replica(run.replicas(0)[0]);
  run.finish();
  EXPECT_EQ(asked(run, "api-us"), 2);
  EXPECT_NEAR(run.value("avg latency{workload=users}"), (0 + 1.1 + 0.1) / 3, exact);
}

// The places of a fixed fleet stay when their replicas go; a fleet of empty places is down all the same.
TEST(ExactRoutes, CallersFailOverPastAFixedFleetOfEmptyPlaces) {
  Routed system{at_times({9, 12, 33})};
  system.route().failover = true;
  system.blueprint.services[0].load_balancer = 0;
  system.blueprint.services[0].replicas = 2;
  system.blueprint.load_balancers.push_back(
      {.name = "edge", .cpu_per_request = {}, .latency = {}, .connections = {}, .health_checks = {}, .price = {}});
  system.blueprint.load_balancers[0].membership = Membership::fixed;
  PlaneUnderTest run{system.blueprint};
  run.advance(10);
  for (const ReplicaRef& replica : run.replicas(0)) run.plane().remove_replica(replica);
  run.advance(30);
  run.plane().add_replica(0);
  run.plane().add_replica(0);
  run.finish();
  EXPECT_EQ(run.value("count failures{workload=users}"), 0);
  EXPECT_EQ(asked(run, "api-us"), 1);
  EXPECT_EQ(asked(run, "api-eu"), 2);
}

TEST(ExactRoutes, AServiceRoutesItsCallsFromWhereItIs) {
  Routed system{at_times({1})};
  const Index front = add_service(system.blueprint, "front", {{CallStep{.route = 0}}});
  system.blueprint.services.back().region = 1;
  system.blueprint.workloads[0].journeys[0].steps = {{CallStep{.endpoint = front}}};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(asked(run, "api-us"), 1);
  EXPECT_NEAR(run.value("avg latency{workload=users}"), 0.1, exact);
}

}  // namespace
}  // namespace headroom::test
