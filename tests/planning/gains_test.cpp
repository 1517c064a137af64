// Gains of one more of each against Erlang's formula.
#include "planning/gains.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "models/queueing/multi_server.hpp"
#include "planning/plan_error.hpp"
#include "tests/planning/planning_scenario.hpp"

namespace headroom::test {
namespace {

const std::string missed = "avg queue_wait{service=desk} < 0.2 s";
// The desk's slots only wait, so that cores are no use to it; a node costs money and brings nothing.
const std::string with_spare_pool =
    R"("duration": "3 h", "warm_up": "2 min", "node_pools": [{"name": "room", "cpu": 4, "memory": "8 GiB", "price": "0.1 USD/h", "nodes": 1}])";

std::string scenario_text() {
  std::string text = one_station("3 /s", 4, exponential_second, missed, with_spare_pool);
  const std::string place = R"("name": "desk",)";
  return text.replace(text.find(place), place.size(), place + R"( "node_pool": "room",)");
}

Gains find(const PlannedFile& file) {
  Trials trials = file.trials();
  GainsQuestion question;
  question.replications = 6;
  return find_gains(trials, question);
}

const Gain& gain_of(const Gains& found, const std::string& what) {
  return *std::ranges::find_if(found.gains, [&](const Gain& gain) { return gain.more.what == what; });
}

// Mean waits of M/M/4 and M/M/5 at 3 Erlang: C(c, 3) / (c - 3).
TEST(Gains, OfOneMoreServerIsThatOfErlangsFormula) {
  const PlannedFile file{scenario_text()};
  const Gains found = find(file);
  const double expected = erlang_c(3.0, 5) / 2.0 - erlang_c(3.0, 4) / 1.0;
  EXPECT_NEAR(expected, -0.391, 1e-3);
  const Gain& slot = gain_of(found, "services/desk: 1 slot more per replica");
  ASSERT_TRUE(slot.changes[0].has_value());
  const Interval& change = slot.changes[0]->difference;
  EXPECT_LE(change.low, expected);
  EXPECT_GE(change.high, expected);
  EXPECT_TRUE(slot.told[0]);
  EXPECT_TRUE(std::isinf(slot.per_dollar.value_or(0.0))) << "a slot costs nothing";
  EXPECT_EQ(found.gains.front().more.what, "services/desk: 1 replica more") << "four slots more bring more than one, at no price";
}

TEST(Gains, AreNotDistinguishableWhereNothingChanges) {
  const PlannedFile file{scenario_text()};
  const Gains found = find(file);
  const Gain &core = gain_of(found, "services/desk: 1 core more per replica"),
             &node = gain_of(found, "node_pools/room: 1 node more");
  EXPECT_FALSE(core.told[0]);
  EXPECT_FALSE(core.per_dollar.has_value());
  EXPECT_FALSE(node.told[0]);
  ASSERT_TRUE(node.cost.has_value());
  EXPECT_NEAR(node.cost->difference.mean, 0.1 * 720.0, 1e-6) << "0.1 USD an hour in the 720 hours of a month";
}

TEST(Gains, AreLookedForWhereAnObjectiveIsMissed) {
  std::string text = scenario_text();
  const std::string place = "\"objectives\": [";
  text.replace(text.find(place), place.size(), place + "\"rate errors < 50 %\", ");
  const PlannedFile file{text};
  Trials trials = file.trials();
  const Gains missed_only = find_gains(trials, {.replications = 3});
  EXPECT_EQ(missed_only.objectives, (std::vector<std::size_t>{1}));
  EXPECT_EQ(find_gains(trials, {.all = true, .replications = 3}).objectives, (std::vector<std::size_t>{1, 0}));
}

// All of 0.1 % failures are left, and half of 2 s of latency: that is nearer.
TEST(Gains, AreOfTheObjectiveThatIsNearestToItsLimit) {
  const PlannedFile file{one_station("1 /s", 40, "\"1 s\"", "rate availability > 99.9 %\", \"avg latency < 2 s")};
  Trials trials = file.trials();
  const Gains found = find_gains(trials, {.replications = 2});
  ASSERT_EQ(found.base.outcome, Outcome::pass);
  EXPECT_EQ(found.objectives, (std::vector<std::size_t>{1}));
}

// A replica has its price, and a core of it none.
TEST(Gains, WithoutAPriceAreNotCalledFree) {
  std::string text = one_station("3 /s", 4, exponential_second, missed);
  const std::string place = R"("name": "desk",)";
  text.replace(text.find(place), place.size(), place + R"( "price": "0.1 USD/h",)");
  const PlannedFile file{text};
  const Gains found = find(file);
  const auto cost_of = [&](const std::string& what) {
    const auto rows = gains_rows(found, "+-");
    return std::ranges::find(rows, what, [](const auto& row) { return row.front(); })->at(2);
  };
  EXPECT_EQ(cost_of("services/desk: 1 replica more"), "+72 USD/month");
  EXPECT_EQ(cost_of("services/desk: 1 core more per replica"), "not priced");
}

// The nodes of the desk have no price, though others have: what it takes is paid for by nothing.
TEST(Gains, OnNodesWithoutAPriceAreNotPriced) {
  std::string text = scenario_text();
  const std::string price = R"("price": "0.1 USD/h", "nodes": 1})";
  text.replace(text.find(price), price.size(), R"("nodes": 1}, {"name": "other", "cpu": 4, "memory": "8 GiB", )" + price);
  const PlannedFile file{text}, priced{scenario_text()};
  EXPECT_TRUE(one_more_of_each(priced.trials().read({}).scenario).front().on_nodes);
  EXPECT_FALSE(one_more_of_each(file.trials().read({}).scenario).front().on_nodes);
  Trials trials = file.trials();
  const auto rows = gains_rows(find_gains(trials, {.replications = 2}), "+-");
  const auto core =
      std::ranges::find(rows, "services/desk: 1 core more per replica", [](const auto& row) { return row.front(); });
  ASSERT_NE(core, rows.end());
  EXPECT_EQ(core->at(2), "not priced");
}

TEST(Gains, AreOfEveryResourceThatNoAutoscalerDecides) {
  Scenario scenario;
  scenario.services.resize(1);
  scenario.services[0].name = "api";
  scenario.databases.resize(1);
  scenario.databases[0].name = "store";
  scenario.caches.resize(1);
  scenario.caches[0].name = "near";
  scenario.caches[0].capacity = Bytes{std::int64_t{4} << 20};
  scenario.node_pools.resize(1);
  scenario.node_pools[0].name = "pool";
  std::vector<std::string> set;
  for (const MoreOf& more : one_more_of_each(scenario)) set.push_back(more.change.first + "=" + more.change.second);
  EXPECT_EQ(set, (std::vector<std::string>{"/services/api/replicas=2", "/services/api/cpu=2", "/services/api/concurrency=2",
                                           "/databases/store/replicas=2", "/databases/store/shards={\"count\": 2}",
                                           "/databases/store/cpu=2", "/databases/store/pool=21", "/caches/near/capacity=5 MiB",
                                           "/node_pools/pool/nodes=2"}));
}

}  // namespace
}  // namespace headroom::test
