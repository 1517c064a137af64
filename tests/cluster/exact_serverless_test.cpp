// Serverless services as timelines by hand, and against the formulas of their extremes: the gaps of a Poisson stream, Little's
// law, Erlang's loss formula.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "tests/support/plane_under_test.hpp"

namespace headroom::test {
namespace {

constexpr double exact = 1e-8;
constexpr double z = 3.29;  // of a 99.9 % interval

// "api" is serverless; a request takes `work` seconds, an instance one more to start and goes when it has been idle for 10 s.
struct Functions {
  Functions(PolicyChoice arrivals, Distribution work) {
    blueprint = one_service({{WaitStep{work}}}, std::move(arrivals));
    blueprint.services[0].replicas = 0;
    blueprint.services[0].serverless =
        ServerlessBlueprint{.keep_alive = std::chrono::seconds{10}, .cold_start = Distribution::constant(1.0)};
  }
  ServerlessBlueprint& platform() { return *blueprint.services[0].serverless; }

  Blueprint blueprint;
};

std::vector<double> poisson(double rate, double until, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  std::exponential_distribution<double> gap{rate};
  std::vector<double> times;
  for (double at = gap(random); at < until; at += gap(random)) times.push_back(at);
  return times;
}

// Cold at 0 (1.5 s), idle from 1.5 s; warm at 5, idle from 5.5 s; warm at 15.4 s, idle from 15.9 s; gone at 25.9 s, cold at 26 s.
TEST(ExactServerless, AnInstanceGoesWhenItHasBeenIdleForItsKeepAlive) {
  Functions system{arriving_at({0, 5, 15.4, 26}), seconds(0.5)};
  PlaneUnderTest run{system.blueprint, 1, 30.0};
  run.finish();
  EXPECT_NEAR(run.value("rate cold_starts{service=api}"), 2.0 / 4, exact);
  EXPECT_NEAR(run.value("avg latency{service=api}"), (1.5 + 0.5 + 0.5 + 1.5) / 4, exact);
  EXPECT_NEAR(run.value("avg queue_wait{service=api}"), (1.0 + 1.0) / 4, exact);
  EXPECT_NEAR(run.value("avg instances{service=api}"), (25.9 + 4.0) / 30.0, exact);
  EXPECT_EQ(run.value("rate throttled{service=api}"), 0);
}

// The first is done at 3 s; the second begins when its own instance is up, at 3.5 s, although another is free from 3 s.
TEST(ExactServerless, ARequestWaitsForTheInstanceThatItStarted) {
  Functions system{arriving_at({0, 2.5}), seconds(2.0)};
  PlaneUnderTest run{system.blueprint, 1, 30.0};
  run.finish();
  EXPECT_NEAR(run.value("max latency{service=api}"), 3.0, exact);
  EXPECT_NEAR(run.value("avg latency{service=api}"), 3.0, exact);
  EXPECT_EQ(run.value("max instances{service=api}"), 2);
}

// At 0.2 and 0.4 s the first instance, which has two slots, and the second are starting.
TEST(ExactServerless, SlotsOfAnInstanceThatStartsAreTakenByThoseWhoComeMeanwhile) {
  Functions system{arriving_at({0, 0.2, 0.4}), seconds(0.5)};
  system.blueprint.services[0].concurrency = 2;
  PlaneUnderTest run{system.blueprint, 1, 30.0};
  run.finish();
  EXPECT_EQ(run.value("max instances{service=api}"), 2);
  EXPECT_EQ(run.value("rate cold_starts{service=api}"), 1);
  EXPECT_NEAR(run.value("avg latency{service=api}"), (1.5 + 1.3 + 1.5) / 3, exact);
}

// Two may start at 0; a token a second comes back. At 0.5 s there is half of one, at 1 s one, at 1.5 s half of one.
TEST(ExactServerless, InstancesStartInABurstAndThenAtTheRamp) {
  Functions system{arriving_at({0, 0, 0, 0.5, 1.0, 1.5}), seconds(20.0)};
  system.platform().burst = 2;
  system.platform().ramp = PerSecond{1.0};
  PlaneUnderTest run{system.blueprint, 1, 60.0};
  run.finish();
  EXPECT_NEAR(run.value("rate throttled{service=api}"), 3.0 / 6, exact);
  EXPECT_EQ(run.value("count failures{reason=rejected}"), 3);
  EXPECT_NEAR(run.value("rate errors{workload=users}"), 3.0 / 6, exact) << "want of room is an error";
  EXPECT_EQ(run.value("count latency{workload=users}"), 3) << "what is turned away has no latency";
  EXPECT_EQ(run.value("max instances{service=api}"), 3);
}

TEST(ExactServerless, TheFloorIsWarmForEver) {
  Functions system{arriving_at({0, 0, 500, 900}), seconds(0.5)};
  system.platform().floor = 1;
  PlaneUnderTest run{system.blueprint};
  run.finish();
  EXPECT_NEAR(run.value("rate cold_starts{service=api}"), 1.0 / 4, exact) << "the second at 0 finds the floor taken";
  EXPECT_NEAR(run.value("avg instances{service=api}"), 1 + 11.5 / 1000, exact);
}

// Who gives up waiting for a start leaves the slot to the next; the instance starts all the same.
TEST(ExactServerless, WhoDoesNotWaitForTheStartLeavesItsSlot) {
  Functions system{arriving_at({0, 0.7, 0.8}), seconds(0.5)};
  system.blueprint.services[0].wait_limit = seconds(0.6);
  PlaneUnderTest run{system.blueprint, 1, 30.0};
  run.finish();
  EXPECT_EQ(run.value("count failures{reason=wait_limit}"), 2) << "of 0 and of 0.8 s, whose instance takes until 1.8 s";
  EXPECT_NEAR(run.value("avg latency{service=api}"), 0.8, exact) << "0.7 s: up at 1 s, done at 1.5 s; only what is served";
  EXPECT_EQ(run.value("max instances{service=api}"), 2);
  EXPECT_NEAR(run.value("avg instances{service=api}"), (11.5 + 11.0) / 30, exact) << "until 11.5 s; from 0.8 to 11.8 s";
}

// Of two idle instances the one that was used last: the other goes.
TEST(ExactServerless, TheInstanceUsedLastIsUsedNext) {
  std::vector<double> times{0, 0.1};                           // idle from 1.5 and from 1.6 s
  for (int i = 0; i < 5; ++i) times.push_back(5.0 + 5.0 * i);  // until 25.5 s
  Functions system{arriving_at(times), seconds(0.5)};
  PlaneUnderTest run{system.blueprint, 1, 50.0};
  run.finish();
  EXPECT_NEAR(run.value("avg instances{service=api}"), (11.5 + (35.5 - 0.1)) / 50, exact);
}

// 2 GB; billed 0 to 1.5 s, 5 to 5.5 s; requests 0.2 dollars each. The floor: 1 instance for 100 s, and used from 0 to 0.5 s.
TEST(ExactServerless, CostsItsRequestsItsBilledTimeAndItsFloor) {
  for (const bool has_floor : {false, true}) {
    Functions system{arriving_at({0, 5}), seconds(0.5)};
    system.blueprint.services[0].memory = Bytes{2'000'000'000};
    system.platform().floor = has_floor ? 1 : 0;
    system.platform().price_per_request = 0.2;
    system.platform().price = 3e-9;
    system.platform().floor_price = 0.5e-9;
    PlaneUnderTest run{system.blueprint, 1, 100.0};
    run.finish();
    const double billed = has_floor ? 0.5 + 0.5 : 1.5 + 0.5;
    EXPECT_NEAR(run.value("last cost{component=api}"), 2 * 0.2 + 2 * 3 * billed + (has_floor ? 2 * 0.5 * 100 : 0.0), 1e-6);
  }
}

TEST(ExactServerless, AnInstanceIsBilledOnceHoweverManyShareIt) {
  Functions system{arriving_at({0, 0.5, 1.5}), seconds(1.0)};  // up at 1 s; two until 2 s, the third until 2.5 s
  system.blueprint.services[0].concurrency = 3;
  system.blueprint.services[0].memory = Bytes{1'000'000'000};
  system.platform().price = 1e-9;
  PlaneUnderTest run{system.blueprint, 1, 100.0};
  run.finish();
  EXPECT_NEAR(run.value("last cost{component=api}"), 2.5, 1e-6);
}

// A request that takes no time is cold if and only if nobody came for the keep-alive T before: P(gap > T) = e^(-λT), each gap on
// its own.
TEST(ExactServerless, AtLowLoadColdStartsAreGapsLongerThanTheKeepAlive) {
  constexpr double rate = 0.15, end = 200'000.0;
  const std::vector<double> times = poisson(rate, end, 11);
  Functions system{arriving_at(times), seconds(0.0)};
  system.platform().cold_start = Distribution::constant(0.0);
  PlaneUnderTest run{system.blueprint, 1, end};
  run.finish();
  const double expected = std::exp(-rate * 10.0);
  EXPECT_NEAR(run.value("rate cold_starts{service=api}"), expected,
              z * std::sqrt(expected * (1 - expected) / static_cast<double>(times.size())));
}

// Instances in use, where one is started for whoever finds none: M/G/∞, λ E[S] on average whatever the distribution.
TEST(ExactServerless, InstancesInUseAreLittlesLaw) {
  constexpr double rate = 4.0, mean = 2.5, end = 20'000.0;
  Functions system{arriving_at(poisson(rate, end, 12)), Distribution::exponential(mean)};
  system.platform().cold_start = Distribution::constant(0.0);
  system.platform().most = 10'000;
  system.platform().burst = 10'000;
  system.blueprint.services[0].memory = Bytes{1'000'000'000};
  system.platform().price = 1e-9;
  PlaneUnderTest run{system.blueprint, 1, end};
  run.finish();
  // The number is Poisson with mean a and forgets itself as e^(-t/E[S]): the deviation of its mean over `end` is sqrt(2 a E[S] /
  // end).
  const double a = rate * mean, interval = z * std::sqrt(2.0 * a * mean / end);
  EXPECT_NEAR(run.value("avg in_flight{service=api}"), a, interval);
  EXPECT_NEAR(run.value("last cost{component=api}") / end, a, interval) << "billed instances";
  EXPECT_EQ(run.value("rate throttled{service=api}"), 0);
}

// With a most of instances and no time to start, whoever comes to n busy ones is lost: M/M/n/n.
TEST(ExactServerless, TheMostThereMayBeIsErlangsLossSystem) {
  constexpr double rate = 4.0, mean = 1.0, end = 50'000.0;
  constexpr int most = 5;
  const std::vector<double> times = poisson(rate, end, 13);
  Functions system{arriving_at(times), Distribution::exponential(mean)};
  system.platform().cold_start = Distribution::constant(0.0);
  system.platform().most = most;
  system.platform().burst = 1'000'000;
  PlaneUnderTest run{system.blueprint, 1, end};
  run.finish();
  double term = 1.0, sum = 1.0;  // a^k / k!
  for (int k = 1; k <= most; ++k) sum += term *= rate * mean / k;
  const double lost = term / sum;
  // Losses come in clusters while all are busy, 1 / (n / E[S]) long: the variance is at most (1 + 2 a / n) times that of coins.
  const double variance = lost * (1 - lost) * (1 + 2 * rate * mean / most) / static_cast<double>(times.size());
  EXPECT_NEAR(run.value("rate throttled{service=api}"), lost, z * std::sqrt(variance));
}

TEST(ExactServerless, BlueprintsThatContradictAreRefused) {
  const auto problems_of = [](auto&& change) {
    Functions system{arriving_at({0}), seconds(0.5)};
    change(system.blueprint.services[0]);
    return check_blueprint(system.blueprint).size();
  };
  EXPECT_EQ(problems_of([](ServiceBlueprint&) {}), 0U);
  EXPECT_EQ(problems_of([](ServiceBlueprint& service) { service.replicas = 2; }), 1U);
  EXPECT_EQ(problems_of([](ServiceBlueprint& service) { service.backlog = 5; }), 1U);
  EXPECT_EQ(problems_of([](ServiceBlueprint& service) { service.serverless->most = 1, service.serverless->floor = 2; }), 1U);
  EXPECT_EQ(problems_of([](ServiceBlueprint& service) { service.serverless->ramp = {}; }), 1U);
}

TEST(InstancePool, OffersThoseAtWorkThenTheFloorThenTheLastIdleThenThoseThatStart) {
  using Line = InstancePool::Line;
  InstancePool pool;
  for (Index i = 0; i < 5; ++i) pool.add(i, {});
  EXPECT_EQ(pool.pick(), no_index);
  pool.put(0, Line::starting);
  EXPECT_EQ(pool.pick(), 0U);
  pool.put(1, Line::idle);
  pool.put(2, Line::idle);
  EXPECT_EQ(pool.pick(), 2U);
  pool.put(3, Line::floor);
  EXPECT_EQ(pool.pick(), 3U);
  pool.put(4, Line::at_work);
  EXPECT_EQ(pool.pick(), 4U);
  pool.put(4, Line::none);
  pool.remove(3);
  pool.remove(2);
  EXPECT_EQ(pool.pick(), 1U);
  EXPECT_EQ(pool.size(), 3);
}

}  // namespace
}  // namespace headroom::test
