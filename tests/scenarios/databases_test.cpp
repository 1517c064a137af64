// What a file says of databases and of faults, as the blueprint has it.
#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios/builder.hpp"
#include "scenarios/database_use.hpp"
#include "scenarios/explain.hpp"
#include "tests/scenarios/reading.hpp"

namespace headroom {
namespace {

using namespace test;
using namespace std::chrono_literals;

std::string with_database(const std::string& of_database, const std::string& of_scenario = {}) {
  return R"({"name": "small", "duration": "1 h", )" + of_scenario + R"(
    "databases": [{"name": "store", )" +
         of_database + R"( "read": {"cpu": "1 ms"}}], "keys": [{"name": "id", "items": 100}],
    "services": [{"name": "api", "endpoints": [{"name": "get", "steps": [{"query": "store", "read": "id"}]}]}],
    "workloads": [{"model": "users", "name": "web", "rate": "1 /s", "journeys": [{"steps": [{"request": "api.get"}]}]}]})";
}

TEST(Databases, FailAtSetTimes) {
  const Blueprint b = build_blueprint(scenario_of(
      with_database(R"("shards": {"count": 4}, "replicas": 2, "failover": {"detection": "5 s", "recovery": "10 min"},)",
                    R"("faults": [{"at": "10 min", "fail_primary": "store", "shard": 3}],)")));
  EXPECT_EQ(check_blueprint(b), std::vector<std::string>{});
  ASSERT_EQ(b.faults.size(), 1U);
  EXPECT_EQ(b.faults[0].at, 10min);
  EXPECT_EQ(std::get<FailPrimary>(b.faults[0].what).database, 0U);
  EXPECT_EQ(std::get<FailPrimary>(b.faults[0].what).shard, 3U);
  EXPECT_EQ(b.databases[0].failover->detection, 5s);
  EXPECT_EQ(b.databases[0].failover->promotion, 20s);
  EXPECT_EQ(b.databases[0].failover->recovery, 10min);
  EXPECT_FALSE(b.databases[0].repair);
}

TEST(Databases, ReplicateAsTheirModeSays) {
  for (const auto& [mode, acknowledged] :
       {std::pair{"asynchronous", Acknowledged::at_once}, std::pair{"semi-synchronous", Acknowledged::by_first},
        std::pair{"synchronous", Acknowledged::by_all}}) {
    const Blueprint b = build_blueprint(
        scenario_of(with_database(R"("replicas": 2, "replication": {"lag": "80 ms", "mode": ")" + std::string{mode} + R"("},)")));
    EXPECT_EQ(check_blueprint(b), std::vector<std::string>{});
    EXPECT_EQ(b.databases[0].replication->acknowledged, acknowledged);
    EXPECT_EQ(b.databases[0].replication->lag.mean(), 0.080);
  }
}

// Three indexes, half a write's work each: 1 + 3 × 0.5.
TEST(Databases, HaveOperationsAndIndexesThatWritesKeepUp) {
  std::string text = with_database(R"("write": {"cpu": "2 ms", "wait": "4 ms"}, "indexes": 3, "write_amplification": 0.5,
    "operations": [{"name": "feed page", "wait": "20 ms"}, {"name": "import", "kind": "write", "cpu": "10 ms"}],)");
  const std::string read = R"("read": "id")";
  text.replace(text.find(read), read.size(), R"("write": "id", "operation": "import")");
  const Blueprint b = build_blueprint(scenario_of(text));
  EXPECT_EQ(check_blueprint(b), std::vector<std::string>{});
  const DatabaseBlueprint& store = b.databases[0];
  EXPECT_DOUBLE_EQ(store.read_cpu.mean(), 0.001);
  EXPECT_DOUBLE_EQ(store.write_cpu.mean(), 0.005);
  EXPECT_DOUBLE_EQ(store.write_wait.mean(), 0.010);
  ASSERT_EQ(store.operations.size(), 2U);
  EXPECT_DOUBLE_EQ(store.operations[0].wait.mean(), 0.020);
  EXPECT_FALSE(store.operations[0].write);
  EXPECT_DOUBLE_EQ(store.operations[1].cpu.mean(), 0.025);
  EXPECT_EQ(std::get<QueryStep>(b.endpoints[0].steps[0].action).operation, 1U);
  EXPECT_TRUE(std::get<QueryStep>(b.endpoints[0].steps[0].action).write);
}

TEST(Databases, AreExplainedByTheOperationsThatAreAsked) {
  std::string text = with_database(R"("pool": 1, "operations": [{"name": "feed page", "cpu": "3 ms", "wait": "20 ms"}],)");
  const std::string read = R"("read": "id")";
  text.replace(text.find(read), read.size(), R"("read": "id", "operation": "feed page")");
  for (const StationLoad& load : explain(build_blueprint(scenario_of(text))).stations) {
    if (load.station != "databases/store") continue;
    EXPECT_NEAR(load.utilization, load.resource == "cpu" ? 0.003 : 0.023, 1e-9) << load.resource;
  }
}

TEST(Databases, AreReadAtTheirPrimaryWhereThatIsAskedFor) {
  std::string text = with_database(R"("replicas": 2,)");
  EXPECT_FALSE(std::get<QueryStep>(build_blueprint(scenario_of(text)).endpoints[0].steps[0].action).at_primary);
  const std::string read = R"("read": "id")";
  text.replace(text.find(read), read.size(), read + R"(, "consistency": "primary")");
  EXPECT_TRUE(std::get<QueryStep>(build_blueprint(scenario_of(text)).endpoints[0].steps[0].action).at_primary);
}

// Both nodes of the only shard serve 1 read/s of 1 ms: half a millisecond per second each; with every read at the primary it has
// all of them. A synchronous write holds its connection for its lag.
TEST(Databases, AreExplainedByTheNodeThatIsAskedMost) {
  const auto busy = [](const std::string& of_database, const std::string& step) {
    std::string text = with_database(of_database + R"("pool": 1, "write": {"cpu": "1 ms"},)");
    const std::string read = R"("read": "id")";
    text.replace(text.find(read), read.size(), step);
    for (const StationLoad& load : explain(build_blueprint(scenario_of(text))).stations)
      if (load.station == "databases/store" && load.resource == "connections") return load.utilization;
    return -1.0;
  };
  EXPECT_NEAR(busy(R"("replicas": 2,)", R"("read": "id")"), 0.0005, 1e-9);
  EXPECT_NEAR(busy(R"("replicas": 2,)", R"("read": "id", "consistency": "primary")"), 0.001, 1e-9);
  EXPECT_NEAR(busy(R"("replicas": 2,)", R"("write": "id")"), 0.001, 1e-9);
  EXPECT_NEAR(busy(R"("replicas": 2, "replication": {"lag": "80 ms", "mode": "synchronous"},)", R"("write": "id")"), 0.081, 1e-9);
}

// 45 MB hold four connections of 10 MB. Without a pooler nobody else limits what is under way; with one its pool does, and what
// it takes of memory is not the clients' affair.
TEST(Databases, AllowAsManyConnectionsAsTheirMemoryHolds) {
  const auto built = [](const std::string& of_database) {
    const Blueprint b = build_blueprint(scenario_of(with_database(of_database)));
    EXPECT_EQ(check_blueprint(b), std::vector<std::string>{});
    return b.databases[0];
  };
  const DatabaseBlueprint plain =
      built(R"("memory": "45 MB", "connections": {"limit": 60, "per_client": 3, "memory": "10 MB"},)");
  EXPECT_EQ(plain.connections->limit, 4);
  EXPECT_EQ(plain.connections->per_client, 3);
  EXPECT_EQ(plain.pool, 4);
  const DatabaseBlueprint roomy = built(R"("memory": "4 GB", "connections": {"limit": 60, "memory": "10 MB"},)");
  EXPECT_EQ(roomy.connections->limit, 60);
  EXPECT_EQ(roomy.connections->per_client, 10);
  const DatabaseBlueprint pooled =
      built(R"("memory": "45 MB", "pool": 3, "connections": {"limit": 200, "memory": "10 MB", "pooler": true},)");
  EXPECT_EQ(pooled.connections->limit, 200);
  EXPECT_EQ(pooled.pool, 3);
}

// Seconds in the client's line, and in the pooler's.
TEST(Databases, MayHaveAWaitLimitForEachOfTwoLines) {
  const Blueprint both = build_blueprint(
      scenario_of(with_database(R"("wait_limit": "2 s", "connections": {"limit": 60, "pooler": true, "wait_limit": "3 s"},)")));
  EXPECT_EQ(both.databases[0].wait_limit->mean(), 2.0);
  EXPECT_EQ(both.databases[0].connections->wait_limit->mean(), 3.0);
  const Blueprint one = build_blueprint(scenario_of(with_database(R"("wait_limit": "2 s", "connections": {"limit": 60},)")));
  EXPECT_FALSE(one.databases[0].connections->wait_limit.has_value());
}

// Three replicas with 2 each of the 5 there are; the connections that one query of 1 ms per second needs are 5.
TEST(Databases, AreExplainedByTheConnectionsThatTheirClientsHave) {
  std::string text = with_database(R"("connections": {"limit": 5, "per_client": 2},)");
  const std::string name = R"("name": "api",)";
  text.replace(text.find(name), name.size(), name + R"("replicas": 3,)");
  const Explanation explanation = explain(build_blueprint(scenario_of(text)));
  for (const StationLoad& load : explanation.stations) {
    if (load.station == "databases/store" && load.resource == "connections") {
      EXPECT_NEAR(load.utilization, 0.001 / 5, 1e-9);
    }
  }
  const auto warned = [](const Explanation& e) {
    return std::any_of(e.remarks.begin(), e.remarks.end(), [](const std::string& remark) {
      return remark.find("its clients want 6 connections to each node from the start, which allows 5") != std::string::npos;
    });
  };
  EXPECT_TRUE(warned(explanation));
  text.replace(text.find(R"("limit": 5)"), 10, R"("limit": 6)");
  EXPECT_FALSE(warned(explain(build_blueprint(scenario_of(text)))));
}

// Ages up to two periods, at a moment drawn from the first: less than one period back with probability 1/4, more than two with
// 1/4.
TEST(Databases, HavePartitionsOnTheirShardsInTurn) {
  const auto query = [](const std::string& step) {
    std::string text = with_database(R"("shards": {"count": 3}, "partitions": {"period": "1 h"},)");
    const std::string read = R"("read": "id")";
    text.replace(text.find(read), read.size(), step);
    const Blueprint b = build_blueprint(scenario_of(text));
    EXPECT_EQ(check_blueprint(b), std::vector<std::string>{});
    EXPECT_EQ(b.databases[0].partition_period, 1h);
    return partition_shares(b.databases[0], std::get<QueryStep>(b.endpoints[0].steps[0].action));
  };
  const std::vector<double> newest = query(R"("write": "id")");
  EXPECT_NEAR(newest[0], 1.0, 1e-9);
  EXPECT_EQ(newest[1] + newest[2], 0.0);
  const std::vector<double> by_age = query(R"("read": "id", "age": {"uniform": {"low": "0 s", "high": "2 h"}})");
  EXPECT_NEAR(by_age[0], 0.25, 1e-3);
  EXPECT_NEAR(by_age[1], 0.50, 1e-3);
  EXPECT_NEAR(by_age[2], 0.25, 1e-3);
}

// Two shards, and all of 1 read/s of 1 ms is of what is new.
TEST(Databases, AreExplainedByTheirNewestPartition) {
  const auto explanation = explain(
      build_blueprint(scenario_of(with_database(R"("shards": {"count": 2}, "pool": 1, "partitions": {"period": "1 h"},)"))));
  for (const StationLoad& load : explanation.stations) {
    if (load.station == "databases/store" && load.resource == "connections") {
      EXPECT_NEAR(load.utilization, 0.001, 1e-9);
    }
  }
}

}  // namespace
}  // namespace headroom
