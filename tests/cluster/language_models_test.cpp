// Hosted language models on the exact plane: times, buckets, concurrency, failures and the bill, as arithmetic.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-8;

// 0.5 s to the first token and 1 ms for each of 100 input tokens; then 10 ms for each of the other 50 of 51: 1.1 s.
LanguageModelBlueprint hosted() {
  LanguageModelBlueprint model{.name = "gpt"};
  model.hosted.first_token = seconds(0.5);
  model.hosted.input_token = 0.001;
  model.hosted.token = seconds(0.01);
  return model;
}

Blueprint asking(LanguageModelBlueprint model, std::vector<double> arrivals, int slots = 1000) {
  Blueprint blueprint =
      one_service({{GenerateStep{0, Distribution::constant(100), Distribution::constant(51), 0.0}}}, arriving_at(arrivals));
  blueprint.services[0].concurrency = slots;
  blueprint.language_models.push_back(std::move(model));
  return blueprint;
}

GenerateStep& generate_of(Blueprint& blueprint) { return std::get<GenerateStep>(blueprint.endpoints[0].steps[0].action); }

TEST(HostedModel, TakesItsTimeToTheFirstTokenAndThenATimeForEach) {
  PlaneUnderTest run{asking(hosted(), {0.0, 0.3})};
  run.finish();
  EXPECT_NEAR(run.value("avg latency{endpoint=api.work}"), 0.5 + 0.1 + 50 * 0.01, exact) << "whatever else it writes";
  EXPECT_NEAR(run.value("avg time_to_first_token{language_model=gpt}"), 0.6, exact);
  EXPECT_NEAR(run.value("avg time_per_token{language_model=gpt}"), 0.01, exact);
  EXPECT_NEAR(run.value("avg latency{language_model=gpt}"), 1.1, exact);
  EXPECT_DOUBLE_EQ(run.value("last tokens_in{language_model=gpt}"), 200.0);
  EXPECT_DOUBLE_EQ(run.value("last tokens_out{language_model=gpt}"), 102.0);
  EXPECT_EQ(run.ledger("generations").completed, 2U);
}

TEST(HostedModel, DoesNotReadAgainWhatItHasCached) {
  Blueprint blueprint = asking(hosted(), {0.0});
  generate_of(blueprint).cached = 0.6;
  PlaneUnderTest run{std::move(blueprint)};
  run.finish();
  EXPECT_NEAR(run.value("avg time_to_first_token"), 0.5 + 0.040, exact);
}

TEST(HostedModel, WithoutLimitsIsAStationWithAnyNumberOfServers) {
  // M/G/infinity: 40 arrivals a second times a mean of 1.1 s keep 44 in the making, Poisson distributed.
  Blueprint blueprint = one_service({{GenerateStep{0, Distribution::constant(100), Distribution::constant(51), 0.0}}}, {});
  RandomStream arrivals = RandomStreams{7, 0}.named("arrivals");
  std::vector<double> at;
  for (double t = 0.0; t < 1000.0; t += -std::log(arrivals.uniform()) / 40.0) at.push_back(t);
  blueprint.workloads[0].model = arriving_at(at);
  blueprint.services[0].concurrency = 100'000;
  blueprint.language_models.push_back(hosted());
  blueprint.language_models[0].hosted.token = Distribution::exponential(0.01);
  PlaneUnderTest run{std::move(blueprint)};
  run.finish();
  // Of 40,000 independent spans with a standard deviation of 0.5 s: four standard errors are 0.01 s, 0.9 %.
  const double by_little = static_cast<double>(at.size()) / 1000.0 * 1.1;
  EXPECT_NEAR(run.value("avg in_flight{service=api}"), by_little, 0.01 * by_little);
}

TEST(HostedModel, ARequestBeyondTheBucketFailsAtOnce) {
  // 60 a minute, 2 at once: full at 0 s; 0, 0.1 go; 0.2 finds 0.2; 1.0 finds 1.0; 1.5 finds 0.5; 2.0 finds 1.0.
  LanguageModelBlueprint model = hosted();
  model.hosted.requests = PerSecond{1.0};
  model.hosted.burst = to_duration(2.0);
  PlaneUnderTest run{asking(model, {0.0, 0.1, 0.2, 1.0, 1.5, 2.0})};
  run.finish();
  EXPECT_DOUBLE_EQ(run.value("last rate_limited{language_model=gpt}"), 2.0);
  EXPECT_EQ(run.ledger("generations").failed.at("rejected"), 2U);
  EXPECT_DOUBLE_EQ(run.value("count failures{reason=rejected}"), 2.0) << "the endpoint fails with it";
  EXPECT_NEAR(run.value("avg latency{language_model=gpt}"), 1.1, exact) << "what is refused has none";
}

TEST(HostedModel, TokensAreLimitedBesideRequests) {
  // 151 tokens each; 100 a second, 302 at once: two go, the third finds 1 at 0.01 s; 1.51 s later there is room again.
  LanguageModelBlueprint model = hosted();
  model.hosted.tokens = PerSecond{100.0};
  model.hosted.burst = to_duration(3.02);
  PlaneUnderTest run{asking(model, {0.0, 0.0, 0.01, 1.4, 1.51})};
  run.finish();
  EXPECT_DOUBLE_EQ(run.value("last rate_limited"), 2.0);
  EXPECT_EQ(run.ledger("generations").completed, 3U);
}

TEST(HostedModel, WhatWaitsForTheBucketIsServedInTurn) {
  // 1 a second, 1 at once: begun at 0, 1, 2, 3 s whatever came at 0.
  LanguageModelBlueprint model = hosted();
  model.hosted.requests = PerSecond{1.0};
  model.hosted.burst = to_duration(1.0);
  model.hosted.waits = true;
  PlaneUnderTest run{asking(model, {0.0, 0.0, 0.0, 0.0})};
  run.finish();
  EXPECT_NEAR(run.value("avg latency{endpoint=api.work}"), 1.1 + (0.0 + 1.0 + 2.0 + 3.0) / 4, 1e-6);
  EXPECT_DOUBLE_EQ(run.value("last rate_limited"), 3.0);
  EXPECT_EQ(run.ledger("generations").completed, 4U);
}

TEST(HostedModel, ConcurrencyMakesOthersWaitOrFail) {
  LanguageModelBlueprint model = hosted();
  model.hosted.concurrency = 2;
  PlaneUnderTest failing{asking(model, {0.0, 0.0, 0.0, 1.2})};
  failing.finish();
  EXPECT_EQ(failing.ledger("generations").failed.at("rejected"), 1U);
  model.hosted.waits = true;
  PlaneUnderTest waiting{asking(model, {0.0, 0.0, 0.0, 0.0, 0.0})};
  waiting.finish();
  // Two at a time: 1.1 1.1 2.2 2.2 3.3.
  EXPECT_NEAR(waiting.value("avg latency{endpoint=api.work}"), 1.1 * 9 / 5, exact);
}

TEST(HostedModel, FailsAShareOfItsRequestsAfterTheFirstTokensTime) {
  LanguageModelBlueprint model = hosted();
  model.hosted.failures = 0.19;
  std::vector<double> arrivals(10'000);
  std::iota(arrivals.begin(), arrivals.end(), 0.0);
  for (double& at : arrivals) at *= 0.09;
  PlaneUnderTest run{asking(model, arrivals)};
  run.finish();
  // Four standard deviations of a binomial of 10,000.
  EXPECT_NEAR(run.value("rate errors{language_model=gpt}"), 0.19, 4 * std::sqrt(0.19 * 0.81 / 10'000));
  const double failed = static_cast<double>(run.ledger("generations").failed.at("unavailable"));
  EXPECT_EQ(run.value("count latency{language_model=gpt}"), 10'000 - failed);
  EXPECT_NEAR(run.value("avg latency{language_model=gpt}"), 1.1, 1e-6) << "of what was served";
  EXPECT_NEAR(run.value("avg in_flight{service=api}"), (failed * 0.6 + (10'000 - failed) * 1.1) / 1000, 1e-6);
}

// Each fails after 0.6 s. The second, 0.1 s behind, then loads for itself, or asks for the lock within 0.1 s; neither waits until
// somebody gives up on the first.
TEST(HostedModel, AFailureAtTheEndOfALoadOrOfALockEndsItForThoseWhoWait) {
  LanguageModelBlueprint model = hosted();
  model.hosted.failures = 1.0;
  for (const bool locked : {false, true}) {
    Blueprint blueprint = asking(model, {0.0, 0.1});
    const Steps steps = blueprint.endpoints[0].steps;
    blueprint.keys.push_back({.name = "page"});
    if (locked) {
      blueprint.locks.push_back({.name = "leases"});
      blueprint.endpoints[0].steps = {{LockStep{.lock = 0, .key = 0, .lease = to_duration(100.0), .steps = steps}}};
    } else {
      blueprint.caches.push_back({.name = "pages", .capacity = {1000}, .policy = choice_of<CachePolicy>("lru")});
      blueprint.caches[0].coalesce = true;
      blueprint.endpoints[0].steps = {{CacheStep{0, 0, steps}}};
    }
    PlaneUnderTest run{std::move(blueprint)};
    run.finish();
    EXPECT_EQ(run.ledger("requests").failed.at("unavailable"), 2U);
    // 0.6 s for the first; 1.1 s for the second, or up to 0.1 s more between two looks at the lock.
    EXPECT_GE(1000 * run.value("avg in_flight{service=api}"), 0.6 + 1.1 - 1e-6) << locked;
    EXPECT_LE(1000 * run.value("avg in_flight{service=api}"), 0.6 + 1.2 + 1e-6) << locked;
  }
}

TEST(HostedModel, BillsTokensReadCachedAndWritten) {
  LanguageModelBlueprint model = hosted();
  model.hosted.prices = {.input = 2.5e-6, .cached_input = 1.25e-6, .output = 10e-6};
  Blueprint blueprint = asking(model, {0.0, 0.0, 0.0});
  generate_of(blueprint).cached = 0.4;
  PlaneUnderTest run{std::move(blueprint)};
  run.finish();
  const double one = 60 * 2.5e-6 + 40 * 1.25e-6 + 51 * 10e-6;
  EXPECT_NEAR(run.value("last cost{component=gpt}"), 3 * one, 1e-12);
  EXPECT_NEAR(run.value("last cost"), 3 * one, 1e-12) << "the parts are the bill";
}

TEST(HostedModel, ForgetsWhatALostReplicaHadAskedFor) {
  LanguageModelBlueprint model = hosted();
  model.hosted.concurrency = 1;
  model.hosted.waits = true;
  Blueprint blueprint = asking(model, {0.0, 0.0, 0.0, 0.0});
  blueprint.services[0].replicas = 2;
  PlaneUnderTest run{std::move(blueprint)};
  run.advance(0.5);
  // Of the first replica one is being written and one in line; the two of the second follow at 0.5 s.
  run.plane().remove_replica(run.replicas(0)[0]);
  run.finish();
  const LedgerEntry& books = run.ledger("generations");
  EXPECT_EQ(books.failed.at("lost"), 2U);
  EXPECT_EQ(books.completed, 2U);
  EXPECT_TRUE(books.balanced());
  EXPECT_NEAR(run.value("max latency{language_model=gpt}"), 0.5 + 2 * 1.1, 0.01);
}

TEST(HostedModel, CountsEveryGenerationWithItsTokensWhateverTheLimits) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    RandomStream random = RandomStreams{seed, 0}.named("system");
    LanguageModelBlueprint model = hosted();
    model.hosted.token = Distribution::exponential(0.02);
    model.hosted.waits = random.uniform() < 0.5;
    model.hosted.failures = 0.1 * random.uniform();
    if (random.uniform() < 0.7) model.hosted.requests = PerSecond{1.0 + 5.0 * random.uniform()};
    if (random.uniform() < 0.7) model.hosted.concurrency = 1 + static_cast<int>(10 * random.uniform());
    model.hosted.burst = to_duration(1.0 + random.uniform());
    std::vector<double> arrivals;
    for (double t = 0.0; t < 200.0; t += -std::log(random.uniform()) / 5.0) arrivals.push_back(t);
    Blueprint blueprint = asking(model, arrivals, 10);
    blueprint.endpoints[0].steps.insert(blueprint.endpoints[0].steps.begin(), Step{WaitStep{Distribution::exponential(0.1)}});
    PlaneUnderTest run{std::move(blueprint), seed, 5000.0};
    run.finish();
    const LedgerEntry& books = run.ledger("generations");
    EXPECT_TRUE(books.balanced()) << seed;
    EXPECT_EQ(books.entered, arrivals.size()) << seed;
    EXPECT_EQ(books.in_flight, 0U) << seed;
    EXPECT_DOUBLE_EQ(run.value("last tokens_in"), 100.0 * static_cast<double>(books.completed)) << seed;
    EXPECT_DOUBLE_EQ(run.value("last tokens_out"), 51.0 * static_cast<double>(books.completed)) << seed;
  }
}

}  // namespace
}  // namespace headroom::test
