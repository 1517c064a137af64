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

}  // namespace
}  // namespace headroom
