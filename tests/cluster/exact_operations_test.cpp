// Operations of a database, each with its own times and metrics.
#include <gtest/gtest.h>

#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-8;

// Two databases, so that an operation of the second stands behind those of the first.
struct Operated {
  Operated() {
    blueprint = one_service({}, arriving_at({0, 100}));
    for (const char* name : {"first", "second"}) {
      DatabaseBlueprint database;
      database.name = name;
      database.sharding = choice_of<ShardPolicy>("modulo");
      database.replicas = 2;
      database.read_wait = seconds(1);
      database.write_wait = seconds(2);
      database.operations = {{"feed-page", false, {}, seconds(5)}, {"import", true, seconds(3), seconds(4)}};
      blueprint.databases.push_back(database);
    }
  }
  void ask(std::vector<QueryStep> queries) {
    for (const QueryStep& query : queries) blueprint.endpoints[0].steps.push_back({query});
  }

  Blueprint blueprint;
};

TEST(ExactOperations, TakeTheirOwnTimes) {
  Operated system;
  system.ask({{.database = 1, .write = false, .operation = 0}, {.database = 1, .write = true, .operation = 1}, {.database = 1}});
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_NEAR(run.value("avg latency{workload=users}"), 5 + (3 + 4) + 1, exact);
  EXPECT_NEAR(run.value("avg latency{operation=feed-page}"), 5, exact);
  EXPECT_NEAR(run.value("avg latency{database=second,operation=import}"), 7, exact);
  EXPECT_EQ(run.value("count requests{database=second}"), 6) << "the plain read is among them";
  EXPECT_NEAR(run.value("avg latency{database=second}"), (5 + 7 + 1) / 3.0, exact);
  EXPECT_EQ(run.value("count requests{database=first}"), 0);
  EXPECT_NEAR(run.value("avg database_cpu{database=second}"), 2 * 3.0 / 1000 / 2, exact) << "of two nodes with a core each";
}

// The primary of the second database is gone: its writing operation fails, the reading one is served by the replica.
TEST(ExactOperations, GoWhereTheirKindGoes) {
  for (const bool write : {false, true}) {
    Operated system;
    system.ask({{.database = 1, .write = write, .operation = write ? 1U : 0U}});
    system.blueprint.databases[1].failover = FailoverBlueprint{.detection = to_duration(500)};
    system.blueprint.faults.push_back({to_duration(50), FailPrimary{.database = 1}});
    PlaneUnderTest run{system.blueprint};
    run.finish();
    EXPECT_EQ(run.value("count failures{reason=unavailable}"), write ? 1 : 0);
  }
}

}  // namespace
}  // namespace headroom::test
