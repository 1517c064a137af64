// Databases that reshard in whole runs: how long the copy takes over the links of the nodes, against bytes by bandwidth.
#include <gtest/gtest.h>

#include <numeric>
#include <string>

#include "sim/cluster/resharding.hpp"
#include "sim/cluster/simulation.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

// A database of 60 GB that nobody asks, with links of 1 GB/s; from 10 s on it gets another number of shards.
Blueprint resharded(const char* policy, int from, int to) {
  Blueprint blueprint = one_service({{QueryStep{.database = 0}}}, arriving_at({}));
  DatabaseBlueprint store;
  store.name = "store";
  store.sharding = choice_of<ShardPolicy>(policy);
  store.shards = from;
  store.data = Bytes{60'000'000'000};
  store.price = DollarsPerSecond{1.0};
  store.resharding = ReshardingBlueprint{.at = to_duration(10), .shards = to, .bandwidth = {1e9}};
  blueprint.databases.push_back(store);
  blueprint.duration = to_duration(200);
  return blueprint;
}

struct Simulated {
  explicit Simulated(const Blueprint& blueprint)
      : result{simulate(blueprint, RunIdentity{.variant = "", .seed = 1, .replication = 0})} {}
  double sum(const std::string& metric) const {
    for (const Series& series : result.series) {
      if (series.metric == metric && !series.labels.empty() && series.labels[0].value == "store")
        return std::accumulate(series.columns[metric == "resharding_time" ? 1 : 0].begin(),
                               series.columns[metric == "resharding_time" ? 1 : 0].end(), 0.0);
    }
    ADD_FAILURE() << "no " << metric;
    return 0.0;
  }
  RunResult result;
};

double bytes_moved(const Blueprint& blueprint) { return plan_resharding(blueprint.databases[0]).moved * 60e9; }

// Half of 60 GB over one link: 30 s, and 10.0 + 30.0 is when the other shard has them.
TEST(ShardCopies, OneMoveTakesItsBytesByTheBandwidth) {
  const Blueprint blueprint = resharded("modulo", 1, 2);
  const Simulated run{blueprint};
  EXPECT_NEAR(run.sum("resharding_time"), bytes_moved(blueprint) / 1e9, 1e-4);
  EXPECT_NEAR(run.sum("resharding_time"), 30.0, 0.5);
  ASSERT_EQ(run.result.notes.size(), 2U);
  EXPECT_EQ(run.result.notes[0].at_seconds, 10.0);
  EXPECT_EQ(run.result.notes[0].subject, "databases/store");
  EXPECT_NEAR(run.result.notes[1].at_seconds, 40.0, 0.5);
}

// Four streams of 60 GB × 4/20 to the new shard alone, at a quarter of its link each, if its moves were of equal size; whatever
// they are, the link is busy until the last: their bytes together by its bandwidth.
TEST(ShardCopies, MovesToOneShardShareItsLink) {
  const Blueprint blueprint = resharded("consistent-hash", 4, 5);
  const Simulated run{blueprint};
  EXPECT_NEAR(run.sum("resharding_time"), bytes_moved(blueprint) / 1e9, 1e-4);
}

// From 0 to 1 and 2, from 1 to 0 and 2, 10 GB each. Shards 0 and 1 send two at a time and shard 2 gets two: every stream has half
// of a link, 20 s. A link carries both directions at full rate.
TEST(ShardCopies, MovesFromOneShardShareItsLinkAndDirectionsDoNot) {
  const Blueprint blueprint = resharded("modulo", 2, 3);
  const Simulated run{blueprint};
  EXPECT_NEAR(run.sum("resharding_time"), 20.0, 0.4);
  EXPECT_GE(run.sum("resharding_time"), to_seconds(plan_resharding(blueprint.databases[0]).least_time({1e9})) - 1e-4);
}

// One node until 10 s and two until 200 s; two until the 30 s of copying are over and one from then on.
TEST(ShardCopies, ShardsArePaidForWhileTheyAreThere) {
  EXPECT_NEAR(Simulated{resharded("modulo", 1, 2)}.sum("cost"), 10 + 2 * 190, 1e-6);
}
TEST(ShardCopies, ShardsThatAreNoMoreAreNotPaidFor) {
  const Blueprint blueprint = resharded("modulo", 2, 1);
  EXPECT_NEAR(Simulated{blueprint}.sum("cost"), 200 + 10 + bytes_moved(blueprint) / 1e9, 1e-3);
}

// Its primary fails at 20; 4 s later that is noticed, and 6 s after that a replica leads: the copy stands still for 10 s.
TEST(ShardCopies, StandStillWhileAShardHasNoPrimary) {
  Blueprint blueprint = resharded("modulo", 1, 2);
  blueprint.databases[0].replicas = 2;
  blueprint.databases[0].failover = FailoverBlueprint{.detection = to_duration(4), .promotion = to_duration(6), .recovery = {}};
  blueprint.faults.push_back({to_duration(20), FailPrimary{.database = 0, .shard = 0}});
  EXPECT_NEAR(Simulated{blueprint}.sum("resharding_time"), bytes_moved(blueprint) / 1e9 + 10, 1e-3);
}

// The node that fails at 5 is back at 15: nothing is copied before.
TEST(ShardCopies, BeginOnceThereIsAPrimary) {
  Blueprint blueprint = resharded("modulo", 1, 2);
  blueprint.databases[0].repair = to_duration(10);
  blueprint.faults.push_back({to_duration(5), FailPrimary{.database = 0, .shard = 0}});
  EXPECT_NEAR(Simulated{blueprint}.sum("resharding_time"), bytes_moved(blueprint) / 1e9 + 5, 1e-3);
}

}  // namespace
}  // namespace headroom::test
