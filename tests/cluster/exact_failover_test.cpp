// Primaries that fail at set times, as timelines by hand.
#include <gtest/gtest.h>

#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-8;

// Each arrival is one query of 3 s to a database with a connection per node; writers and readers are workloads of their own.
struct Queried {
  Queried(const std::vector<double>& writes, const std::vector<double>& reads) {
    blueprint = one_service({{QueryStep{.database = 0, .write = true}}}, arriving_at(writes));
    blueprint.services[0].concurrency = 1000;
    const Index read = add_service(blueprint, "reader", {{QueryStep{.database = 0}}}, 1000);
    blueprint.workloads.push_back({"readers", 0, arriving_at(reads), {{"visit", 1.0, {{CallStep{.endpoint = read}}}}}});
    DatabaseBlueprint store;
    store.name = "store";
    store.sharding = choice_of<ShardPolicy>("modulo");
    store.pool = 1;
    store.read_wait = store.write_wait = seconds(3);
    blueprint.databases.push_back(store);
  }
  DatabaseBlueprint& store() { return blueprint.databases[0]; }
  void fail_at(double at) { blueprint.faults.push_back({to_duration(at), FailPrimary{.database = 0}}); }

  Blueprint blueprint;
};

// The write of 1 is in work and that of 2 waits when the primary fails at 3; that of 5 is refused; at 3 + 1 + 3 = 7 the replica
// takes over, and the write of 8 is done.
TEST(ExactFailover, WritesFailUntilAReplicaIsPromoted) {
  Queried system{{1, 2, 5, 8}, {}};
  system.store().replicas = 2;
  system.store().failover = FailoverBlueprint{.detection = to_duration(1), .promotion = to_duration(3), .recovery = {}};
  system.fail_at(3);
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=lost}"), 2);
  EXPECT_EQ(run.value("count failures{reason=unavailable}"), 1);
  EXPECT_EQ(run.value("count requests{database=store}"), 4);
  EXPECT_NEAR(run.value("avg shards_down{database=store}"), 4.0 / 1000, exact);
  EXPECT_NEAR(run.value("max latency{database=store}"), 3.0, 0.02) << "to a bucket of the histogram";
}

// Before the failure the reads of 0 and 0.5 go to one node each; after it those of 4 and 4.5 both go to the one that is left and
// take 3 and 5.5 s.
TEST(ExactFailover, TheOtherNodesGoOnServingReads) {
  Queried system{{}, {0, 0.5, 4, 4.5}};
  system.store().replicas = 2;
  system.store().failover = FailoverBlueprint{.detection = to_duration(10), .promotion = to_duration(20), .recovery = {}};
  system.fail_at(3.8);
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count errors{database=store}"), 0);
  EXPECT_NEAR(run.value("avg latency{workload=readers}"), (3 + 3 + 3 + 5.5) / 4, exact);
}

// Who insists on the primary is refused from 3.8 until 3.8 + 10 + 20, like a write.
TEST(ExactFailover, ReadsOfThePrimaryFailUntilAReplicaIsPromoted) {
  Queried system{{}, {0, 4, 33, 34}};
  system.store().replicas = 2;
  system.store().failover = FailoverBlueprint{.detection = to_duration(10), .promotion = to_duration(20), .recovery = {}};
  std::get<QueryStep>(system.blueprint.endpoints[1].steps[0].action).at_primary = true;
  system.fail_at(3.8);
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=unavailable}"), 2) << "of 4 and of 33 s";
  EXPECT_NEAR(run.value("avg latency{workload=readers}"), 3.0, exact);
}

// The failed node is back at 3 + 1 + 3 + 13 = 20: reads of 21 and 21.5 do not wait for each other, as those of 10 and 10.5 do.
TEST(ExactFailover, TheFailedNodeComesBackAsAReplica) {
  Queried system{{}, {10, 10.5, 21, 21.5}};
  system.store().replicas = 2;
  system.store().failover =
      FailoverBlueprint{.detection = to_duration(1), .promotion = to_duration(3), .recovery = to_duration(13)};
  system.fail_at(3);
  PlaneUnderTest run{system.blueprint};
  const RunResult& result = run.finish();
  EXPECT_NEAR(run.value("avg latency{workload=readers}"), (3 + 5.5 + 3 + 3) / 4, exact);
  ASSERT_EQ(result.notes.size(), 3U);
  EXPECT_EQ(result.notes[0].subject, "databases/store");
  EXPECT_EQ(result.notes[0].text, "the primary of shard 0 fails");
  EXPECT_EQ(result.notes[1].at_seconds, 7.0);
  EXPECT_EQ(result.notes[1].text, "shard 0: a replica is promoted");
  EXPECT_EQ(result.notes[2].at_seconds, 20.0);
  EXPECT_EQ(result.notes[2].text, "shard 0: the failed node is back as a replica");
}

// Neither reads nor writes from 3 to 13; then both again.
TEST(ExactFailover, WithoutReplicasNothingIsServedUntilTheRepair) {
  Queried system{{5, 13.5}, {6, 20}};
  system.store().repair = to_duration(10);
  system.fail_at(3);
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=unavailable}"), 2);
  EXPECT_EQ(run.value("count requests{database=store}"), 4);
  EXPECT_EQ(run.value("count errors{database=store}"), 2);
  EXPECT_NEAR(run.value("avg shards_down{database=store}"), 10.0 / 1000, exact);
}

// The second failure, at 20, finds the promoted replica alone: nobody is left to take over.
TEST(ExactFailover, WhoeverIsPromotedMayFailToo) {
  Queried system{{10, 60}, {61}};
  system.store().replicas = 2;
  system.store().failover = FailoverBlueprint{.detection = to_duration(1), .promotion = to_duration(3), .recovery = {}};
  system.fail_at(3);
  system.fail_at(20);
  system.fail_at(50);
  PlaneUnderTest run{system.blueprint};
  const RunResult& result = run.finish();
  EXPECT_EQ(run.value("count errors{database=store}"), 2);
  ASSERT_EQ(result.notes.size(), 5U);
  EXPECT_EQ(result.notes[3].text, "shard 0 has no replica left to promote");
  EXPECT_EQ(result.notes[4].text, "shard 0 has no primary that could fail");
}

// The primary of 3 fails for good at 18, and the one that failed first is back at 3 + 1 + 3 + 13 = 20 and leads. When it fails
// too, at 21, that is noticed at 22 and mended at 25: what had begun for the failure of 18, due at 22, is not for this one.
// Nobody writes from 3 to 7, from 18 to 20 and from 21 to 25.
TEST(ExactFailover, APromotionIsForTheFailureThatCausedIt) {
  Queried system{{23, 26}, {}};
  system.store().replicas = 3;
  system.store().failover =
      FailoverBlueprint{.detection = to_duration(1), .promotion = to_duration(3), .recovery = to_duration(13)};
  for (const double at : {3, 18, 21}) system.fail_at(at);
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=unavailable}"), 1) << "of 23 s";
  EXPECT_NEAR(run.value("avg shards_down{database=store}"), (4.0 + 2.0 + 4.0) / 1000, exact);
}

TEST(ExactFailover, OnlyTheShardThatFailsIsTouched) {
  Queried system{{5, 6, 7, 8}, {}};
  system.store().shards = 2;
  system.store().repair = to_duration(100);
  system.fail_at(1);
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count errors{database=store}"), 2) << "without a key the shards take turns";
}

}  // namespace
}  // namespace headroom::test
