// What a file says of a database that gets another number of shards, as the blueprint has it and as `explain` tells of it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "scenarios/builder.hpp"
#include "scenarios/explain.hpp"
#include "sim/cluster/resharding.hpp"
#include "tests/scenarios/reading.hpp"

namespace headroom {
namespace {

using namespace test;
using namespace std::chrono_literals;

// 10 reads and 4 writes a second, of keys of which each is as popular as any other.
std::string resharded(const std::string& resharding, const std::string& shards = R"("policy": "modulo", "count": 4)") {
  return R"({"name": "small", "duration": "1 h",
    "databases": [{"name": "store", "read": {"cpu": "1 ms"}, "shards": {)" +
         shards + R"(}, "data": "500 GB", "resharding": {)" + resharding + R"(}}],
    "keys": [{"name": "id", "items": 100000}],
    "services": [{"name": "api", "endpoints": [
      {"name": "get", "steps": [{"query": "store", "read": "id"}]}, {"name": "put", "steps": [{"query": "store", "write": "id"}]}]}],
    "workloads": [{"model": "users", "name": "web", "rate": "14 /s", "journeys": [
      {"name": "get", "weight": 10, "steps": [{"request": "api.get"}]}, {"name": "put", "weight": 4, "steps": [{"request": "api.put"}]}]}]})";
}

TEST(Resharding, SaysWhenToHowManyAndHowFast) {
  const Blueprint b = build_blueprint(scenario_of(resharded(R"("at": "10 min", "shards": 8, "bandwidth": "200 MB/s")")));
  EXPECT_EQ(check_blueprint(b), std::vector<std::string>{});
  const DatabaseBlueprint& store = b.databases[0];
  EXPECT_EQ(store.data.count, 500'000'000'000);
  EXPECT_EQ(store.resharding->at, 10min);
  EXPECT_EQ(store.resharding->shards, 8);
  EXPECT_EQ(store.resharding->bandwidth.value, 200e6);
  EXPECT_EQ(store.shards, 4);
  EXPECT_EQ(store.most_shards(), 8);
}

// Half of 500 GB moves, a quarter of that from each shard: 62.5 GB at 200 MB/s. Half of 4 writes and of 10 reads.
TEST(Resharding, IsExplainedByWhatMovesAndWhoAsksForIt) {
  const Explanation explanation =
      explain(build_blueprint(scenario_of(resharded(R"("at": "10 min", "shards": 8, "bandwidth": "200 MB/s")"))));
  const auto remark = std::find_if(explanation.remarks.begin(), explanation.remarks.end(),
                                   [](const std::string& one) { return one.find("from 4 to 8 shards") != std::string::npos; });
  ASSERT_NE(remark, explanation.remarks.end());
  const auto number_after = [&](const std::string& words) {
    const std::size_t at = remark->find(words);
    EXPECT_NE(at, std::string::npos) << words << " in: " << *remark;
    return at == std::string::npos ? 0.0 : std::strtod(remark->c_str() + at + words.size(), nullptr);
  };
  EXPECT_NEAR(number_after("4 to 8 shards "), 50.0, 0.6);
  EXPECT_NEAR(number_after("keys move, "), 250.0, 3.0);
  EXPECT_NEAR(number_after("copy them takes "), 62.5e9 / 200e6, 5.0);
  EXPECT_NEAR(number_after("Until then "), 2.0, 0.02);
  EXPECT_NEAR(number_after("so do "), 5.0, 0.05);
}

}  // namespace
}  // namespace headroom
