// What a file says of databases and of faults, as the blueprint has it.
#include <gtest/gtest.h>

#include "scenarios/builder.hpp"
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

}  // namespace
}  // namespace headroom
