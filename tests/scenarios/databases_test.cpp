// What a file says of databases and of faults, as the blueprint has it.
#include <gtest/gtest.h>

#include "scenarios/builder.hpp"
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

}  // namespace
}  // namespace headroom
