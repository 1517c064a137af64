// Rate limits and quotas as timelines by hand, and against what a bucket lets through in the long run.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "sim/cluster/token_table.hpp"
#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-8;

// Requests of "api", which has many slots, ask the limit and take no time else.
struct Limited {
  Limited(std::vector<Arrival> arrivals, std::vector<LimitTier> tiers) {
    blueprint = one_service({}, scripted(std::move(arrivals)));
    blueprint.services[0].concurrency = 1000;
    blueprint.limits.push_back({.name = "plan", .tiers = std::move(tiers)});
    LimitStep step;
    step.limit = 0;
    blueprint.endpoints[0].steps = {{step}};
  }
  LimitStep& step() { return std::get<LimitStep>(blueprint.endpoints[0].steps[0].action); }

  Blueprint blueprint;
};

std::vector<Arrival> of_one_tenant(const std::vector<double>& times) {
  std::vector<Arrival> arrivals;
  for (const double at : times) arrivals.push_back({.at = at_seconds(at), .subject = 7});
  return arrivals;
}

LimitTier bucket(double rate, double burst) { return {.rate = PerSecond{rate}, .burst = burst, .quota = {}}; }

// Tokens after each: 2 - 1 = 1, 1.1 - 1 = 0.1, 0.2 refused, 1 - 1 = 0, 0.2 refused.
TEST(ExactLimits, ABucketRefusesWhatItHasNoTokensFor) {
  Limited system{of_one_tenant({0, 0.1, 0.2, 1.0, 1.2}), {bucket(1, 2)}};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count throttled{limit=plan}"), 2);
  EXPECT_NEAR(run.value("rate throttled{limit=plan}"), 0.4, exact);
  EXPECT_EQ(run.value("count failures{reason=throttled}"), 2);
  EXPECT_EQ(run.value("count latency{workload=users}"), 3) << "what is refused has no latency";
}

TEST(ExactLimits, WhatIsThrottledIsNoError) {
  Limited system{of_one_tenant({0, 0.1, 0.2}), {bucket(1, 1)}};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("rate errors{workload=users}"), 0);
  EXPECT_EQ(run.value("rate errors{service=api}"), 0);
  EXPECT_EQ(run.value("rate availability{workload=users}"), 1);
  EXPECT_EQ(run.value("count requests{workload=users}"), 3);
  EXPECT_EQ(run.ledger("requests").failed.at("throttled"), 2U);
}

TEST(ExactLimits, TenantsDoNotShareUnlessTheLimitIsForAll) {
  for (const bool shared : {false, true}) {
    std::vector<Arrival> arrivals = of_one_tenant({0, 0, 0, 0});
    for (std::size_t i = 0; i < arrivals.size(); ++i) arrivals[i].subject = i;
    Limited system{std::move(arrivals), {bucket(1, 1)}};
    system.blueprint.limits[0].per_subject = !shared;
    PlaneUnderTest run{system.blueprint};
    run.finish();
    EXPECT_EQ(run.value("count throttled{limit=plan}"), shared ? 3 : 0);
  }
}

TEST(ExactLimits, TheLongRunRateIsTheSmallerOfDemandAndRefill) {
  // Every 0.25 s until 999.75 s: 10 + 1.5 × 999.75 = 1509.6 tokens come, 4000 are asked for.
  std::vector<double> times;
  for (int i = 0; i < 4000; ++i) times.push_back(0.25 * i);
  Limited system{of_one_tenant(times), {bucket(1.5, 10)}};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count throttled{limit=plan}"), 4000 - 1509);
  Limited enough{of_one_tenant(times), {bucket(4, 1)}};
  PlaneUnderTest in_peace{enough.blueprint};
  in_peace.finish();
  EXPECT_EQ(in_peace.value("count throttled{limit=plan}"), 0);
}

// A bucket of one token is dead for 1 / r after each request it lets through: of Poisson arrivals it refuses what M/D/1/1 does,
// a / (1 + a) with a = λ / r (Erlang's loss formula, whatever the service time).
TEST(ExactLimits, ABucketOfOneTokenIsErlangsLossSystem) {
  std::mt19937_64 random{5};
  std::vector<double> times;
  std::exponential_distribution<double> gap{20.0};
  for (double at = gap(random); at < 1000.0; at += gap(random)) times.push_back(at);
  Limited system{of_one_tenant(times), {bucket(10, 1)}};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  // Cycles of one pass and a Poisson (mean a) number of refusals: the share's deviation is about sqrt(a / n) / (1 + a)^2.
  const double passes = static_cast<double>(times.size()) / 3.0;
  EXPECT_NEAR(run.value("rate throttled{limit=plan}"), 2.0 / 3.0, 4.5 * std::sqrt(2.0 / passes) / 9.0);
}

TEST(ExactLimits, WhoWaitsIsServedInTurnAndNotLongerThanAllowed) {
  // One token a second: waits of 0, 1 and 2 s; the fourth would have to wait 3 s.
  Limited system{of_one_tenant({0, 0, 0, 0}), {bucket(1, 1)}};
  system.step().on_limit = OnLimit::wait;
  system.step().longest_wait = to_duration(2.5);
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count throttled{limit=plan}"), 1);
  EXPECT_NEAR(run.value("avg limit_wait{limit=plan}"), (0.0 + 1 + 2) / 3, exact);
  EXPECT_NEAR(run.value("max latency{workload=users}"), 2.0, exact);
}

// Waits of 0, 1 and 2 s: at 0.5 s the first is over, at 1.5 s two are; then the replica goes, 1.5 s into the third.
TEST(ExactLimits, AWaitIsCountedWhenItIsOverHoweverItEnds) {
  for (const double until : {0.5, 1.5, 2.5}) {
    Limited system{of_one_tenant({0, 0, 0}), {bucket(1, 1)}};
    system.step().on_limit = OnLimit::wait;
    PlaneUnderTest run{system.blueprint, 1, until};
    run.finish();
    EXPECT_EQ(run.value("count limit_wait{limit=plan}"), std::floor(until) + 1);
  }
  Limited system{of_one_tenant({0, 0, 0}), {bucket(1, 1)}};
  system.step().on_limit = OnLimit::wait;
  PlaneUnderTest run{system.blueprint};
  run.advance(1.5);
  run.plane().remove_replica(run.replicas(0)[0]);
  run.finish();
  EXPECT_EQ(run.value("count limit_wait{limit=plan}"), 3);
  EXPECT_NEAR(run.value("avg limit_wait{limit=plan}"), (0.0 + 1 + 1.5) / 3, exact);
  EXPECT_EQ(run.value("count failures{reason=lost}"), 1);
}

TEST(ExactLimits, AQuotaEndsWithItsPeriod) {
  Limited system{of_one_tenant({0, 1, 2, 3, 9.9, 10, 11}), {{.rate = {}, .quota = 3.0, .period = to_duration(10.0)}}};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count throttled{limit=plan}"), 2) << "at 3 and at 9.9";
}

TEST(ExactLimits, ACostTakesSoManyTokens) {
  // A budget of 100 tokens, 40 each: the third is refused; nothing is taken from it, so 20 + 20 are there at 2 s.
  Limited system{of_one_tenant({0, 0, 0, 2}), {bucket(10, 100)}};
  system.step().cost = Distribution::constant(40);
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count throttled{limit=plan}"), 1);
}

TEST(ExactLimits, TiersGoByPriority) {
  // Priority 0 is above the first tier; 1 and 2 are in it, 5 in the second.
  std::vector<Arrival> arrivals;
  for (const int priority : {0, 0, 0, 1, 2, 5, 5, 5}) {
    arrivals.push_back({.at = at_seconds(0), .priority = static_cast<std::uint8_t>(priority), .subject = 7});
  }
  LimitTier first = bucket(1, 1), second = bucket(1, 2);
  first.priority = 1;
  second.priority = 3;
  Limited system{std::move(arrivals), {first, second}};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count throttled{limit=plan,priority=1}"), 1);
  EXPECT_EQ(run.value("count throttled{limit=plan,priority=3}"), 1);
  EXPECT_NEAR(run.value("rate throttled{limit=plan}"), 2.0 / 5, exact);
}

// An alert per tenant and ten seconds: at 0, 12 and 23.
TEST(ExactLimits, WhatIsSkippedIsDoneOnceAWhile) {
  Limited system{of_one_tenant({0, 3, 8, 12, 15, 21, 23}), {bucket(0.1, 1)}};
  const Index alert = add_service(system.blueprint, "alerts", {});
  system.step().on_limit = OnLimit::skip;
  system.step().steps = {{CallStep{.endpoint = alert}}};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count requests{service=alerts}"), 3);
  EXPECT_EQ(run.value("count throttled{limit=plan}"), 4);
  EXPECT_EQ(run.ledger("requests").completed, 7U + 3U);
}

TEST(TokenTable, ForgetsWhoHasAllTokensAgain) {
  TokenTable table{bucket(1, 1)};
  for (int second = 0; second < 100'000; ++second) {
    ASSERT_EQ(table.take(static_cast<std::uint64_t>(second), 1, Duration{}, at_seconds(second)), Duration{});
  }
  EXPECT_LE(table.size(), 16U);
}

TEST(TokenTable, KeepsEverybodyWhoStillOwes) {
  TokenTable table{{.rate = PerSecond{0.001}, .burst = 2, .quota = {}}};
  for (const bool again : {false, true}) {
    for (std::uint64_t key = 0; key < 10'000; ++key) {
      ASSERT_EQ(table.take(key, 2, Duration{}, at_seconds(1)).has_value(), !again) << key;
    }
  }
  EXPECT_EQ(table.size(), 10'000U);
}

// A thousand new ones in each of a hundred periods.
TEST(TokenTable, ForgetsUsesOfPeriodsThatAreOver) {
  TokenTable table{{.quota = 3.0, .period = std::chrono::seconds{10}}};
  for (int period = 0; period < 100; ++period) {
    for (int key = 0; key < 1000; ++key) {
      ASSERT_TRUE(table.take(static_cast<std::uint64_t>(period * 1000 + key), 2, Duration{}, at_seconds(10.0 * period)));
      ASSERT_FALSE(table.take(static_cast<std::uint64_t>(period * 1000 + key), 2, Duration{}, at_seconds(10.0 * period)));
    }
    ASSERT_LE(table.size(), 3000U);
  }
}

// A bucket of one token whose askers wait is the leaky bucket as a queue: six at once leave 1/rate apart, 0, 0.5, 1 and 1.5 s after, and with a
// wait of 1.5 s at most the bucket holds three behind the one that leaves; the other two run over.
TEST(ExactLimits, ABucketOfOneTokenWhoseAskersWaitLeaks) {
  Limited system{of_one_tenant({0, 0, 0, 0, 0, 0}), {bucket(2, 1)}};
  system.step().on_limit = OnLimit::wait;
  system.step().longest_wait = to_duration(1.5);
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count throttled{limit=plan}"), 2);
  EXPECT_NEAR(run.value("avg latency{workload=users}"), (0.0 + 0.5 + 1.0 + 1.5) / 4.0, exact);
}

// As a meter, which lets through what it has room for and leaks at a rate, it is the token bucket seen from the other side: room of 3 and a
// leak of 1/s. Level after each: 1, 2, 3, refused, 3 (leaked to 2 by 1 s, and one more), refused (2.5 at 1.5 s).
TEST(ExactLimits, ABucketWhoseAskersFailIsTheLeakyBucketAsAMeter) {
  Limited system{of_one_tenant({0, 0, 0, 0, 1.0, 1.5}), {bucket(1, 3)}};
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_EQ(run.value("count throttled{limit=plan}"), 2);
}

}  // namespace
}  // namespace headroom::test
