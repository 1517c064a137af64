// Balancers that look further, and databases whose hot keys are split, in the plane: arrivals and picks by hand.
#include <gtest/gtest.h>

#include "policies/sharding/hash_maps.hpp"
#include "tests/policies/policy_under_test.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-8;

Blueprint replicated(Steps steps, std::vector<Arrival> arrivals, int replicas, const Json& balancer) {
  Blueprint blueprint = one_service(std::move(steps), scripted(std::move(arrivals)));
  blueprint.services[0].replicas = replicas;
  blueprint.services[0].concurrency = 100;
  blueprint.services[0].cpu = 100;
  blueprint.services[0].balancer = chosen_policy<Balancer>(balancer);
  return blueprint;
}

std::vector<unsigned> in_flight(PlaneUnderTest& run) {
  std::vector<unsigned> all;
  for (const ReplicaRef& replica : run.replicas(0)) all.push_back(run.plane().sample(replica).in_flight);
  return all;
}

// Thirty requests of five users: who has one request on a replica has all six there, and it is the replica of the ring.
TEST(ExactAttentive, AUserComesToTheReplicaOfTheRing) {
  std::vector<Arrival> arrivals;
  for (std::uint64_t i = 0; i < 30; ++i) arrivals.push_back({.at = at_seconds(0.1 * static_cast<double>(i)), .subject = i % 5});
  PlaneUnderTest run{replicated({{ComputeStep{seconds(50)}}}, arrivals, 3, {{"policy", "ring-hash"}, {"minimum_ring_size", 30}})};
  run.advance(4.0);
  std::vector<std::string> names;
  for (const ReplicaRef& replica : run.replicas(0)) names.push_back(std::to_string(replica.replica));
  const auto ring = hashing::envoy_ring(names, std::vector<int>(3, 10));
  std::vector<unsigned> expected(3, 0);
  for (std::uint64_t user = 0; user < 5; ++user)
    expected[ring[hashing::next_point(ring, hashing::xxhash64(std::to_string(user)))].owner] += 6;
  EXPECT_EQ(in_flight(run), expected);
  run.finish();
  EXPECT_DOUBLE_EQ(run.value("rate errors"), 0.0);
}

// Within the second that the numbers are old all of ten requests go where the first went; with fresh ones five go each way.
TEST(ExactAttentive, OldSignalsMakeAHerd) {
  std::vector<Arrival> arrivals;
  for (std::uint64_t i = 0; i < 11; ++i)
    arrivals.push_back({.at = at_seconds(i == 0 ? 0.0 : 1.0 + 0.05 * static_cast<double>(i)), .subject = i});
  const auto loads = [&](const Json& balancer) {
    PlaneUnderTest run{replicated({{ComputeStep{seconds(50)}}}, arrivals, 2, balancer)};
    run.advance(2.0);
    return in_flight(run);
  };
  EXPECT_EQ(loads({{"policy", "least-connections"}}), (std::vector<unsigned>{6, 5}));
  // The first goes to replica 0; from 1.05 s on the board says 1, 0.
  EXPECT_EQ(loads({{"policy", "least-connections"}, {"signal_age", "1 s"}}), (std::vector<unsigned>{1, 10}));
}

// Two replicas, one slot each, and a step of 1 s. At 0 both get one (the second has no history and nothing in flight: its load is
// zero). The answers at 1 s are alike; what follows at 2 s and 2.5 s finds one busy: load 1 s × 2 against 1 s × 1.
TEST(ExactAttentive, ResponseTimesComeBackToTheBalancer) {
  std::vector<Arrival> arrivals;
  for (const double at : {0.0, 0.0, 2.0, 2.5}) arrivals.push_back({.at = at_seconds(at), .subject = arrivals.size()});
  Blueprint blueprint = replicated({{ComputeStep{seconds(1)}}}, arrivals, 2, {{"policy", "least-response-time"}});
  blueprint.services[0].concurrency = 1;
  blueprint.services[0].cpu = 1;
  PlaneUnderTest run{blueprint};
  run.advance(0.5);
  EXPECT_EQ(in_flight(run), (std::vector<unsigned>{1, 1}));
  run.advance(2.75);
  EXPECT_EQ(in_flight(run), (std::vector<unsigned>{1, 1}));
  run.finish();
  EXPECT_NEAR(run.value("max latency"), 1.0, 0.02);
}

Blueprint hot_key(const Json& sharding, bool write) {
  std::vector<double> times;
  for (int i = 0; i < 400; ++i) times.push_back(0.0);
  Blueprint blueprint = one_service({}, arriving_at(times));
  blueprint.services[0].concurrency = 1000;
  blueprint.keys.push_back({.name = "celebrity", .items = 1});
  DatabaseBlueprint database;
  database.name = "store";
  database.sharding = chosen_policy<ShardPolicy>(sharding);
  database.shards = 4;
  database.pool = 1;
  database.read_wait = database.write_wait = seconds(1);
  blueprint.databases.push_back(database);
  blueprint.endpoints[0].steps = {{QueryStep{0, write, 0}}};
  return blueprint;
}

// 400 queries of 1 s for one key. On one shard they take 400 s, 200.5 s on average. A read that goes to any of four shards waits
// for about 100 others: the mean is 50.5 s, and with Binomial(400, 1/4) counts a little more (sum of n_i² = 400² / 4 + 400 ×
// 3/4).
TEST(ExactAttentive, ReadsOfASplitKeySpreadAndItsWritesDoNot) {
  const Json split = {{"policy", "directory"}, {"loads", {1.0}}};
  const auto mean = [](const Json& sharding, bool write) {
    PlaneUnderTest run{hot_key(sharding, write), 3};
    run.finish();
    return run.value("avg latency");
  };
  EXPECT_NEAR(mean({{"policy", "modulo"}}, false), 200.5, exact);
  EXPECT_NEAR(mean(split, true), 200.5, exact);
  EXPECT_NEAR(mean(split, false), 0.5 * ((400.0 * 400.0 / 4.0 + 300.0) / 400.0 + 1.0), 1.5);
}

}  // namespace
}  // namespace headroom::test
