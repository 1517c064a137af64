// Language models from the file to the Blueprint, and what `explain` says of their limits.
#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios/builder.hpp"
#include "scenarios/explain.hpp"
#include "tests/scenarios/reading.hpp"

namespace headroom {
namespace {

using namespace test;

const char* const hosted_text = R"({"name": "flows", "duration": "1 h",
  "language_models": [{"name": "gpt", "hosted": {
    "first_token": "400 ms", "per_1000_input_tokens": "50 ms", "token": "20 ms", "requests": "300 /min", "tokens": "240000 /min",
    "concurrency": 40, "on_limit": "wait", "failures": "1 %",
    "price": {"input": "2.50 USD", "cached_input": "1.25 USD", "output": "10 USD"}}}],
  "services": [{"name": "flow", "concurrency": 100, "endpoints": [{"name": "run", "steps": [
    {"generate": "gpt", "input": 1000, "output": 201, "cached": "60 %"}]}]}],
  "workloads": [{"model": "users", "name": "web", "rate": "2 /s", "journeys": [{"steps": [{"request": "flow.run"}]}]}],
  "objectives": ["p(95) time_to_first_token{language_model=gpt} < 1 s", "cost{component=gpt} < 100 USD"]})";

TEST(LanguageModels, AHostedOneIsReadWithItsLimitsAndPrices) {
  const Blueprint b = build_blueprint(scenario_of(hosted_text));
  EXPECT_EQ(check_blueprint(b), std::vector<std::string>{});
  ASSERT_EQ(b.language_models.size(), 1U);
  const HostedModelBlueprint& hosted = b.language_models[0].hosted;
  EXPECT_DOUBLE_EQ(hosted.input_token, 50e-6);
  EXPECT_DOUBLE_EQ(hosted.requests.value, 5.0);
  EXPECT_DOUBLE_EQ(hosted.tokens.value, 4000.0);
  EXPECT_EQ(hosted.concurrency, 40);
  EXPECT_TRUE(hosted.waits);
  EXPECT_DOUBLE_EQ(hosted.prices.cached_input, 1.25e-6);
  EXPECT_DOUBLE_EQ(std::get<GenerateStep>(b.endpoints[0].steps[0].action).cached, 0.6);
}

TEST(LanguageModels, ExplainHoldsTheDemandAgainstEachLimitOfAHostedOne) {
  const Explanation explanation = explain(build_blueprint(scenario_of(hosted_text)));
  const auto load = [&](const std::string& resource) {
    const auto found = std::find_if(explanation.stations.begin(), explanation.stations.end(), [&](const StationLoad& station) {
      return station.station == "language_models/gpt" && station.resource == resource;
    });
    return found == explanation.stations.end() ? StationLoad{} : *found;
  };
  EXPECT_DOUBLE_EQ(load("requests per minute").utilization, 2.0 / 5.0);
  EXPECT_DOUBLE_EQ(load("tokens per minute").utilization, 2.0 * 1201 / 4000.0);
  // 0.4 s and 400 tokens of input at 50 us, then 200 tokens at 20 ms for the 99 % that do not fail.
  const double seconds = 0.4 + 0.020 + 0.99 * 4.0;
  EXPECT_DOUBLE_EQ(load("concurrency").utilization, 2.0 * seconds / 40);
  EXPECT_NEAR(load("tokens per minute").capacity, 4000.0 / 1201, 1e-9);
}

const char* const own_text = R"({"name": "own", "duration": "1 h",
  "language_models": [{"name": "llama", "engine": {
    "prefill": [{"tokens": 500, "time": "50 ms"}, {"tokens": 1000, "time": "80 ms"}],
    "decode": [{"batch": 1, "time": "30 ms"}, {"batch": 10, "time": "39 ms"}],
    "per_1000_context_tokens": "0.1 ms", "kv_cache": 6000, "batch": 64, "step_tokens": 1000, "chunked_prefill": true,
    "weights": "140 GB"}}],
  "node_pools": [{"name": "gpu", "instance": "p5.48xlarge", "nodes": 2}],
  "services": [
    {"name": "llm", "node_pool": "gpu", "replicas": 2, "cpu": 64, "gpus": 8, "image": "10 GB", "start_up": "60 s", "concurrency": 500,
     "language_model": "llama", "endpoints": [{"name": "complete", "steps": [{"generate": "llama", "input": 500, "output": 201}]}]},
    {"name": "flow", "concurrency": 100, "endpoints": [{"name": "run", "steps": [{"call": "llm.complete", "timeout": "1 min"}]}]}],
  "workloads": [{"model": "users", "name": "web", "rate": "2 /s", "journeys": [{"steps": [{"request": "flow.run"}]}]}],
  "objectives": ["max kv_cache{service=llm} < 90 %", "rate preemptions{language_model=llama} < 1 /min"]})";

TEST(LanguageModels, AnEngineIsReadWithItsStepTimesAndRunByItsService) {
  const Blueprint b = build_blueprint(scenario_of(own_text));
  EXPECT_EQ(check_blueprint(b), std::vector<std::string>{});
  ASSERT_TRUE(b.language_models[0].engine);
  const EngineBlueprint& engine = *b.language_models[0].engine;
  EXPECT_NEAR(engine.times.prefill.at(750), 0.065, 1e-12) << "between two points";
  EXPECT_NEAR(engine.times.prefill.at(100), 0.050, 1e-12) << "before the first";
  EXPECT_NEAR(engine.times.prefill.at(2000), 0.140, 1e-12) << "beyond the last";
  // Prompts beside writing read the weights once; 4000 tokens of context are on top.
  EXPECT_NEAR(engine.times.seconds(500, 10, 4000), 0.050 + 0.039 - 0.030 + 0.0004, 1e-12);
  EXPECT_EQ(engine.kv_tokens, 6000);
  EXPECT_TRUE(engine.chunked);
  EXPECT_EQ(engine.weights, Bytes{140'000'000'000});
  EXPECT_EQ(b.services[0].language_model, 0U);
  EXPECT_EQ(b.services[1].language_model, no_index);
}

TEST(LanguageModels, ExplainHoldsTheDemandAgainstEnginesWithFullBatches) {
  const Explanation explanation = explain(build_blueprint(scenario_of(own_text)));
  const auto engines = std::find_if(explanation.stations.begin(), explanation.stations.end(),
                                    [](const StationLoad& station) { return station.resource == "engines"; });
  ASSERT_NE(engines, explanation.stations.end());
  EXPECT_EQ(engines->station, "services/llm");
  // The cache has room for 6000 / (500 + 100) = 9 of them (9.98): a step of nine takes 38 ms. Prompts are read in twos: 80 ms.
  const double seconds = 0.080 / 2 + 200 * (0.038 / 9 + 0.0001 / 1000 * 600.5);
  EXPECT_NEAR(engines->capacity, 2 / seconds, 1e-9);
  EXPECT_NEAR(engines->utilization, 2.0 * seconds / 2, 1e-9);
}

TEST(LanguageModels, ExplainSaysHowLongTheirWeightsAreOnTheWay) {
  Blueprint blueprint = build_blueprint(scenario_of(own_text));
  blueprint.network.registry_bandwidth = BytesPerSecond{10e9};
  blueprint.node_pools[0].bandwidth = BytesPerSecond{5e9};
  const Explanation explanation = explain(blueprint);
  // 140 GB over a node's 5 GB/s; the registry's 10 GB/s are enough for two nodes at once, not for three.
  EXPECT_TRUE(std::any_of(explanation.remarks.begin(), explanation.remarks.end(), [](const std::string& remark) {
    return remark.find("loads the weights of llama, 140 GB, in 28 s") != std::string::npos &&
           remark.find("3 or more at once share the registry's link: 14 s times") != std::string::npos;
  }));
}

}  // namespace
}  // namespace headroom
