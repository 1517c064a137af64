// Contestants of a tournament: which places, which options, which combinations; and what is said of a tournament that cannot be
// held.
#include <gtest/gtest.h>

#include "tests/scenarios/reading.hpp"

namespace headroom {
namespace {

using namespace test;

// A service with an autoscaler and one without; a cache; the second variant chose other rules.
const char* const two_services = R"({
  "name": "contest", "duration": "10 min",
  "services": [
    {"name": "api", "replicas": 2, "balancer": {"policy": "random"},
     "autoscaler": {"policy": "hpa", "metrics": [{"resource": "cpu", "target": "60 %"}], "replicas": [2, 9], "tolerance": 0.2},
     "endpoints": [{"name": "get", "steps": [{"cache": "front", "key": "thing", "on_miss": [{"call": "store.read"}]}]}]},
    {"name": "store", "endpoints": [{"name": "read", "steps": [{"compute": "4 ms"}]}]}],
  "caches": [{"name": "front", "capacity": "1 MiB", "policy": "lru"}],
  "keys": [{"name": "thing", "items": 1000, "size": "4 KiB"}],
  "workloads": [{"model": "users", "name": "web", "rate": "10 /s", "journeys": [{"steps": [{"request": "api.get"}]}]}],
  "variants": [
    {"name": "rules", "merge": {"services": {"api": {"replicas": 5, "autoscaler": {"policy": "threshold-rules", "metrics": null, "tolerance": null,
      "rules": [{"when": "avg cpu > 80 %", "action": "+1"}]}}}}}]
})";

ReadOptions tournament(std::vector<SeamContest> seams, std::vector<std::string> at = {}, std::string options = {}) {
  ReadOptions read;
  read.tournament = TournamentSpec{std::move(seams), std::move(at), std::move(options)};
  return read;
}

std::vector<std::string> names_of(const ScenarioFile& file) {
  std::vector<std::string> names;
  for (const NamedScenario& one : file.variants) names.push_back(one.name);
  return names;
}

using Settings = std::vector<std::pair<std::string, std::string>>;

TEST(Contestants, TakeThePlaceOfTheOnePolicyThereIs) {
  const ScenarioFile file = read_text(two_services, tournament({{"caching", {"lru", "s3-fifo", "sieve"}}}));
  EXPECT_EQ(names_of(file), (std::vector<std::string>{"lru", "s3-fifo", "sieve"}));
  EXPECT_TRUE(file.variants[0].settings.empty());
  EXPECT_EQ(file.variants[1].settings, (Settings{{"/caches/front/policy", "s3-fifo"}}));
  EXPECT_EQ(file.variants[2].scenario.caches[0].policy.name, "sieve");
}

// Only the policy: its replicas stay those of the base.
TEST(Contestants, HaveTheOptionsOfTheVariantThatChoseThePolicyAndNothingElseOfIt) {
  const ScenarioFile file = read_text(two_services, tournament({{"autoscaling", {"hpa", "threshold-rules"}}}));
  ASSERT_EQ(file.variants.size(), 2U);
  EXPECT_TRUE(file.variants[0].settings.empty()) << "the base as it is";
  const ServiceSpec& api = file.variants[1].scenario.services[0];
  EXPECT_EQ(api.autoscaler.name, "threshold-rules");
  EXPECT_EQ(api.replicas, 2);
  EXPECT_NE(file.variants[1].text.find("\"avg cpu > 80 %\""), std::string::npos) << file.variants[1].text;
}

// "replicas" is an option of both, "metrics" and "tolerance" are not.
TEST(Contestants, KeepOptionsOfTheBaseThatTheirPolicyHasToo) {
  const std::string options = R"({"threshold-rules": {"rules": [{"when": "avg cpu > 70 %", "action": "+2"}]}})";
  const std::string text = without(two_services, R"("variants": [
    {"name": "rules", "merge": {"services": {"api": {"replicas": 5, "autoscaler": {"policy": "threshold-rules", "metrics": null, "tolerance": null,
      "rules": [{"when": "avg cpu > 80 %", "action": "+1"}]}}}}}]
)");
  const ScenarioFile file =
      read_text(text.substr(0, text.rfind(',')) + "}", tournament({{"autoscaling", {"hpa", "threshold-rules"}}}, {}, options));
  ASSERT_EQ(file.variants.size(), 2U);
  EXPECT_NE(file.variants[1].text.find("\"replicas\":[2,9]"), std::string::npos) << file.variants[1].text;
  EXPECT_NE(file.variants[1].text.find("\"avg cpu > 70 %\""), std::string::npos) << file.variants[1].text;
}

TEST(Contestants, HaveTheOptionsThatAreGivenForThemOverThoseOfTheScenario) {
  const ScenarioFile file =
      read_text(two_services, tournament({{"autoscaling", {"hpa", "threshold-rules"}}}, {}, R"({"hpa": {"tolerance": 0.05}})"));
  EXPECT_EQ(file.variants[0].settings, (Settings{{"/services/api/autoscaler/tolerance", "0.05"}}));
}

TEST(Contestants, AreEveryCombinationOfSeveralSeams) {
  const ScenarioFile file =
      read_text(two_services, tournament({{"caching", {"lru", "fifo"}}, {"balancing", {"random", "round-robin"}}}));
  EXPECT_EQ(names_of(file),
            (std::vector<std::string>{"lru + random", "lru + round-robin", "fifo + random", "fifo + round-robin"}));
  EXPECT_EQ(file.variants[3].scenario.caches[0].policy.name, "fifo");
  EXPECT_EQ(file.variants[3].scenario.services[0].balancer.name, "round-robin");
}

TEST(Contestants, GoWhereTheyAreTold) {
  const ScenarioFile file = read_text(two_services, tournament({{"balancing", {"random", "round-robin"}}}, {"/services/store"}));
  EXPECT_EQ(file.variants[1].scenario.services[0].balancer.name, "random");
  EXPECT_EQ(file.variants[1].scenario.services[1].balancer.name, "round-robin");
}

TEST(Contestants, AreNotPutIntoOneOfSeveralPlacesByGuess) {
  const std::string without_choice = without(two_services, R"("balancer": {"policy": "random"},)");
  EXPECT_EQ(issues_of_text(without_choice, tournament({{"balancing", {"random", "round-robin"}}})),
            "--policies balancing=random, round-robin: could be in 2 places: /services/api/balancer, /services/store/balancer; "
            "say which: "
            "--at /services/api/balancer\n");
}

TEST(Contestants, EverythingThatIsWrongWithATournamentIsSaidAtOnce) {
  EXPECT_EQ(issues_of_text(two_services, tournament({{"autoscalling", {"hpa", "keda"}}, {"caching", {"lru", "lru", "s4-fifo"}}},
                                                    {}, R"({"hpaa": {}})")),
            "--options:1:2: /hpaa: is none of the policies; did you mean \"hpa\"?\n"
            "--policies autoscalling=hpa, keda: the scenario has no place for policies of \"autoscalling\"; did you mean "
            "\"autoscaling\"?\n"
            "--policies caching=lru, lru, s4-fifo: names \"lru\" twice; name each once\n"
            "--policies caching=lru, lru, s4-fifo: there is no policy \"s4-fifo\" of caching; did you mean \"s3-fifo\"?\n");
  EXPECT_EQ(issues_of_text(two_services, tournament({{"caching", {"lru"}}})),
            "--policies: names one contestant; name two at least: --policies autoscaling=hpa,keda\n");
  EXPECT_EQ(issues_of_text(two_services, tournament({{"caching", {"lru", "fifo"}}}, {"/services/api"})),
            "--policies caching=lru, fifo: there is no place for it at /services/api; there is /caches/front\n");
}

TEST(Contestants, OptionsAreCheckedAsThoseOfAFileAre) {
  const std::string said = issues_of_text(
      two_services, tournament({{"autoscaling", {"hpa", "threshold-rules"}}}, {}, R"({"hpa": {"tolerence": 0.05}})"));
  EXPECT_NE(said.find("--options:1:10: /hpa/tolerence: is not a field here; did you mean \"tolerance\"?"), std::string::npos)
      << said;
}

TEST(Contestants, OptionsAreThoseOfThePolicyTheyAreNamedAfter) {
  const auto said = [](const char* options) {
    return issues_of_text(two_services, tournament({{"autoscaling", {"hpa", "threshold-rules"}}}, {}, options));
  };
  EXPECT_EQ(said(R"({"hpa": null})"),
            "--options:1:2: /hpa: is null, not an object of the options of hpa; write \"hpa\": {\"OPTION\": VALUE}\n");
  EXPECT_EQ(said(R"({"hpa": {"policy": "keda"}})"),
            "--options:1:10: /hpa/policy: names a policy where the options of hpa stand; remove it\n");
}

}  // namespace
}  // namespace headroom
