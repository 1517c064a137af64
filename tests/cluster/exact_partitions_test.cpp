// Tables in partitions by time: which shard is asked, seen by whom the failure of shard 0 concerns.
#include <gtest/gtest.h>

#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

// Partitions of 10 s on three shards in turn. The queries come at 5, 15, 25 and 35 s, in the partitions 0, 1, 2 and 3.
struct Partitioned {
  explicit Partitioned(QueryStep query, const std::vector<double>& arrivals = {5, 15, 25, 35}) {
    blueprint = one_service({{std::move(query)}}, arriving_at(arrivals));
    blueprint.services[0].concurrency = 100;
    blueprint.keys.push_back({.name = "row", .items = 1000, .per = KeyPer::task});
    DatabaseBlueprint store;
    store.name = "store";
    store.sharding = choice_of<ShardPolicy>("modulo");
    store.shards = 3;
    store.pool = 1;
    store.read_wait = store.write_wait = seconds(1);
    store.partition_period = to_duration(10);
    blueprint.databases.push_back(store);
  }
  double failures_without_shard(Index shard) {
    Blueprint failing = blueprint;
    failing.faults.push_back({to_duration(1), FailPrimary{.database = 0, .shard = shard}});
    PlaneUnderTest run{failing};
    run.finish();
    return run.value("count failures{reason=unavailable}");
  }

  Blueprint blueprint;
};

QueryStep reading_of(double age) { return {.database = 0, .key = 0, .age = seconds(age)}; }

TEST(ExactPartitions, WritesGoToTheNewestOneOnOneShardAtATime) {
  Partitioned system{{.database = 0, .write = true, .key = 0}};
  EXPECT_EQ(system.failures_without_shard(0), 2) << "partitions 0 and 3";
  EXPECT_EQ(system.failures_without_shard(1), 1);
  EXPECT_EQ(system.failures_without_shard(2), 1);
}

// Whatever their keys, writes of one moment share a shard with one connection: they take 1, 2 and 3 s.
TEST(ExactPartitions, WritesOfOneMomentMeetOnOneShard) {
  PlaneUnderTest run{Partitioned{{.database = 0, .write = true, .key = 0}, {5, 5, 5}}.blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg latency{database=store}"), 2.0, 1e-8);
}

// 10 s ago: partitions -1, 0, 1, 2, of which -1 lies on shard 2.
TEST(ExactPartitions, ReadsGoToThePartitionOfThen) {
  Partitioned system{reading_of(10)};
  EXPECT_EQ(system.failures_without_shard(0), 1);
  EXPECT_EQ(system.failures_without_shard(1), 1);
  EXPECT_EQ(system.failures_without_shard(2), 2);
}

// 25 s ago: -20, -10, 0 and 10 s, which are the first moments of the partitions -2, -1, 0 and 1, on the shards 1, 2, 0 and 1.
TEST(ExactPartitions, APartitionBeginsWithItsFirstMoment) {
  Partitioned system{reading_of(25)};
  EXPECT_EQ(system.failures_without_shard(0), 1);
  EXPECT_EQ(system.failures_without_shard(1), 2);
  EXPECT_EQ(system.failures_without_shard(2), 1);
}

}  // namespace
}  // namespace headroom::test
