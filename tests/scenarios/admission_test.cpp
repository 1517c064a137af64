// Admission policies and weights of tenants from a scenario file to the blueprint, and what `explain` says of them.
#include <algorithm>

#include <gtest/gtest.h>

#include "scenarios/builder.hpp"
#include "scenarios/explain.hpp"
#include "tests/scenarios/reading.hpp"

namespace headroom {
namespace {

using test::scenario_of;

// 10 requests/s of 1 s each, in 20 slots.
Blueprint asked(const std::string& service) {
  return build_blueprint(scenario_of(R"({"name": "small", "duration": "1 h",
    "services": [{"name": "api", "concurrency": 20, "cpu": 20, )" +
                                     service + R"(
      "endpoints": [{"name": "get", "steps": [{"wait": "1 s"}]}]}],
    "workloads": [{"model": "users", "name": "web", "rate": "10 /s", "journeys": [{"steps": [{"request": "api.get"}]}]},
                  {"model": "users", "name": "paid", "rate": "1 /h", "journeys": [{"steps": [{"request": "api.get"}]}]}]})"));
}

std::string said_of(const Blueprint& blueprint) {
  for (const std::string& remark : explain(blueprint).remarks) {
    if (remark.find(": admission ") != std::string::npos) return remark;
  }
  return "";
}

double slots_in_use(const Blueprint& blueprint) {
  for (const StationLoad& load : explain(blueprint).stations) {
    if (load.resource == "slots") return load.utilization;
  }
  return 0.0;
}

TEST(Admission, BuildsThePolicyThatIsChosen) {
  const Blueprint b = asked(R"("admission": {"policy": "fixed-concurrency", "limit": 30},)");
  EXPECT_EQ(check_blueprint(b), std::vector<std::string>{});
  const auto policy = RegistryOf<AdmissionPolicy>::instance().make(b.services[0].admission, {20});
  EXPECT_EQ(policy->limit(), 30.0);
  EXPECT_FALSE(asked("").services[0].admission.chosen());
}

TEST(Admission, BuildsWeightsByWorkload) {
  const Blueprint b = asked(R"("discipline": "fair", "fair_weights": [{"workload": "paid", "weight": 3}],)");
  EXPECT_EQ(check_blueprint(b), std::vector<std::string>{});
  EXPECT_EQ(b.services[0].fair_weights, (std::vector<int>{1, 3}));
  EXPECT_TRUE(asked("").services[0].fair_weights.empty());
}

// 10 of 20 slots are busy; where only 16 may be in use it is 10 of 16.
TEST(Admission, ExplainCountsOnlySlotsThatMayBeUsed) {
  EXPECT_NEAR(slots_in_use(asked("")), 0.5, 1e-3);
  const Blueprint few = asked(R"("admission": {"policy": "fixed-concurrency", "limit": 16},)");
  EXPECT_NEAR(slots_in_use(few), 10.0 / 16.0, 1e-3);
  EXPECT_EQ(
      said_of(few),
      "services/api: admission fixed-concurrency: lets 16 requests into a replica at most: 4 of its 20 slots are never used");
  EXPECT_EQ(said_of(asked(R"("admission": {"policy": "aimd"},)")),
            "services/api: admission aimd: lets 200 requests into a replica at most: 180 wait, and more are refused; the wait "
            "for a slot is "
            "estimated as if they were not");
  EXPECT_EQ(said_of(asked(R"("admission": {"policy": "codel"},)")),
            "services/api: admission codel: drops requests that wait; the wait for a slot is estimated as if it did not");
}

}  // namespace
}  // namespace headroom
