// Autoscalers as a scenario writes them: one, or a list of several.
#include <gtest/gtest.h>

#include "scenarios/resolve.hpp"
#include "tests/scenarios/reading.hpp"

namespace headroom {
namespace {

using test::issues_of_text;
using test::scenario_of;
using test::small_scenario;

TEST(Autoscalers, AListOfPoliciesIsOneThatCombinesThem) {
  const std::string several =
      R"("autoscaler": [{"policy": "hpa", "metrics": [{"resource": "cpu", "target": "70 %"}], "replicas": [3, 30]},
                                                {"policy": "emergency", "spike": 3, "replicas": [1, 40]}], "replicas": 3,)";
  const Scenario scenario = scenario_of(small_scenario(several));
  const ServiceSpec& api = scenario.services.front();
  EXPECT_EQ(api.autoscaler.name, "combined");
  EXPECT_EQ(replica_limits_of(api).low, 1);
  EXPECT_EQ(replica_limits_of(api).high, 40);
  const auto policy = RegistryOf<Autoscaler>::instance().make(api.autoscaler, {.service = "api"});
  ASSERT_EQ(policy->watched().size(), 1U);  // the HPA reads pods
  EXPECT_EQ(to_text(policy->watched().front()), "rate requests{service=api}");
}

TEST(Autoscalers, AListOfOneHasTheLimitsOfThatOne) {
  const Scenario scenario = scenario_of(small_scenario(
      R"("replicas": 2, "autoscaler": [{"policy": "hpa", "metrics": [{"resource": "cpu", "target": "70 %"}], "replicas": [2, 9]}],)"));
  EXPECT_EQ(replica_limits_of(scenario.services.front()).high, 9);
}

// A policy that says no limits of its own may ask for any number.
TEST(Autoscalers, NamesInAListStandForTheirDefaults) {
  const Scenario scenario = scenario_of(small_scenario(R"("replicas": 2, "autoscaler": ["fixed", "emergency"],)"));
  EXPECT_EQ(scenario.services.front().autoscaler.name, "combined");
  EXPECT_EQ(replica_limits_of(scenario.services.front()).high, 10'000);
}

TEST(Autoscalers, APredictiveOneHasAForecasterAndAPolicyOfItsOwn) {
  const Scenario scenario = scenario_of(small_scenario(R"("autoscaler": {"policy": "predictive", "per_replica": 50,
      "forecaster": {"model": "holt-winters", "season": "24 h"}, "reactive": {"policy": "target-tracking", "target": 0.5}},)"));
  const auto policy = RegistryOf<Autoscaler>::instance().make(scenario.services.front().autoscaler, {.service = "api"});
  EXPECT_EQ(policy->watched().size(), 2U);
}

TEST(Autoscalers, IssuesStandAtTheirPlaceInTheList) {
  const std::string said =
      issues_of_text(small_scenario(R"("autoscaler": ["emergncy", {"policy": "target-tracking", "targt": 1}],)"));
  EXPECT_NE(said.find("/services/0/autoscaler/0: \"emergncy\" is not a policy of autoscaling"), std::string::npos) << said;
  EXPECT_NE(said.find("did you mean \"emergency\"?"), std::string::npos) << said;
  EXPECT_NE(said.find("/services/0/autoscaler/1/targt: is not a field here; did you mean \"target\"?"), std::string::npos)
      << said;
}

}  // namespace
}  // namespace headroom
