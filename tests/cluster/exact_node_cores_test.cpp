// Cores of a node divided among replicas by hand, alone and under way.
#include <gtest/gtest.h>

#include "sim/cluster/node_cores.hpp"
#include "sim/cluster/simulation.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

std::vector<double> divided(double cores, const std::vector<std::pair<double, double>>& weights_and_wants) {
  std::vector<CoreShare> shares;
  for (const auto& [weight, wanted] : weights_and_wants) shares.push_back({.weight = weight, .wanted = wanted});
  divide_cores(cores, shares);
  std::vector<double> granted;
  for (const CoreShare& share : shares) granted.push_back(share.granted);
  return granted;
}

TEST(NodeCores, EverybodyGetsWhatItWantsWhenThereIsEnough) {
  EXPECT_EQ(divided(4, {{1, 3}, {3, 1}}), (std::vector<double>{3, 1}));
}
TEST(NodeCores, ThoseThatWantTooMuchShareInProportionToTheirRequests) {
  EXPECT_EQ(divided(4, {{1, 4}, {3, 4}}), (std::vector<double>{1, 3}));
}
// 8 cores to weights of 4: 2 each, and the first wants 1. The other 7 to weights of 3: 7/3 each, and the second wants 2. The last
// two share 5.
TEST(NodeCores, WhatSomeLeaveIsDividedInTheSameWay) {
  EXPECT_EQ(divided(8, {{1, 1}, {1, 2}, {1, 9}, {1, 9}}), (std::vector<double>{1, 2, 2.5, 2.5}));
}
TEST(NodeCores, WhoeverWantsNothingGetsNothing) { EXPECT_EQ(divided(4, {{3, 0}, {1, 9}}), (std::vector<double>{0, 4})); }

// A node of 4 cores: "api" requested 1 and may use 4, "other" requested 3. Each is asked four times at once, for 1 s and for 1.5
// s of a core.
Blueprint two_on_a_node() {
  Blueprint blueprint = one_service({{ComputeStep{seconds(1.0)}}}, arriving_at({0, 0, 0, 0}));
  blueprint.node_pools.push_back({.name = "nodes", .cpu = 4.0, .bandwidth = BytesPerSecond{1e9}});
  blueprint.services[0].cpu = 4.0;
  blueprint.services[0].cpu_request = 1.0;
  add_service(blueprint, "other", {{ComputeStep{seconds(1.5)}}}, 4, 3.0);
  for (ServiceBlueprint& service : blueprint.services) {
    service.concurrency = 4;
    service.node_pool = 0;
  }
  return blueprint;
}

TEST(ExactNodeCores, AReplicaMayUseWhatTheOthersOnItsNodeLeave) {
  PlaneUnderTest run{two_on_a_node()};
  for (Index service : {0U, 1U}) run.plane().run_on(run.replicas(service)[0], {0, 0});
  run.finish();
  EXPECT_NEAR(run.value("avg latency{service=api}"), 1.0, 1e-8);
}

// 1 core and 3: "other" has 0.75 of a core for each and is done after 2 s; by then "api" has had 0.25 of 2 s, and the other half
// second takes as long.
TEST(ExactNodeCores, OnAFullNodeReplicasShareInProportionToTheirRequests) {
  Blueprint blueprint = two_on_a_node();
  blueprint.workloads.push_back({"more", 0, arriving_at({0, 0, 0, 0}), {{"visit", 1.0, {{CallStep{.endpoint = 1}}}}}});
  PlaneUnderTest run{blueprint};
  for (Index service : {0U, 1U}) run.plane().run_on(run.replicas(service)[0], {0, 0});
  run.finish();
  EXPECT_NEAR(run.value("avg latency{service=other}"), 2.0, 1e-8);
  EXPECT_NEAR(run.value("avg latency{service=api}"), 2.5, 1e-8);
}

TEST(ExactNodeCores, ReplicasOnOtherNodesTakeNothing) {
  Blueprint blueprint = two_on_a_node();
  blueprint.workloads.push_back({"more", 0, arriving_at({0, 0, 0, 0}), {{"visit", 1.0, {{CallStep{.endpoint = 1}}}}}});
  PlaneUnderTest run{blueprint};
  for (Index service : {0U, 1U}) run.plane().run_on(run.replicas(service)[0], {0, service});
  run.finish();
  EXPECT_NEAR(run.value("avg latency{service=other}"), 2.0, 1e-8);  // 3 cores of its own limit for four
  EXPECT_NEAR(run.value("avg latency{service=api}"), 1.0, 1e-8);
}

// "other" dies after 1 s, when "api" has had 0.25 s; the rest takes 0.75 s.
TEST(ExactNodeCores, WhatAReplicaUsedIsTheOthersWhenItDies) {
  Blueprint blueprint = two_on_a_node();
  blueprint.workloads.push_back({"more", 0, arriving_at({0, 0, 0, 0}), {{"visit", 1.0, {{CallStep{.endpoint = 1}}}}}});
  PlaneUnderTest run{blueprint};
  for (Index service : {0U, 1U}) run.plane().run_on(run.replicas(service)[0], {0, 0});
  run.advance(1.0);
  run.plane().remove_replica(run.replicas(1)[0]);
  run.finish();
  EXPECT_NEAR(run.value("avg latency{service=api}"), 1.75, 1e-8);
}

// The same by the whole machine: both replicas find their places on the one node.
TEST(ExactNodeCores, ReplicasShareTheNodeThatTheyWerePlacedOn) {
  Blueprint blueprint = two_on_a_node();
  blueprint.workloads.push_back({"more", 0, arriving_at({0, 0, 0, 0}), {{"visit", 1.0, {{CallStep{.endpoint = 1}}}}}});
  blueprint.duration = to_duration(2.25);  // "other" is done after 2 s, "api" would be after 2.5 s
  const RunResult result = simulate(blueprint, RunIdentity{.variant = "", .seed = 1, .replication = 0});
  ASSERT_EQ(result.ledger.front().name, "requests");
  EXPECT_EQ(result.ledger.front().completed, 4U);
  EXPECT_EQ(result.ledger.front().in_flight, 4U);
}

}  // namespace
}  // namespace headroom::test
