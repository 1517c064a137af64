// Queries of a database whose number of shards changes, as timelines by hand; and what moves, against the formulas of the
// policies.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "sim/cluster/resharding.hpp"
#include "sim/core/random.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-8;

// ---- what moves --------------------------------------------------------------------------------------------------------------

ReshardingPlan plan_of(const char* policy, int from, int to, std::int64_t bytes = 1'000'000) {
  DatabaseBlueprint database;
  database.sharding = choice_of<ShardPolicy>(policy);
  database.shards = from;
  database.data = Bytes{bytes};
  database.resharding = ReshardingBlueprint{.at = {}, .shards = to, .bandwidth = {1e6}};
  return plan_resharding(database);
}

// With n and m shards a key stays if its remainder modulo their least common multiple is one of the first min(n, m):
// 4 of 8 of 4 and 8, 4 of 20 of 4 and 5, 4 of 12 of 4 and 6.
TEST(ReshardingPlan, OfModuloMovesAllButEqualRemainders) {
  EXPECT_NEAR(plan_of("modulo", 4, 8).moved, 1 - 4.0 / 8, 0.006);
  EXPECT_NEAR(plan_of("modulo", 8, 4).moved, 1 - 4.0 / 8, 0.006);
  EXPECT_NEAR(plan_of("modulo", 4, 5).moved, 1 - 4.0 / 20, 0.005);
  EXPECT_NEAR(plan_of("modulo", 4, 6).moved, 1 - 4.0 / 12, 0.006);
}

// What the new shards have of the ring: 1 - n/m on average, with a coefficient of variation of 1/sqrt(160) per shard.
TEST(ReshardingPlan, OfAConsistentHashMovesOnlyWhatTheNewShardsGet) {
  EXPECT_NEAR(plan_of("consistent-hash", 4, 8).moved, 1 - 4.0 / 8, 4 * 0.5 / std::sqrt(160 * 4));
  EXPECT_NEAR(plan_of("consistent-hash", 8, 10).moved, 1 - 8.0 / 10, 4 * 0.2 / std::sqrt(160 * 2));
  for (const ShardMove& move : plan_of("consistent-hash", 4, 8).moves) {
    EXPECT_LT(move.from, 4U);
    EXPECT_GE(move.to, 4U) << "nothing moves between shards that were there";
  }
  for (const ShardMove& move : plan_of("consistent-hash", 8, 4).moves) {
    EXPECT_GE(move.from, 4U) << "nothing leaves shards that stay";
    EXPECT_LT(move.to, 4U);
  }
}

// A sixth of the keys moves from 0 to 1, 0 to 2, 1 to 0 and 1 to 2 each. 0 sends two of them, 2 gets two: 2/6 of 6 MB at 1 MB/s.
TEST(ReshardingPlan, TakesAsLongAsTheBusiestLinkAtLeast) {
  const ReshardingPlan plan = plan_of("modulo", 2, 3, 6'000'000);
  ASSERT_EQ(plan.moves.size(), 4U);
  for (const ShardMove& move : plan.moves) EXPECT_NEAR(move.share, 1.0 / 6, 0.005);
  EXPECT_NEAR(to_seconds(plan.least_time({1e6})), 2.0, 0.03);
}

// ---- who is asked ------------------------------------------------------------------------------------------------------------

// Keys that modulo puts on these shards of two and of four.
std::uint64_t key_between(std::uint64_t of_two, std::uint64_t of_four, std::uint64_t first = 0) {
  while (mix(first) % 2 != of_two || mix(first) % 4 != of_four) ++first;
  return first;
}

struct At {
  double seconds;
  std::uint64_t key;
};

// Two shards that become four; a query takes 1 s on one of a node's connections, one unless told otherwise.
struct Resharded {
  Resharded(const std::vector<At>& writes, const std::vector<At>& reads, int from = 2, int to = 4) {
    blueprint = one_service({{QueryStep{.database = 0, .write = true, .key = 0}}}, script(writes));
    blueprint.services[0].concurrency = 10'000;
    const Index read = add_service(blueprint, "reader", {{QueryStep{.database = 0, .key = 0}}}, 10'000);
    blueprint.workloads.push_back({"readers", 0, script(reads), {{"visit", 1.0, {{CallStep{.endpoint = read}}}}}});
    blueprint.keys.push_back({.name = "artist", .items = 1'000'000, .per = KeyPer::arrival});
    DatabaseBlueprint store;
    store.name = "store";
    store.sharding = choice_of<ShardPolicy>("modulo");
    store.shards = from;
    store.pool = 1;
    store.read_wait = store.write_wait = seconds(1);
    store.data = Bytes{1000};
    store.resharding = ReshardingBlueprint{.at = {}, .shards = to, .bandwidth = {1.0}};
    blueprint.databases.push_back(store);
  }
  DatabaseBlueprint& store() { return blueprint.databases[0]; }
  static PolicyChoice script(const std::vector<At>& queries) {
    std::vector<Arrival> arrivals;
    for (const At& query : queries)
      arrivals.push_back({.at = at_seconds(query.seconds), .subject = arrivals.size(), .key = query.key});
    return scripted(std::move(arrivals));
  }

  Blueprint blueprint;
};

// All that moves, so far.
void copy(PlaneUnderTest& run, const DatabaseBlueprint& database, double share) {
  const ReshardingPlan plan = plan_resharding(database);
  for (Index move = 0; move < plan.moves.size(); ++move) run.plane().copied(0, move, share);
}

const std::uint64_t moving = key_between(0, 2), staying = key_between(0, 0);

// Before the begin at 5 and after the end at 15 one shard each; at 10 both.
TEST(ExactResharding, WritesOfKeysThatMoveGoToBothShards) {
  Resharded system{{{1, moving}, {10, moving}, {10, staying}, {20, moving}}, {}};
  PlaneUnderTest run{system.blueprint};
  run.advance(5);
  run.plane().begin_resharding(0);
  run.advance(15);
  copy(run, system.store(), 1.0);
  run.plane().end_resharding(0);
  run.finish();
  EXPECT_EQ(run.value("count dual_writes{database=store}"), 1);
  EXPECT_EQ(run.ledger("visits").completed, 1U);
  EXPECT_EQ(run.value("count requests{database=store}"), 4) << "one write, wherever it goes";
  EXPECT_EQ(run.value("count errors{database=store}"), 0);
  // At 10 the staying key's write waits for the visit of the other, or that for it: 1 + 2 s, and the others 1 s.
  EXPECT_NEAR(run.value("avg latency{database=store}") * 4, 1 + 1 + (1 + 2), exact);
  // Five seconds at work: two nodes until 5, four from then on.
  EXPECT_NEAR(run.value("avg pool{database=store}"), 5.0 / (2 * 5 + 4 * 995), exact);
}

// The former owner is busy until 11 with a write of 9.5 and one of 10: the new one, done at 11.2, waits for it until 12.5.
TEST(ExactResharding, AWriteIsAnsweredWhenBothShardsHaveIt) {
  Resharded system{{{9.5, staying}, {10, staying}, {10.2, moving}}, {}};
  PlaneUnderTest run{system.blueprint};
  run.plane().begin_resharding(0);
  run.finish();
  EXPECT_NEAR(run.value("avg latency{database=store}") * 3, 1 + 1.5 + (12.5 - 10.2), exact);
}

// Nothing is copied at 1: the new shard looks in vain, 1 s, and the old one finds it, 1 s. At 11 it is copied.
TEST(ExactResharding, ReadsOfWhatIsNotCopiedGoToTheFormerShardToo) {
  Resharded system{{}, {{1, moving}, {1, key_between(1, 1)}, {11, moving}}};
  PlaneUnderTest run{system.blueprint};
  run.plane().begin_resharding(0);
  run.advance(10);
  copy(run, system.store(), 1.0);
  run.finish();
  EXPECT_EQ(run.value("count dual_reads{database=store}"), 1);
  EXPECT_EQ(run.ledger("visits").entered, 1U);
  EXPECT_NEAR(run.value("avg latency{workload=readers}") * 3, 2 + 1 + 1, exact);
  EXPECT_NEAR(run.value("avg resharding_progress{database=store}"), 990.0 / 1000, exact) << "all of it from 10 on";
}

// 400 keys that move, each read when a quarter, a half and three quarters are copied: 300, 200 and 100 of these reads are dual,
// to four standard deviations of sqrt(400 × 3/16 + 400 × 1/4 + 400 × 3/16) together. None is after one of its key that was not.
TEST(ExactResharding, KeysAreCopiedInAnOrderOfTheirOwn) {
  std::vector<At> reads;
  for (const double at : {10.0, 20.0, 30.0}) {
    std::uint64_t key = 0;
    for (int i = 0; i < 400; ++i, ++key) reads.push_back({at, key = key_between(0, 2, key)});
  }
  Resharded system{{}, reads};
  system.store().pool = 1000;
  PlaneUnderTest run{system.blueprint};
  run.plane().begin_resharding(0);
  std::vector<double> dual;
  for (const double at : {10.0, 20.0, 30.0}) {
    run.advance(at - 1);
    copy(run, system.store(), at / 40);
    run.advance(at + 5);
  }
  run.finish();
  EXPECT_NEAR(run.value("count dual_reads{database=store}"), 300 + 200 + 100, 4 * std::sqrt(250.0));
  EXPECT_NEAR(run.value("avg latency{workload=readers}") * 1200, 1200 + run.value("count dual_reads{database=store}"), 1e-6);
}

// Who waits for whom depends on every key's shard: the sum of all waits is the same to the nanosecond.
TEST(ExactResharding, AfterwardsQueriesAreSpreadAsIfTheShardsHadAlwaysBeenThere) {
  std::vector<At> queries;
  for (int i = 0; i < 2000; ++i) queries.push_back({10.0 + i / 3.5, mix(7, static_cast<std::uint64_t>(i)) % 1'000'000});
  const auto latency = [&](const char* policy, int from, int to, bool changes) {
    Resharded system{queries, {}, from, to};
    system.store().sharding = choice_of<ShardPolicy>(policy);
    if (!changes) system.store().resharding.reset();
    PlaneUnderTest run{system.blueprint};
    if (changes) {
      run.plane().begin_resharding(0);
      run.advance(5);
      copy(run, system.store(), 1.0);
      run.plane().end_resharding(0);
      run.plane().draining_nodes(0);
    }
    run.finish();
    return run.value("avg latency{database=store}");
  };
  for (const char* policy : {"modulo", "consistent-hash"}) {
    EXPECT_EQ(latency(policy, 2, 4, true), latency(policy, 4, 2, false)) << policy;
    EXPECT_EQ(latency(policy, 8, 4, true), latency(policy, 4, 2, false)) << policy;
    EXPECT_NE(latency(policy, 2, 4, true), latency(policy, 2, 4, false)) << policy;
  }
}

// ---- nodes that come, go and fail ---------------------------------------------------------------------------------------------

// Of four shards two remain. The read of 4.5 looks in vain until 5.5 and is at work on the former shard until 6.5; that is no
// more at 5.7.
TEST(ExactResharding, NodesOfShardsThatAreNoMoreFinishWhatTheyHave) {
  const std::uint64_t back = key_between(0, 2);
  Resharded system{{}, {{0.5, back}, {4.5, back}, {7, back}}, 4, 2};
  PlaneUnderTest run{system.blueprint};
  run.plane().begin_resharding(0);
  run.advance(5.7);
  copy(run, system.store(), 1.0);
  run.plane().end_resharding(0);
  EXPECT_EQ(run.plane().draining_nodes(0), 1) << "the other is idle and gone";
  run.advance(6.6);
  EXPECT_EQ(run.plane().draining_nodes(0), 0);
  run.finish();
  EXPECT_EQ(run.value("count dual_reads{database=store}"), 2);
  EXPECT_EQ(run.value("count errors{database=store}"), 0);
}

// The former owner's primary is away from 2 to 7: a write of a key that moves is refused meanwhile, and that of 1.5 is lost with
// its visit though the new owner has it.
TEST(ExactResharding, AWriteFailsWhereOneOfItsShardsDoes) {
  Resharded system{{{1.5, moving}, {3, moving}, {8, moving}}, {}};
  system.store().repair = to_duration(5);
  system.blueprint.faults.push_back({to_duration(2), FailPrimary{.database = 0, .shard = 0}});
  PlaneUnderTest run{system.blueprint};
  run.plane().begin_resharding(0);
  run.advance(2.5);
  EXPECT_FALSE(run.plane().takes_writes(0, 0));
  EXPECT_TRUE(run.plane().takes_writes(0, 2));
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=lost}"), 1);
  EXPECT_EQ(run.value("count failures{reason=unavailable}"), 1);
  EXPECT_EQ(run.value("count errors{database=store}"), 2);
  EXPECT_EQ(run.ledger("visits").entered, 2U);
}

// A shard is gone before its failed node would be back, and nobody misses it.
TEST(ExactResharding, AFailedNodeOfAShardThatIsNoMoreStaysAway) {
  Resharded system{{}, {}, 4, 2};
  system.store().repair = to_duration(50);
  system.blueprint.faults.push_back({to_duration(2), FailPrimary{.database = 0, .shard = 3}});
  PlaneUnderTest run{system.blueprint};
  run.plane().begin_resharding(0);
  run.advance(10);
  run.plane().end_resharding(0);
  EXPECT_EQ(run.plane().draining_nodes(0), 0);
  run.finish();
  EXPECT_NEAR(run.value("avg shards_down{database=store}"), 8.0 / 1000, exact) << "from 2 to 10";
  EXPECT_NEAR(run.value("avg pool{database=store}"), 0.0, exact);
}

// Each client has one connection to every node, those of the new shards too: three keys that are now on three shards do not wait
// for each other, as two of them do before.
TEST(ExactResharding, ClientsHaveConnectionsToNewNodes) {
  const std::uint64_t other = key_between(0, 0), third = key_between(1, 3);
  Resharded system{{{1, moving}, {1, other}, {1, third}, {11, moving}, {11, other}, {11, third}}, {}};
  system.store().connections = {.limit = 1, .per_client = 1};
  PlaneUnderTest run{system.blueprint};
  run.advance(5);
  run.plane().begin_resharding(0);
  copy(run, system.store(), 1.0);
  run.plane().end_resharding(0);
  run.finish();
  EXPECT_EQ(run.value("count errors{database=store}"), 0);
  EXPECT_NEAR(run.value("avg latency{service=api}") * 6, 1 + 2 + 1 + 1 + 1 + 1, exact);
}

// Two queries wait for the connection that the first has until 2; meanwhile their key has another shard, and they are passed on.
TEST(ExactResharding, WhoWaitedForAConnectionIsPassedOn) {
  Resharded system{{{1, moving}, {1, moving}, {1, moving}}, {}};
  system.store().connections = {.limit = 1, .per_client = 1};
  PlaneUnderTest run{system.blueprint};
  run.advance(1.5);
  run.plane().begin_resharding(0);
  copy(run, system.store(), 1.0);
  run.plane().end_resharding(0);
  run.finish();
  EXPECT_EQ(run.value("count errors{database=store}"), 0);
  EXPECT_NEAR(run.value("avg latency{service=api}") * 3, 1 + 2 + 3, exact);
}

}  // namespace
}  // namespace headroom::test
