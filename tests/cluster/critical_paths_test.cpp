// Critical paths of single requests, as arithmetic: "cause component milliseconds" of all parts, in order of their names.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sim/measure/statistics.hpp"
#include "tests/support/plane_under_test.hpp"
#include "tests/support/poisson_arrivals.hpp"
#include "tests/support/random_systems.hpp"
#include "tests/support/sanitizers.hpp"

namespace headroom::test {
namespace {

using Lines = std::vector<std::string>;

Duration time_of(double value) { return to_duration(value); }
Step wait(double span) { return {WaitStep{seconds(span)}}; }
Step compute(double demand) { return {ComputeStep{seconds(demand)}}; }

std::string text_of(const CriticalPathSample& sample, const FollowedRequest& request) {
  Lines parts;
  Duration sum{};
  for (const PathSpan& part : request.parts) {
    parts.push_back(std::string{to_text(part.cause)} + " " + sample.name_of(part.component) + " " +
                    std::to_string(part.span.count() / 1'000'000));
    sum += part.span;
  }
  EXPECT_EQ(sum, request.latency);
  std::sort(parts.begin(), parts.end());
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  if (request.outcome == TaskOutcome::completed) return text;
  return text + " " + to_text(request.outcome) + " at " + sample.name_of(request.failed_at);
}

// Of all requests of a kind (endpoints, then queues), in the order in which they ended.
Lines paths_of(const Blueprint& blueprint, Index kind = 0) {
  PlaneUnderTest run{blueprint};
  const CriticalPaths& paths = run.follow();
  run.finish();
  EXPECT_EQ(paths.uncovered(), 0U);
  Lines lines;
  for (const FollowedRequest& request : paths.sample().kept(kind)) lines.push_back(text_of(paths.sample(), request));
  return lines;
}

// ---- one server --------------------------------------------------------------------------------------------------------------

// The second comes at 0.5 s and waits until 1 s.
TEST(CriticalPaths, OfALineOfTwoTheSecondQueuesForTheRestOfTheFirst) {
  EXPECT_EQ(paths_of(one_service({compute(1)}, arriving_at({0, 0.5}))),
            (Lines{"service services/api 1000", "queueing services/api 500, service services/api 1000"}));
}

// Both get half of the core until 2 s: one second of work each, one second for the other's.
TEST(CriticalPaths, WhatSharingACoreAddsIsContention) {
  Blueprint blueprint = one_service({compute(1)}, arriving_at({0, 0}));
  blueprint.services[0].concurrency = 2;
  const std::string both = "cpu_contention services/api 1000, service services/api 1000";
  EXPECT_EQ(paths_of(blueprint), (Lines{both, both}));
}

TEST(CriticalPaths, AnAnswerInTheMiddleEndsThePath) {
  EXPECT_EQ(paths_of(one_service({compute(1), {RespondStep{}}, compute(5)}, arriving_at({0}))),
            (Lines{"service services/api 1000"}));
}

// From within the second branch: 0.2 s before the fork, 0.3 s in the branch, whatever the other one does.
TEST(CriticalPaths, AnAnswerFromABranchHasThePathOfThatBranch) {
  Blueprint blueprint =
      one_service({wait(0.2), {ParallelStep{{{wait(2)}, {compute(0.3), {RespondStep{}}, wait(1)}}}}}, arriving_at({0}));
  EXPECT_EQ(paths_of(blueprint), (Lines{"service services/api 500"}));
}

TEST(CriticalPaths, WhatIsRefusedFailedWhereItWasRefused) {
  Blueprint blueprint = one_service({compute(1)}, arriving_at({0, 0.5}));
  blueprint.services[0].backlog = 0;
  EXPECT_EQ(paths_of(blueprint), (Lines{" rejected at services/api", "service services/api 1000"}));
}

TEST(CriticalPaths, AWaitForALockIsQueueingThere) {
  LockStep lock{.lock = 0, .key = 0, .lease = time_of(10), .renew = {}, .poll = time_of(0.1), .steps = {wait(1)}};
  Blueprint blueprint = one_service({{lock}}, arriving_at({0, 0.55}));
  blueprint.services[0].concurrency = 2;
  blueprint.locks.push_back({.name = "row", .latency = {}, .price = {}});
  blueprint.keys.push_back({.name = "item", .items = 1});
  // Asks at 0.55, 0.65, … s; the key is free from 1 s.
  EXPECT_EQ(paths_of(blueprint), (Lines{"service services/api 1000", "queueing locks/row 500, service services/api 1000"}));
}

// The bucket has one token and gets one a second: the second request has its own at 1 s.
TEST(CriticalPaths, AWaitForTokensIsQueueingAtTheLimit) {
  LimitStep limit{.limit = 0, .on_limit = OnLimit::wait, .longest_wait = {}, .steps = {wait(1)}};
  Blueprint blueprint = one_service({{limit}}, arriving_at({0, 0.25}));
  blueprint.services[0].concurrency = 2;
  blueprint.limits.push_back(
      {.name = "rate", .per_subject = false, .tiers = {LimitTier{.rate = PerSecond{1.0}, .burst = 1.0, .quota = {}}}});
  EXPECT_EQ(paths_of(blueprint), (Lines{"service services/api 1000", "queueing limits/rate 750, service services/api 1000"}));
}

// An instance takes 1 s to start and is there for the second request.
TEST(CriticalPaths, TheFirstRequestWaitsForAColdStart) {
  Blueprint blueprint = one_service({wait(0.5)}, arriving_at({0, 5}));
  blueprint.services[0].replicas = 0;
  blueprint.services[0].serverless =
      ServerlessBlueprint{.keep_alive = std::chrono::seconds{10}, .cold_start = Distribution::constant(1.0)};
  EXPECT_EQ(paths_of(blueprint), (Lines{"cold_start services/api 1000, service services/api 500", "service services/api 500"}));
}

// ---- calls -------------------------------------------------------------------------------------------------------------------

TEST(CriticalPaths, ARoundTripIsNetworkBothWays) {
  Blueprint blueprint = one_service({wait(1)}, arriving_at({0}));
  blueprint.network.regions = {"us", "eu"};
  blueprint.network.round_trip = {{Duration{}, std::chrono::milliseconds{64}}, {std::chrono::milliseconds{64}, Duration{}}};
  blueprint.services[0].region = 1;
  EXPECT_EQ(paths_of(blueprint), (Lines{"network services/api 64, service services/api 1000"}));
}

// 10 ms at one, 30 ms at the other, then 5 ms of its own: the shorter one is on nobody's way.
TEST(CriticalPaths, OfBranchesSideBySideTheLongestCounts) {
  Blueprint blueprint = one_service({}, arriving_at({0}));
  const Index a = add_service(blueprint, "a", {wait(0.01)}), b = add_service(blueprint, "b", {wait(0.03)});
  blueprint.endpoints[0].steps = {{ParallelStep{{{{CallStep{.endpoint = a}}}, {{CallStep{.endpoint = b}}}}}}, wait(0.005)};
  EXPECT_EQ(paths_of(blueprint), (Lines{"service services/api 5, service services/b 30"}));
}

// Three of a second, two at a time: the third begins when one of the first two has ended, and is on its path.
TEST(CriticalPaths, ALaterBranchFollowsTheOneThatMadeRoomForIt) {
  Blueprint blueprint = one_service({}, arriving_at({0}));
  const Index inner = add_service(blueprint, "inner", {wait(1)}, 10);
  blueprint.endpoints[0].steps = {{ForEachStep{seconds(3), 2, {{CallStep{.endpoint = inner}}}}}};
  EXPECT_EQ(paths_of(blueprint), (Lines{"service services/inner 2000"}));
}

// Two others hold the slot until 0.8 s. The user asks at 0.2 s, gives up at 0.7 s, backs off for 0.6 s and is served at once:
// what he had given up is done from 0.8 s to 1.2 s.
TEST(CriticalPaths, ATryThatTimedOutAndTheBackOffAreRetry) {
  Blueprint blueprint = one_service({wait(0.4)}, arriving_at({0, 0}));
  CallStep call{.endpoint = 0, .timeout = time_of(0.5)};
  call.retry = {.attempts = 2, .base = time_of(0.6), .cap = time_of(1), .full_jitter = false};
  blueprint.workloads.push_back({"user", 0, arriving_at({0.2}), {{"visit", 1.0, {{call}}}}});
  EXPECT_EQ(paths_of(blueprint), (Lines{"service services/api 400", "queueing services/api 400, service services/api 400",
                                        "retry services/api 1100, service services/api 400"}));
}

// The same without another try: 0.5 s in the line, and that is where it ended.
TEST(CriticalPaths, ATimeOutIsBlamedOnWhereTheCalleeWas) {
  Blueprint blueprint = one_service({{CallStep{.endpoint = 1, .timeout = time_of(0.5)}}}, arriving_at({0.2}));
  add_service(blueprint, "slow", {wait(0.4)});
  blueprint.workloads.push_back({"others", 0, arriving_at({0, 0}), {{"visit", 1.0, {{CallStep{.endpoint = 1}}}}}});
  EXPECT_EQ(paths_of(blueprint), (Lines{"queueing services/slow 500 timeout at services/slow"}));
}

// Round robin: the other holds the first replica until 3 s, a short one the second until 0.2 s. The user's try at 0.5 s waits in
// the line of the first; its hedge at 1.5 s is served by the second at once, until 4.5 s.
TEST(CriticalPaths, WaitingForAHedgeThatWinsIsRetry) {
  Blueprint blueprint = one_service({{CallStep{.endpoint = 1, .client = 0}}}, arriving_at({0.5}));
  blueprint.clients.push_back({.name = "client", .hedge = HedgeBlueprint{}});
  blueprint.clients[0].hedge->after = time_of(1);
  const Index inner = add_service(blueprint, "inner", {wait(3)});
  blueprint.endpoints.push_back({"inner.short", 1, {wait(0.1)}});
  blueprint.services[1].replicas = 2;
  blueprint.workloads.push_back({"other", 0, arriving_at({0}), {{"visit", 1.0, {{CallStep{.endpoint = inner}}}}}});
  blueprint.workloads.push_back({"short", 0, arriving_at({0.1}), {{"visit", 1.0, {{CallStep{.endpoint = inner + 1}}}}}});
  EXPECT_EQ(paths_of(blueprint), (Lines{"retry services/inner 1000, service services/inner 3000"}));
}

TEST(CriticalPaths, AQueryQueuesForThePoolOfItsDatabase) {
  Blueprint blueprint = one_service({{QueryStep{.database = 0}}}, arriving_at({0, 0}));
  blueprint.services[0].concurrency = 2;
  DatabaseBlueprint& store = blueprint.databases.emplace_back();
  store.name = "store";
  store.pool = 1;
  store.sharding = choice_of<ShardPolicy>("modulo");
  store.read_wait = seconds(1);
  EXPECT_EQ(paths_of(blueprint),
            (Lines{"service databases/store 1000", "queueing databases/store 1000, service databases/store 1000"}));
}

// ---- caches and queues -------------------------------------------------------------------------------------------------------

// A look-up takes 100 ms. The first misses and asks the origin for a second, the second hits.
TEST(CriticalPaths, WhatAMissCostsIsOfTheMissAndOfWhereItWasDone) {
  Blueprint blueprint = one_service({}, arriving_at({0, 5}));
  const Index origin = add_service(blueprint, "origin", {wait(0.25), compute(0.75)});
  blueprint.keys.push_back({.name = "item", .items = 1, .size = Distribution::constant(100)});
  blueprint.caches.push_back({.name = "memory", .capacity = {1000}, .policy = choice_of<CachePolicy>("lru")});
  blueprint.caches[0].latency = seconds(0.1);
  blueprint.endpoints[0].steps = {{CacheStep{0, 0, {wait(0.2), {CallStep{.endpoint = origin}}}}}, wait(0.05)};
  EXPECT_EQ(paths_of(blueprint),
            (Lines{"cache_miss services/api 200, cache_miss services/origin 1000, service caches/memory 100, "
                   "service services/api 50",
                   "service caches/memory 100, service services/api 50"}));
}

// The worker is no part of an answer that does not wait for it.
TEST(CriticalPaths, WhatIsPublishedIsNotOnThePath) {
  Blueprint blueprint = one_service({wait(0.1), {PublishStep{.queue = 0}}}, arriving_at({0}));
  blueprint.queues.push_back({.name = "jobs"});
  add_service(blueprint, "worker", {wait(5)});
  blueprint.services[1].queue = 0;
  blueprint.services[1].worker_endpoint = 1;
  EXPECT_EQ(paths_of(blueprint), (Lines{"service services/api 100"}));
}

// Users publish at 0 and 0.5 s to a worker that takes a second: kind 1 is the queue, behind the worker's endpoint.
TEST(CriticalPaths, AUsersMessageQueuesUntilAWorkerTakesIt) {
  Blueprint blueprint;
  blueprint.queues.push_back({.name = "jobs"});
  add_service(blueprint, "worker", {wait(1)});
  blueprint.services[0].queue = 0;
  blueprint.services[0].worker_endpoint = 0;
  blueprint.workloads.push_back({"users", 0, arriving_at({0, 0.5}), {{"job", 1.0, {{PublishStep{.queue = 0}}}}}});
  EXPECT_EQ(paths_of(blueprint, 1),
            (Lines{"service services/worker 1000", "queueing queues/jobs 500, service services/worker 1000"}));
  // One worker, and the second waits 0.5 s. With a visibility of 10 s nothing changes.
  blueprint.queues[0].visibility = time_of(10);
  EXPECT_EQ(paths_of(blueprint, 1),
            (Lines{"service services/worker 1000", "queueing queues/jobs 500, service services/worker 1000"}));
}

// ---- samples -----------------------------------------------------------------------------------------------------------------

// 5000 requests: the bound is passed at 1001 (every 2nd from there), at 2002 (every 4th), at 4004 (every 8th): 625 are kept.
TEST(CriticalPaths, AreKeptOfEveryNthRequestSpreadOverTheRun) {
  std::vector<double> times;
  for (int i = 0; i < 5000; ++i) times.push_back(0.1 * i);
  PlaneUnderTest run{one_service({wait(0.01)}, arriving_at(times))};
  const CriticalPaths& paths = run.follow();
  run.finish();
  const std::vector<FollowedRequest>& kept = paths.sample().kept(0);
  ASSERT_EQ(kept.size(), 625U);
  for (std::size_t i = 0; i < kept.size(); ++i) EXPECT_EQ(kept[i].number, 8 * (i + 1));
}

// Twenty requests one after the other at 0 s: the n-th waits n - 1 s. The slowest twentieth is the last; of 18 of them served.
TEST(CriticalPaths, BandsAreOfWhatWasServedAndOfWhatFailed) {
  Blueprint blueprint = one_service({compute(1)}, arriving_at(std::vector<double>(20, 0.0)));
  blueprint.services[0].backlog = 17;
  PlaneUnderTest run{blueprint};
  const CriticalPaths& paths = run.follow();
  run.finish();
  const std::vector<CriticalPath> summary = paths.sample().summary(start_of_time);
  ASSERT_EQ(summary.size(), 6U);  // all, slow and failed: of all requests, then of the only kind
  const CriticalPath &all = summary[3], &slow = summary[4], &failed = summary[5];
  EXPECT_EQ(all.request, "api.work");
  EXPECT_EQ(all.count, 18U);
  EXPECT_NEAR(all.mean_seconds, 9.5, 1e-9);  // (1 + … + 18) / 18
  ASSERT_EQ(all.parts.size(), 2U);
  EXPECT_EQ(all.parts[0], (PathPart{PathCause::queueing, "services/api", all.parts[0].mean_seconds}));
  EXPECT_NEAR(all.parts[0].mean_seconds, 8.5, 1e-9);
  EXPECT_NEAR(all.parts[1].mean_seconds, 1.0, 1e-9);
  EXPECT_EQ(slow.count, 1U);  // the 18th: 0.95 × 18 = 17.1
  EXPECT_NEAR(slow.mean_seconds, 18.0, 1e-9);
  EXPECT_EQ(failed.count, 2U);
  EXPECT_EQ(failed.failures, (std::vector<PathFailure>{{"rejected", "services/api", 2}}));
}

// M/M/1: W_q / W = rho, as W = 1 / (mu - lambda) and W_q = rho W. 30 runs, 99.9 % of Student's t.
TEST(CriticalPaths, InMM1TheShareOfQueueingIsTheUtilization) {
  constexpr double rho = 0.7;
  std::vector<double> shares;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Blueprint blueprint = one_service({{ComputeStep{Distribution::exponential(1.0)}}}, scripted(poisson(rho, 20'000, 0, seed)));
    PlaneUnderTest run{blueprint, seed, 20'000};
    const CriticalPaths& paths = run.follow();
    run.finish();
    const CriticalPath all = paths.sample().summary(start_of_time).front();
    ASSERT_EQ(all.parts.size(), 2U);
    const bool queueing_first = all.parts[0].cause == PathCause::queueing;
    shares.push_back(all.parts[queueing_first ? 0 : 1].mean_seconds / all.mean_seconds);
  }
  const Interval share = t_interval(shares, 0.999);
  EXPECT_LT(share.low, rho);
  EXPECT_GT(share.high, rho);
  EXPECT_LT(share.half_width(), 0.03);
}

// Whatever the system: parts sum to the latency to the nanosecond, none is negative, and every wait is told of.
TEST(CriticalPaths, PartsSumToTheLatencyInRandomSystems) {
  std::size_t followed = 0, failed = 0;
  for (std::uint64_t seed = 1; seed <= repetitions(120); ++seed) {
    const RandomSystem system{seed};
    PlaneUnderTest run{system.blueprint, seed, 300.0};
    const CriticalPaths& paths = run.follow();
    run.finish();
    EXPECT_EQ(paths.uncovered(), 0U) << "seed " << seed;
    for (Index kind = 0; kind < paths.sample().kinds(); ++kind) {
      for (const FollowedRequest& request : paths.sample().kept(kind)) {
        Duration sum{};
        for (const PathSpan& part : request.parts) {
          EXPECT_GT(part.span, Duration{});
          sum += part.span;
        }
        EXPECT_EQ(sum, request.latency) << "seed " << seed << ", request " << request.number;
        ++followed;
        failed += request.outcome != TaskOutcome::completed;
        EXPECT_EQ(request.failed_at == no_index, request.outcome == TaskOutcome::completed) << "seed " << seed;
      }
    }
  }
  EXPECT_GT(followed, repetitions(10'000U));
  EXPECT_GT(failed, repetitions(500U));
}

// Following changes no result: series, books and events are those of a plane that follows nobody.
TEST(CriticalPaths, FollowingChangesNoResult) {
  for (const std::uint64_t seed : {3U, 41U, 57U}) {
    const RandomSystem system{seed};
    PlaneUnderTest followed{system.blueprint, seed, 300.0}, alone{system.blueprint, seed, 300.0};
    followed.follow();
    const RunResult &a = followed.finish(), &b = alone.finish();
    EXPECT_EQ(a.events, b.events);
    ASSERT_EQ(a.series.size(), b.series.size());
    for (std::size_t i = 0; i < a.series.size(); ++i) {
      EXPECT_EQ(a.series[i].columns, b.series[i].columns) << a.series[i].metric;
      EXPECT_EQ(a.series[i].slices, b.series[i].slices) << a.series[i].metric;
    }
  }
}

}  // namespace
}  // namespace headroom::test
