// Continuous batching in the engines of replicas, as timelines by hand.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/allocation_counter.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-6;

// Reading a prompt takes 1 s + 10 ms per token, a step of writing 1 s + 0.1 s for each text beyond the first.
LanguageModelBlueprint own(std::int64_t kv_tokens = 1'000'000) {
  LanguageModelBlueprint model{.name = "llama"};
  EngineBlueprint engine;
  engine.times.prefill = StepTimeCurve{{{0.0, 1.0}, {100.0, 2.0}}};
  engine.times.decode = StepTimeCurve{{{1.0, 1.0}, {2.0, 1.1}}};
  engine.kv_tokens = kv_tokens;
  engine.step_tokens = 1000;
  model.engine = engine;
  return model;
}

// Each arrival has its own endpoint: its own numbers of tokens.
struct Ask {
  double at;
  double input, output;
};
Blueprint asking(LanguageModelBlueprint model, const std::vector<Ask>& asks, int slots = 1000) {
  Blueprint blueprint = one_service({}, {});
  blueprint.endpoints.clear();
  blueprint.workloads[0].journeys.clear();
  blueprint.services[0].concurrency = slots;
  blueprint.services[0].language_model = 0;
  blueprint.language_models.push_back(std::move(model));
  std::vector<Arrival> arrivals;
  for (const Ask& ask : asks) {
    const auto index = static_cast<Index>(blueprint.endpoints.size());
    const std::string name = "n" + std::to_string(index);
    blueprint.endpoints.push_back(
        {"api." + name, 0, {{GenerateStep{0, Distribution::constant(ask.input), Distribution::constant(ask.output), 0.0}}}});
    blueprint.workloads[0].journeys.push_back({name, 1.0, {{CallStep{.endpoint = index}}}});
    arrivals.push_back({.at = at_seconds(ask.at), .journey = index, .subject = index});
  }
  blueprint.workloads[0].model = scripted(std::move(arrivals));
  return blueprint;
}

double latency_of(const PlaneUnderTest& run, int number) {
  return run.value("avg latency{endpoint=api.n" + std::to_string(number) + "}");
}

TEST(Engine, OneTextTakesItsPromptAndAStepForEachFurtherToken) {
  PlaneUnderTest run{asking(own(), {{0.0, 100, 5}})};
  run.finish();
  EXPECT_NEAR(run.value("avg time_to_first_token{language_model=llama}"), 2.0, exact);
  EXPECT_NEAR(latency_of(run, 0), 2.0 + 4 * 1.0, exact);
  EXPECT_NEAR(run.value("avg time_per_token"), 1.0, exact);
  EXPECT_DOUBLE_EQ(run.value("last tokens_out{language_model=llama}"), 5.0);
  // 100 tokens while the prompt is read, then 101, 102, 103, 104, a second each.
  EXPECT_NEAR(run.value("avg kv_cache{service=api}"), (2 * 100 + 101 + 102 + 103 + 104) / 1000.0 / 1e6, 1e-12);
}

TEST(Engine, AWholePromptHoldsUpWritingAndThenBothWriteTogether) {
  PlaneUnderTest run{asking(own(), {{0.0, 100, 5}, {2.5, 50, 3}})};
  run.finish();
  // 0-2 prompt A; 2-3 A writes its 2nd; 3-4.5 prompt B; 4.5-5.6 A 3rd and B 2nd; 5.6-6.7 A 4th and B 3rd; 6.7-7.7 A 5th.
  EXPECT_NEAR(latency_of(run, 1), 6.7 - 2.5, exact);
  EXPECT_NEAR(latency_of(run, 0), 7.7, exact);
  EXPECT_NEAR(run.value("max time_to_first_token"), 2.0, 0.02);
  EXPECT_NEAR(run.value("avg batch_size{service=api}"), (4.5 - 3.0 + 2 * 1.1 + 7.7) / 1000.0, 1e-9);
  EXPECT_NEAR(run.plane().busy_replica_seconds(0), 7.7, exact) << "it is at work, whether on one text or on two";
}

TEST(Engine, PromptsThatComeTogetherAreReadTogetherUpToTheStepsTokens) {
  LanguageModelBlueprint model = own();
  model.engine->step_tokens = 250;
  PlaneUnderTest run{asking(model, {{0.0, 10, 1}, {0.5, 100, 1}, {0.5, 100, 1}, {0.5, 100, 1}})};
  run.finish();
  // 0-1.1 the first; 1.1-4.1 two of 100 (1 s + 200 × 10 ms); 4.1-6.1 the third.
  EXPECT_NEAR(latency_of(run, 1), 3.6, exact);
  EXPECT_NEAR(latency_of(run, 2), 3.6, exact);
  EXPECT_NEAR(latency_of(run, 3), 5.6, exact);
}

TEST(Engine, ChunksReadAPromptBesideWriting) {
  LanguageModelBlueprint model = own();
  model.engine->chunked = true;
  model.engine->step_tokens = 41;
  PlaneUnderTest run{asking(model, {{0.0, 40, 4}, {1.5, 100, 2}})};
  run.finish();
  // 0-1.4 prompt A. 1.4-2.4 A's 2nd (B not yet there). From 2.4 on steps of A's token and 40 of B's:
  // 1 + 0.4 + 1 - 1 = 1.4 s: 3.8 (A's 3rd), 5.2 (A's 4th, its last); then B's last 20 alone: 1.2 s: 6.4; B's 2nd: 7.4.
  EXPECT_NEAR(latency_of(run, 0), 5.2, exact);
  EXPECT_NEAR(latency_of(run, 1), 7.4 - 1.5, exact);
}

// 10 ms for each token that a step of writing looks back at, its own included; reading a prompt looks back at none.
TEST(Engine, AStepTakesLongerTheMoreContextItsTextsHave) {
  LanguageModelBlueprint model = own();
  model.engine->times.context_token = 0.010;
  PlaneUnderTest alone{asking(model, {{0.0, 100, 5}})};
  alone.finish();
  EXPECT_NEAR(latency_of(alone, 0), 2.0 + 4 * 1.0 + 0.010 * (101 + 102 + 103 + 104), exact);
  // 0-2 prompt A, 2-3.5 prompt B; then both write: 1.1 + 0.01 × (101 + 51) = 2.62 s until 6.12, and 2.64 s until 8.76.
  PlaneUnderTest both{asking(model, {{0.0, 100, 3}, {0.0, 50, 3}})};
  both.finish();
  EXPECT_NEAR(latency_of(both, 0), 8.76, exact);
  EXPECT_NEAR(latency_of(both, 1), 8.76, exact);
}

TEST(Engine, TheBatchHasAMostAndOthersWait) {
  LanguageModelBlueprint model = own();
  model.engine->batch = 1;
  PlaneUnderTest run{asking(model, {{0.0, 100, 2}, {0.0, 100, 2}, {0.0, 100, 2}})};
  run.finish();
  EXPECT_NEAR(latency_of(run, 2), 9.0, exact);
  EXPECT_NEAR(run.value("avg generations_waiting{service=api}"), (2 * 3.0 + 3.0) / 1000.0, 1e-9);
}

TEST(Engine, AFullCacheSendsTheLastOneBackToReadAnew) {
  // Room for 204 tokens, two texts of 100 + 4. 0-2 prompt A, 2-4 prompt B (begun with A's prompt done). Both write: 4-5.1 (101
  // each), 5.1-6.2 (102 each: full, A has 3 tokens, B 3). Then B goes; A writes its 4th alone: 6.2-7.2. B reads 103 tokens: 1 s
  // + 1.03 s, which writes its 4th: 9.23.
  PlaneUnderTest run{asking(own(204), {{0.0, 100, 4}, {1.0, 100, 4}})};
  run.finish();
  EXPECT_NEAR(latency_of(run, 0), 7.2, exact);
  EXPECT_NEAR(latency_of(run, 1), 9.23 - 1.0, exact);
  EXPECT_DOUBLE_EQ(run.value("last preemptions{service=api}"), 1.0);
  EXPECT_NEAR(run.value("avg kv_cache{service=api}"),
              (2 * 100 + 2 * 200 + 1.1 * 202 + 1.1 * 204 + 103 + 2.03 * 103) / 1000.0 / 204, 1e-9);
}

TEST(Engine, RejectsWhatCouldNeverFit) {
  PlaneUnderTest run{asking(own(103), {{0.0, 100, 4}, {0.0, 100, 5}})};
  run.finish();
  EXPECT_EQ(run.ledger("generations").completed, 1U);
  EXPECT_EQ(run.ledger("generations").failed.at("rejected"), 1U);
}

TEST(Engine, WhatIsCachedIsNotReadButTakesItsRoom) {
  Blueprint blueprint = asking(own(), {{0.0, 100, 1}});
  std::get<GenerateStep>(blueprint.endpoints[0].steps[0].action).cached = 0.8;
  PlaneUnderTest run{std::move(blueprint)};
  run.finish();
  EXPECT_NEAR(run.value("avg time_to_first_token"), 1.2, exact);
  EXPECT_NEAR(run.value("avg kv_cache"), 1.2 * 100 / 1000.0 / 1e6, 1e-12);
}

TEST(Engine, LosesWhatItsReplicaHadAndTheOtherGoesOn) {
  Blueprint blueprint = asking(own(), {{0.0, 100, 4}, {0.0, 100, 4}, {0.1, 100, 4}});
  blueprint.services[0].replicas = 2;
  PlaneUnderTest run{std::move(blueprint)};
  run.advance(3.5);
  run.plane().remove_replica(run.replicas(0)[0]);
  run.finish();
  EXPECT_EQ(run.ledger("generations").failed.at("lost"), 2U);
  EXPECT_EQ(run.ledger("generations").completed, 1U);
  EXPECT_NEAR(latency_of(run, 1), 5.0, exact);
  EXPECT_DOUBLE_EQ(run.value("last batch_size"), 0.0);
  EXPECT_DOUBLE_EQ(run.value("last generations_waiting"), 0.0);
}

TEST(Engine, WithABatchOfOneIsAQueueWithOneServer) {
  // M/G/1: service 2 s (prompt of 100) with probability ½ and 4 s (2 more tokens) else; utilization 0.6.
  // Pollaczek-Khinchine: W = λ E[S²] / (2 (1 - ρ)) = 0.2 × 10 / 0.8 = 2.5 s.
  Blueprint blueprint = asking(own(), {{0.0, 100, 1}, {0.0, 100, 3}});
  blueprint.language_models[0].engine->batch = 1;
  blueprint.services[0].concurrency = 1'000'000;
  RandomStream random = RandomStreams{3, 0}.named("arrivals");
  std::vector<Arrival> arrivals;
  constexpr double end = 400'000.0;
  for (double t = 0.0; t < end - 1000.0; t += -std::log(random.uniform()) / 0.2)
    arrivals.push_back({.at = at_seconds(t), .journey = random.uniform() < 0.5 ? 1U : 0U, .subject = arrivals.size()});
  const auto count = static_cast<double>(arrivals.size());
  blueprint.workloads[0].model = scripted(std::move(arrivals));
  PlaneUnderTest run{std::move(blueprint), 1, end};
  run.finish();
  const double wait = run.value("avg generations_waiting") * end / count;
  EXPECT_NEAR(wait, 2.5, 0.15);  // about four standard errors of the mean of 80,000 correlated waits
}

TEST(Engine, ConservesTextsAndTokensWhateverItsRoom) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    RandomStream random = RandomStreams{seed, 0}.named("system");
    LanguageModelBlueprint model = own(150 + static_cast<std::int64_t>(300 * random.uniform()));
    model.engine->batch = 1 + static_cast<int>(8 * random.uniform());
    model.engine->chunked = random.uniform() < 0.5;
    model.engine->step_tokens = 10 + static_cast<std::int64_t>(200 * random.uniform());
    model.engine->times.context_token = 0.001;
    std::vector<Ask> asks;
    double written = 0.0, read = 0.0;
    for (double t = 0.0; asks.size() < 200; t += -4.0 * std::log(random.uniform())) {
      asks.push_back({t, 1.0 + std::floor(100 * random.uniform()), 1.0 + std::floor(49 * random.uniform())});
      read += asks.back().input;
      written += asks.back().output;
    }
    PlaneUnderTest run{asking(model, asks), seed, 100'000.0};
    run.finish();
    const LedgerEntry& books = run.ledger("generations");
    EXPECT_TRUE(books.balanced()) << seed;
    EXPECT_EQ(books.completed, asks.size()) << seed;
    EXPECT_DOUBLE_EQ(run.value("last tokens_in"), read) << seed;
    EXPECT_DOUBLE_EQ(run.value("last tokens_out"), written) << seed;
    EXPECT_LE(run.value("max batch_size"), model.engine->batch) << seed;
    EXPECT_DOUBLE_EQ(run.value("last batch_size"), 0.0) << seed;
  }
}

TEST(Engine, TakesNoMemoryPerStepAfterWarmUp) {
  std::vector<Arrival> arrivals;
  for (int i = 0; i < 1000; ++i) arrivals.push_back({.at = at_seconds(8.0 * i)});
  Blueprint blueprint = asking(own(300), {{0.0, 20, 20}});
  blueprint.workloads[0].model = scripted(std::move(arrivals));
  PlaneUnderTest run{std::move(blueprint), 1, 8000.0};
  run.advance(4000.0);
  const std::uint64_t before = allocations_so_far();
  run.advance(8000.0);
  EXPECT_LE(allocations_so_far() - before, 8U) << "histograms that meet a new largest value";
  run.finish();
  EXPECT_GT(run.value("last tokens_out"), 19'000.0);
}

}  // namespace
}  // namespace headroom::test
