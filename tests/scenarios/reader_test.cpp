// What good files become.
#include <cmath>

#include "scenarios/reader.hpp"

#include <gtest/gtest.h>

#include "scenarios/builder.hpp"
#include "scenarios/sha256.hpp"
#include "tests/scenarios/reading.hpp"

namespace headroom {
namespace {

using namespace test;
using namespace std::chrono_literals;

// The example of the format's description, made complete.
const char* const platform = R"({
  // an artist platform
  "name": "phase 2, 100 k users", "seed": 7, "duration": "2 h", "warm_up": "10 min",
  "replications": {"until_relative_error": 0.05, "at_most": 40},
  "assumptions": {"render_cpu": {"value": "180 ms", "range": ["90 ms", "400 ms"], "why": "not in the document"},
                  "size": {"value": 8, "why": "a guess"}},
  "regions":    [{"name": "us-east", "round_trip": {"eu-west": "64 ms"}}, {"name": "eu-west"}],
  "node_pools": [{"name": "general", "region": "us-east", "cpu": 7.9, "memory": "29 GiB", "nodes": [3, 40], "boot": "55 s",
                  "price": "0.384 USD/h", "autoscaler": {"policy": "cluster-autoscaler"}}],
  "services":   [{"name": "api", "node_pool": "general", "replicas": 3, "cpu": 2, "memory": "4 GiB", "concurrency": 20,
                  "image": "900 MiB", "start_up": {"lognormal": {"p50": "6 s", "p95": "15 s"}},
                  "balancer": {"policy": "least-connections"},
                  "autoscaler": {"policy": "hpa", "metrics": [{"resource": "cpu", "target": "70 %"}], "replicas": [3, 30]},
                  "endpoints": [{"name": "feed", "steps": [
                      {"compute": {"exponential": {"mean": "4 ms"}}}, /* of one core */
                      {"cache": "profiles", "key": "artist", "on_miss": [{"query": "artists-db", "read": "artist"}]},
                      {"call": "render.thumbnail", "timeout": "800 ms", "retry": {"attempts": 3}}]}]},
                 {"name": "render", "node_pool": "general", "replicas": 2, "endpoints": {"thumbnail": {"steps": [{"compute": "${render_cpu}"}]}}}],
  "caches":     [{"name": "profiles", "scope": "shared", "capacity": "${size} GiB", "policy": {"policy": "s3-fifo"}, "time_to_live": "1 h"}],
  "keys":       [{"name": "artist", "items": 1e6, "zipf": 0.8, "size": "4 KiB"}],
  "databases":  [{"name": "artists-db", "region": "us-east", "shards": {"policy": "consistent-hash", "count": 8}, "replicas": 2,
                  "read": {"cpu": "1 ms"}}],
  "workloads":  [{"model": "users", "name": "eu", "region": "eu-west", "accounts": 100000, "sessions_per_day": 3,
                  "journeys": [{"steps": [{"request": "api.feed"}, {"think": {"exponential": {"mean": "7 s"}}}]}]}],
  "objectives": ["p(95) latency{endpoint=api.feed} < 300 ms", {"that": "p(99.9) latency < 1 s", "severity": "advisory", "source": "line 34"}],
  "variants":   [{"name": "rules", "merge": {"services": {"api": {"autoscaler": {"policy": "threshold-rules",
                      "rules": [{"when": "p(90) latency > 1 s", "action": "+1"}]}}}}},
                 {"name": "slow render", "merge": {"assumptions": {"render_cpu": {"value": "400 ms"}}}}]
})";

TEST(Reader, ReadsEveryPartOfAScenario) {
  const Scenario s = scenario_of(platform);
  EXPECT_EQ(s.name, "phase 2, 100 k users");
  EXPECT_EQ(s.seed, 7);
  EXPECT_EQ(s.duration, 2h);
  EXPECT_EQ(s.warm_up, "10 min");
  EXPECT_EQ(s.replications.until_relative_error, 0.05);
  EXPECT_EQ(s.replications.at_most, 40);
  ASSERT_EQ(s.regions.size(), 2U);
  ASSERT_EQ(s.regions[0].round_trip.size(), 1U);
  EXPECT_EQ(s.regions[0].round_trip[0].name.name, "eu-west");
  EXPECT_EQ(s.regions[0].round_trip[0].time, 64ms);
  ASSERT_EQ(s.node_pools.size(), 1U);
  EXPECT_EQ(s.node_pools[0].nodes.low, 3);
  EXPECT_EQ(s.node_pools[0].nodes.high, 40);
  EXPECT_DOUBLE_EQ(s.node_pools[0].boot.value.mean(), 55.0);
  EXPECT_EQ(s.node_pools[0].autoscaler.name, "cluster-autoscaler");
  ASSERT_EQ(s.services.size(), 2U);
  const ServiceSpec& api = s.services[0];
  EXPECT_EQ(api.memory.count, std::int64_t{4} << 30);
  EXPECT_EQ(api.concurrency, 20);
  EXPECT_NEAR(api.start_up.value.quantile(0.5), 6.0, 1e-9);
  EXPECT_NEAR(api.start_up.value.quantile(0.95), 15.0, 1e-9);
  EXPECT_EQ(api.balancer.name, "least-connections");
  EXPECT_EQ(api.autoscaler.name, "hpa");
  ASSERT_EQ(api.endpoints.size(), 1U);
  ASSERT_EQ(api.endpoints[0].steps.size(), 3U);
  EXPECT_DOUBLE_EQ(api.endpoints[0].steps[0].compute->value.mean(), 0.004);
  EXPECT_EQ(api.endpoints[0].steps[1].on_miss[0].query->name, "artists-db");
  EXPECT_EQ(api.endpoints[0].steps[2].timeout, 800ms);
  EXPECT_EQ(api.endpoints[0].steps[2].retry->attempts, 3);
  EXPECT_EQ(s.keys[0].items, 1'000'000);
  EXPECT_EQ(s.databases[0].shards.count, 8);
  EXPECT_EQ(s.databases[0].shards.policy.name, "consistent-hash");
  ASSERT_EQ(s.objectives.size(), 2U);
  EXPECT_EQ(s.objectives[0].that.text, "p(95) latency{endpoint=api.feed} < 300 ms");
  EXPECT_EQ(s.objectives[1].severity, "advisory");
}

TEST(Reader, AnAssumptionStandsForItsValueAsAWholeAndInsideOfText) {
  const Scenario s = scenario_of(platform);
  EXPECT_DOUBLE_EQ(s.services[1].endpoints[0].steps[0].compute->value.mean(), 0.180);
  EXPECT_EQ(s.caches[0].capacity.count, std::int64_t{8} << 30);
  ASSERT_EQ(s.assumptions.size(), 2U);
  EXPECT_EQ(s.assumptions[0].name, "render_cpu");
  EXPECT_EQ(s.assumptions[0].value, "180 ms");
  EXPECT_EQ(s.assumptions[0].range, (std::vector<std::string>{"90 ms", "400 ms"}));
  EXPECT_EQ(s.assumptions[1].value, "8");
}

TEST(Reader, TheBaseComesFirstAndEveryVariantIsAWholeScenario) {
  const ScenarioFile file = read_text(platform);
  ASSERT_EQ(file.variants.size(), 3U);
  EXPECT_EQ(file.variants[0].name, "base");
  EXPECT_TRUE(file.variants[0].settings.empty());
  EXPECT_EQ(file.variants[1].name, "rules");
  EXPECT_EQ(file.variants[1].scenario.services[0].autoscaler.name, "threshold-rules");
  EXPECT_EQ(file.variants[1].scenario.services[0].concurrency, 20) << "what the patch does not name stays";
  EXPECT_EQ(file.variants[1].scenario.services.size(), 2U);
}

TEST(Reader, SettingsSayWhatAVariantChangesByNames) {
  const ScenarioFile file = read_text(platform);
  using Settings = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(file.variants[1].settings,
            (Settings{{"/services/api/autoscaler/policy", "threshold-rules"},
                      {"/services/api/autoscaler/rules", R"([{"when":"p(90) latency > 1 s","action":"+1"}])"}}));
  EXPECT_EQ(file.variants[2].settings, (Settings{{"/assumptions/render_cpu/value", "400 ms"}}));
}

TEST(Reader, SettingsShowTheValuesOfAssumptionsNotTheirNames) {
  const ScenarioFile file = read_text(small_scenario("", R"("assumptions": {"many": {"value": 7, "why": "a guess"}},
    "variants": [{"name": "v", "merge": {"services": {"api": {"replicas": "${many}"}}}}],)"));
  ASSERT_EQ(file.variants[1].settings.size(), 1U);
  EXPECT_EQ(file.variants[1].settings[0], (std::pair<std::string, std::string>{"/services/api/replicas", "7"}));
  EXPECT_EQ(file.variants[1].scenario.services[0].replicas, 7);
}

TEST(Reader, AVariantMayTakeAnotherValueForAnAssumption) {
  const ScenarioFile file = read_text(platform);
  EXPECT_DOUBLE_EQ(file.variants[2].scenario.services[1].endpoints[0].steps[0].compute->value.mean(), 0.400);
}

// The base's "metrics" belong to hpa alone; threshold-rules knows "replicas" too, so the limits stay.
TEST(Reader, OptionsOfAPolicyThatAVariantReplacesGoWithIt) {
  const ScenarioFile file = read_text(platform);
  const Blueprint rules = build_blueprint(file.variants[1].scenario);
  EXPECT_EQ(rules.services[0].replica_limits.low, 3);
  EXPECT_EQ(rules.services[0].replica_limits.high, 30);
}

TEST(Reader, AnOptionThatThePolicyNeverHadIsAnIssueInAVariantToo) {
  const std::string text = small_scenario(R"("autoscaler": {"policy": "hpa", "metricz": []},)",
                                          R"("variants": [{"name": "v", "merge": {"services": {"api": {"autoscaler": {"policy": "fixed"}}}}}],)");
  EXPECT_NE(issues_of_text(text).find("metricz: is not a field here; did you mean \"metrics\"?"), std::string::npos);
}

TEST(Reader, SameTextInYamlIsTheSameScenario) {
  const char* const yaml = R"(
name: small          # a comment
duration: 10 min
seed: 0x0A
node_defaults: &none {}
)";
  EXPECT_NE(issues_of_text(yaml, {}, "scenario.yaml").find("/node_defaults: is not a field here"), std::string::npos);
  const char* const good = R"(
name: "small"
duration: 10 min
seed: 010
services:
  api: &defaults
    cpu: 2
    concurrency: 4
    endpoints: {get: {steps: [{compute: 4 ms}]}}
  store:
    <<: *defaults
    concurrency: 8
workloads:
- {model: users, name: web, rate: 10 /s, journeys: [{steps: [{request: api.get}, {request: store.get}]}]}
)";
  const char* const json = R"({"name": "small", "duration": "10 min", "seed": 10, "services": [
    {"name": "api", "cpu": 2, "concurrency": 4, "endpoints": [{"name": "get", "steps": [{"compute": "4 ms"}]}]},
    {"name": "store", "cpu": 2, "concurrency": 8, "endpoints": [{"name": "get", "steps": [{"compute": "4 ms"}]}]}],
    "workloads": [{"model": "users", "name": "web", "rate": "10 /s", "journeys": [{"steps": [{"request": "api.get"}, {"request": "store.get"}]}]}]})";
  const Scenario a = scenario_of(good, {}, "scenario.yaml"), b = scenario_of(json);
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.seed, b.seed);
  ASSERT_EQ(a.services.size(), b.services.size());
  for (std::size_t i = 0; i < a.services.size(); ++i) {
    EXPECT_EQ(a.services[i].name, b.services[i].name);
    EXPECT_EQ(a.services[i].cpu, b.services[i].cpu);
    EXPECT_EQ(a.services[i].concurrency, b.services[i].concurrency);
    EXPECT_EQ(a.services[i].endpoints[0].steps[0].compute->value.mean(), b.services[i].endpoints[0].steps[0].compute->value.mean());
  }
}

TEST(Reader, ExtendsMergesOverTheBaseAndKeepsItsVariants) {
  const TemporaryFolder folder;
  folder.write("common/base.json", small_scenario(R"("replicas": 2, "concurrency": 4,)",
                                                  R"("description": "old", "variants": [{"name": "wide", "merge": {"services": {"api": {"concurrency": 9}}}}],)"));
  const std::string path = folder.write("scenario.yaml", R"(
extends: common/base.json
description: null
base_name: two
services: {api: {replicas: 5}}
variants:
- {name: more, merge: {services: {api: {replicas: 7}}}}
)");
  const ScenarioFile file = read_scenario(path);
  ASSERT_EQ(file.variants.size(), 3U);
  EXPECT_EQ(file.variants[0].name, "two");
  EXPECT_EQ(file.variants[0].scenario.description, "") << "null removes";
  EXPECT_EQ(file.variants[0].scenario.services[0].replicas, 5);
  EXPECT_EQ(file.variants[0].scenario.services[0].concurrency, 4);
  EXPECT_EQ(file.variants[1].name, "wide");
  EXPECT_EQ(file.variants[1].scenario.services[0].concurrency, 9);
  EXPECT_EQ(file.variants[2].scenario.services[0].replicas, 7);
  ASSERT_EQ(file.inputs.size(), 2U);
  EXPECT_EQ(file.inputs[0].sha256, sha256_of_file(path));
  EXPECT_EQ(file.inputs[1].sha256, sha256_of_file(folder.path() + "/common/base.json"));
}

TEST(Reader, SetReachesNamedThingsAndHoldsInEveryVariant) {
  const std::string text = small_scenario(R"("replicas": 2,)", R"("variants": [{"name": "v", "merge": {"services": {"api": {"replicas": 9}}}}],)");
  const ScenarioFile file = read_text(text, {.set = {{"/services/api/replicas", "4"}, {"/services/0/cpu", "2.5"}, {"/duration", "30 min"}}, .seed = 11, .replications = 3});
  for (const NamedScenario& variant : file.variants) {
    EXPECT_EQ(variant.scenario.services[0].replicas, 4);
    EXPECT_EQ(variant.scenario.services[0].cpu, 2.5);
    EXPECT_EQ(variant.scenario.duration, 30min);
    EXPECT_EQ(variant.scenario.seed, 11);
    EXPECT_EQ(variant.scenario.replications.count, 3);
  }
}

TEST(Reader, SetOfNothingOrOfSomethingWrongIsAnIssue) {
  EXPECT_EQ(issues_of_text(small_scenario(), {.set = {{"/services/apo/replicas", "4"}}}),
            "--set /services/apo/replicas=4: /services/apo: there is nothing of this name; did you mean \"api\"?\n");
  EXPECT_EQ(issues_of_text(small_scenario(), {.set = {{"/services/api/replica", "4"}}}),
            "--set /services/api/replica=4: /services/api/replica: is not a field here; did you mean \"replicas\"?\n");
  EXPECT_EQ(issues_of_text(small_scenario(), {.set = {{"/duration", "300"}}}),
            "--set /duration=300: /duration: is a bare number; a time needs its unit; write \"300 s\"\n");
  EXPECT_EQ(issues_of_text(small_scenario(), {.set = {{"duration", "300 s"}}}),
            "--set duration=300 s: is not a JSON Pointer: it does not begin with a slash; write --set /duration=300 s\n");
  // A whole object would stand before each thing that is wrong in it.
  EXPECT_EQ(issues_of_text(small_scenario(), {.set = {{"/workloads/web/rate", R"({"exponential": {"mean": "1 s"}, "or": "uniform"})"}}})
                .find("--set /workloads/web/rate={…}: "),
            0U);
  EXPECT_EQ(issues_of_text(small_scenario(), {.set = {{"services.api.replicas", "3"}}}),
            "--set services.api.replicas=3: is not a JSON Pointer: it does not begin with a slash; write --set "
            "/services/api/replicas=3\n");
  EXPECT_EQ(issues_of_text(small_scenario(), {.set = {{"/variants/more/merge/seed", "3"}}}),
            "--set /variants/more/merge/seed=3: /variants: cannot be set; set the field itself, such as /services/api/replicas: "
            "that holds in "
            "every variant; choose one with --variant\n");
  EXPECT_EQ(issues_of_text(small_scenario(), {.set = {}, .seed = -1, .replications = 0}),
            "--seed: is -1, below 0\n--replications: is 0; at least 1 is needed\n");
}

std::string with_an_assumption(const std::string& assumptions) {
  return small_scenario(R"("cpu": "${cores}",)", R"("assumptions": )" + assumptions + ",");
}

TEST(Overrides, AnAssumptionIsSetByItsName) {
  for (const char* form : {R"({"cores": {"value": 2, "range": [1, 8], "why": "a guess"}})",
                           R"([{"name": "cores", "value": 2, "why": "a guess"}])"}) {
    EXPECT_EQ(scenario_of(with_an_assumption(form), {.set = {{"/assumptions/cores", "4"}}}).services[0].cpu, 4.0);
    EXPECT_EQ(scenario_of(with_an_assumption(form), {.set = {{"/assumptions/cores/value", "4"}}}).services[0].cpu, 4.0);
    EXPECT_EQ(issues_of_text(with_an_assumption(form), {.set = {{"/assumptions/core", "4"}}}),
              "--set /assumptions/core=4: /assumptions/core: there is nothing of this name; did you mean \"cores\"?\n");
  }
  const std::string by_name = with_an_assumption(R"({"cores": {"value": 2, "why": "a guess"}})");
  const AssumptionSpec whole =
      scenario_of(by_name, {.set = {{"/assumptions/cores", R"({"value": 4, "why": "measured"})"}}}).assumptions.at(0);
  EXPECT_EQ(whole.value + " " + whole.why, "4 measured");
}

TEST(Reader, APolicyMayBeItsNameAlone) {
  const Scenario s = scenario_of(small_scenario(R"("balancer": "random",)"));
  EXPECT_EQ(s.services[0].balancer.name, "random");
}

TEST(Reader, DistributionsAreReadInEveryForm) {
  const auto mean_of = [](const std::string& start_up) {
    return scenario_of(small_scenario("\"start_up\": " + start_up + ",")).services[0].start_up.value.mean();
  };
  EXPECT_DOUBLE_EQ(mean_of(R"("4 s")"), 4.0);
  EXPECT_DOUBLE_EQ(mean_of(R"({"constant": "4 s"})"), 4.0);
  EXPECT_DOUBLE_EQ(mean_of(R"({"uniform": {"low": "2 s", "high": "4 s"}})"), 3.0);
  EXPECT_DOUBLE_EQ(mean_of(R"({"exponential": {"mean": "3 s"}})"), 3.0);
  EXPECT_DOUBLE_EQ(mean_of(R"({"gamma": {"mean": "3 s", "cv": 2}})"), 3.0);
  EXPECT_NEAR(mean_of(R"({"lognormal": {"mean": "3 s", "cv": 2}})"), 3.0, 1e-9);
  EXPECT_NEAR(mean_of(R"({"lognormal": {"median": "3 s", "sigma": 1}})"), 3.0 * std::exp(0.5), 1e-9);
  EXPECT_NEAR(mean_of(R"({"weibull": {"shape": 1, "scale": "3 s"}})"), 3.0, 1e-9);
  EXPECT_NEAR(mean_of(R"({"pareto": {"minimum": "2 s", "shape": 2}})"), 4.0, 1e-9);
  EXPECT_DOUBLE_EQ(mean_of(R"({"empirical": {"values": ["1 s", "2 s", "6 s"]}})"), 3.0);
}

TEST(Reader, AnEmpiricalDistributionMayComeFromAColumnAndIsAnInput) {
  const TemporaryFolder folder;
  folder.write("samples.csv", "note,latency\r\na,4\r\nb,6\r\n");
  const std::string path = folder.write("scenario.json", small_scenario(R"("start_up": {"empirical": {"file": "samples.csv", "column": "latency", "unit": "ms"}},)"));
  const ScenarioFile file = read_scenario(path);
  EXPECT_DOUBLE_EQ(file.variants[0].scenario.services[0].start_up.value.mean(), 0.005);
  ASSERT_EQ(file.inputs.size(), 2U);
  EXPECT_EQ(file.inputs[1].path, "samples.csv");
  EXPECT_EQ(file.inputs[1].sha256, sha256_of("note,latency\r\na,4\r\nb,6\r\n"));
}

TEST(Reader, AnInstanceTypeGivesWhatANodeHolds) {
  const Scenario s = scenario_of(small_scenario(R"("node_pool": "general",)", R"("node_pools": [{"name": "general", "instance": "m6i.2xlarge"}],)"));
  const Blueprint blueprint = build_blueprint(s);
  EXPECT_GT(blueprint.node_pools[0].cpu, 7.0);
  EXPECT_LE(blueprint.node_pools[0].cpu, 8.0);
  EXPECT_NEAR(blueprint.node_pools[0].price.value * 3600.0, 0.384, 1e-9);
}

TEST(Reader, AnInstanceTypeGivesThePricesOfItsPurchases) {
  const Scenario s = scenario_of(small_scenario(
      R"("node_pool": "general",)",
      R"("node_pools": [{"name": "general", "instance": "m6i.2xlarge", "nodes": 5, "boot": "1 min", "purchase": {"reserved": 3, "spot": "50 %", "term": "3 years"}}],)"));
  const PurchaseMix mix = build_blueprint(s).node_pools[0].purchase;
  EXPECT_EQ(mix.reserved, 3);
  EXPECT_EQ(mix.spot, 0.5);
  EXPECT_NEAR(mix.reserved_price.value * 3600.0, 0.1742, 1e-9);
  EXPECT_NEAR(mix.spot_price.value * 3600.0, 0.1613, 1e-9);
  EXPECT_NEAR(mix.interruptions.value * 30.0 * 86'400.0, 0.25, 1e-9);  // the band "more than 20 %" a month
}

TEST(Reader, APurchaseThatNobodyPricesIsAnIssue) {
  EXPECT_EQ(issues_of_text(small_scenario(R"("node_pool": "general",)",
                                          R"("node_pools": [{"name": "general", "cpu": 4, "memory": "16 GiB", "nodes": 2, "purchase": {"reserved": 3, "spot": "50 %"}}],)")),
            "scenario.json:1:56: /node_pools/0/boot: is missing: spot nodes are replaced, and booting one takes a time; write \"boot\": \"55 s\"\n"
            "scenario.json:1:130: /node_pools/0/purchase/reserved_price: is missing: no instance type gives it; write \"reserved_price\": \"0.06 "
            "USD/h\"\n"
            "scenario.json:1:130: /node_pools/0/purchase/spot_price: is missing: no instance type gives it; write \"spot_price\": \"0.03 USD/h\"\n"
            "scenario.json:1:130: /node_pools/0/purchase/interruptions: is missing: no instance type gives it; write \"interruptions\": \"0.1 "
            "/month\", or \"0 /month\" for never\n"
            "scenario.json:1:143: /node_pools/0/purchase/reserved: is 3, but the pool has at most 2 nodes\n");
}

TEST(Reader, ColumnsCountCharactersNotBytes) {
  EXPECT_EQ(issues_of_text(small_scenario("", R"("description": "größer", "sead": 1,)")),
            "scenario.json:1:66: /sead: is not a field here; did you mean \"seed\"?\n");
}

}  // namespace
}  // namespace headroom
