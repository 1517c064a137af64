// Bytes by where they go, users of several regions and routes, as arithmetic by hand.
#include <gtest/gtest.h>

#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-9;
constexpr double gigabyte = 1e9;

Duration time_of(double seconds) { return to_duration(seconds); }

void add_region(Blueprint& blueprint, const std::string& name, const std::vector<double>& round_trips) {
  NetworkBlueprint& network = blueprint.network;
  network.regions.push_back(name);
  for (std::size_t i = 0; i < round_trips.size(); ++i) network.round_trip[i].push_back(time_of(round_trips[i]));
  network.round_trip.emplace_back();
  for (const double time : round_trips) network.round_trip.back().push_back(time_of(time));
  network.round_trip.back().push_back(Duration{});
}

std::vector<double> every_second(int count) {
  std::vector<double> times;
  for (int i = 0; i < count; ++i) times.push_back(i);
  return times;
}

// "api" asks "back" once; both in the same region, a request is 1 kB, an answer 10 kB.
Blueprint two_services(int requests) {
  Blueprint blueprint = one_service({}, arriving_at(every_second(requests)));
  add_service(blueprint, "back", {});
  blueprint.endpoints[0].steps = {{CallStep{.endpoint = 1}}};
  for (EndpointBlueprint& endpoint : blueprint.endpoints) {
    endpoint.request_size = Distribution::constant(1000);
    endpoint.response_size = Distribution::constant(10'000);
  }
  blueprint.network.transfer_prices = {0.01 / gigabyte, 0.02 / gigabyte, 0.09 / gigabyte};
  return blueprint;
}

double spent(const PlaneUnderTest& run, const std::string& component) {
  return run.value("last cost{component=\"" + component + "\"}");
}
double bytes(const PlaneUnderTest& run, const std::string& kind) { return run.value("count transferred{transfer=" + kind + "}"); }

// One caller in zone 0, a callee in each of three zones, taken in turn: 1 - 1/3 of the calls cross.
TEST(ExactTransfers, OfCallsInTurnToThreeZonesTwoThirdsCross) {
  Blueprint blueprint = two_services(300);
  for (ServiceBlueprint& service : blueprint.services) service.replicas = 0;
  PlaneUnderTest run{blueprint};
  run.plane().add_replica(0, 0);
  for (Index zone = 0; zone < 3; ++zone) run.plane().add_replica(1, zone);
  run.finish();
  EXPECT_NEAR(bytes(run, "cross_zone"), 200 * 11'000.0, exact);
  EXPECT_NEAR(bytes(run, "zone"), 100 * 11'000.0, exact);
  EXPECT_NEAR(bytes(run, "internet_in"), 300 * 1000.0, exact);
  EXPECT_NEAR(bytes(run, "internet_out"), 300 * 10'000.0, exact);
  EXPECT_EQ(bytes(run, "cross_region"), 0.0);
  EXPECT_NEAR(spent(run, "transfer (cross-zone)"), 200 * 11'000 * 0.01 / gigabyte, 1e-15);
  EXPECT_NEAR(spent(run, "transfer (internet)"), 300 * 10'000 * 0.09 / gigabyte, 1e-15);
}

TEST(ExactTransfers, ReplicasWithoutNodesAreInNoZone) {
  PlaneUnderTest run{two_services(10)};
  run.finish();
  EXPECT_EQ(bytes(run, "cross_zone"), 0.0);
  EXPECT_NEAR(bytes(run, "zone"), 10 * 11'000.0, exact);
}

// What is refused has come all the way, and has no answer worth counting.
TEST(ExactTransfers, ARefusedRequestHasNoAnswer) {
  Blueprint blueprint = two_services(2);
  add_region(blueprint, "far", {0.1});
  blueprint.services[1].region = 1;
  blueprint.services[1].backlog = 0;
  blueprint.endpoints[1].steps = {{WaitStep{seconds(1.5)}}};
  blueprint.services[0].concurrency = 2;
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_NEAR(bytes(run, "cross_region"), 2 * 1000.0 + 10'000, exact);
  EXPECT_NEAR(bytes(run, "internet_out"), 10'000.0, exact);
}

TEST(ExactTransfers, SizesOfOneEndpointLeaveTheOthersAlone) {
  Blueprint blueprint = two_services(10);
  blueprint.endpoints[0].request_size = blueprint.endpoints[0].response_size = {};
  PlaneUnderTest run{blueprint};
  run.finish();
  EXPECT_EQ(bytes(run, "internet_in") + bytes(run, "internet_out"), 0.0);
  EXPECT_NEAR(bytes(run, "zone"), 10 * 11'000.0, exact);
}

}  // namespace
}  // namespace headroom::test
