#include <gtest/gtest.h>

#include <chrono>

#include "sim/cluster/run_notes.hpp"
#include "sim/cluster/run_timeline.hpp"
#include "sim/cluster/warm_up.hpp"
#include "tests/cluster/infrastructure_support.hpp"

namespace headroom {
namespace {

using namespace headroom::testing;

double total(const Series& series) {
  double sum = 0.0;
  for (const double amount : series.columns[0]) sum += amount;
  return sum;
}

// ---- a whole run -------------------------------------------------------------------------------------------------------------

TEST(Simulation, ASecondRunInAProcessIsRefused) {
  PlaneHistory history;
  run(one_service(), history);
  EXPECT_THROW(run(one_service(), history), std::logic_error);
}

TEST(Simulation, EndsExactlyAtItsDuration) {
  Blueprint blueprint = one_service();
  blueprint.duration = Duration{123'456'789'012'345};
  PlaneHistory history;
  const RunResult result = run(blueprint, history);
  EXPECT_EQ(history.advances.back(), at(blueprint.duration));
  EXPECT_EQ(result.window_ends.back(), to_seconds(blueprint.duration));
  EXPECT_EQ(result.slice_ends.back(), to_seconds(blueprint.duration));
  EXPECT_EQ(result.users, 7.0);
}

TEST(Simulation, BooksThatDoNotBalanceAreNotBelieved) {
  PlaneHistory history;
  history.balanced = false;
  try {
    run(one_service(), history);
    FAIL() << "the run was believed";
  } catch (const LedgerViolation& error) {
    EXPECT_NE(std::string{error.what()}.find("requests: 1 entered, 0 completed, 0 failed, 0 in flight"), std::string::npos) << error.what();
  }
}

TEST(Simulation, CountsEveryPodAndNodeThatCameAndWent) {
  Blueprint blueprint = on_nodes(2, 1, 1);
  scale_by(blueprint, [](const ServiceView& service) { return service.now < at(100s) ? 4 : 1; });
  PlaneHistory history;
  const RunResult result = run(blueprint, history);
  ASSERT_EQ(result.ledger.size(), 3U);
  EXPECT_EQ(result.ledger[1].entered, 4U);
  EXPECT_EQ(result.ledger[1].completed, 3U);
  EXPECT_EQ(result.ledger[1].in_flight, 1U);
  EXPECT_EQ(result.ledger[2].in_flight, 1U);
}

TEST(Simulation, ChargesWhatIsThereForAsLongAsItIsThere) {
  Blueprint blueprint = one_service(2);
  blueprint.network.regions = {"a", "b"};
  blueprint.network.round_trip = {{0s, 10ms}, {10ms, 0s}};
  blueprint.services.front().price = DollarsPerSecond{0.5};
  blueprint.databases.push_back({});
  blueprint.databases.back().name = "orders";
  blueprint.databases.back().shards = 4;
  blueprint.databases.back().replicas = 2;
  blueprint.databases.back().price = DollarsPerSecond{0.25};
  for (const auto& [name, scope] : {std::pair{"edge", CacheScope::region}, {"tier", CacheScope::shared}, {"local", CacheScope::replica}}) {
    CacheBlueprint& cache = blueprint.caches.emplace_back();
    cache.name = name;
    cache.scope = scope;
    cache.price = DollarsPerSecond{1.0};
  }
  scale_by(blueprint, [](const ServiceView& service) { return service.now < at(100s) ? 2 : 3; });
  PlaneHistory history;
  const RunResult result = run(blueprint, history);
  EXPECT_NEAR(total(series_of(result, "cost", "api")), 0.5 * (2 * 600.0 + 500.0), 1e-6);  // from creation, not from readiness
  EXPECT_NEAR(total(series_of(result, "cost", "orders")), 0.25 * 4 * 2 * 600.0, 1e-6);
  EXPECT_NEAR(total(series_of(result, "cost", "edge")), 2 * 600.0, 1e-6);
  EXPECT_NEAR(total(series_of(result, "cost", "tier")), 600.0, 1e-6);
  EXPECT_THROW(series_of(result, "cost", "local"), std::runtime_error);
}

TEST(Simulation, KeepsThePercentilesThatPoliciesWatch) {
  Blueprint blueprint = one_service();
  blueprint.percentiles = {99.9, 95.0};
  scale_by(blueprint, [](const ServiceView&) { return 1; });  // watches p(90)
  PlaneHistory history;
  const RunResult result = run(blueprint, history);
  EXPECT_EQ(result.extra_percentiles, (std::vector<double>{90.0, 99.9}));
}

TEST(Simulation, TheSameRunGivesTheSameNumbers) {
  // The engine allows one run per process: each child writes its changes to a file.
  const auto run_into = [](const std::string& path) {
    Blueprint blueprint = on_nodes(3, 1, 5);
    blueprint.services.front().start_up = Distribution::exponential(4.0);
    blueprint.services.front().image = Bytes{1'000'000'000};
    blueprint.node_pools.front().boot = Distribution::exponential(30.0);
    scale_by(blueprint, [](const ServiceView& service) { return 3 + static_cast<int>(to_seconds(service.now)) / 10 % 11; });
    size_pool_by(blueprint, [](const NodePoolView& pool) { return NodeDecision{pool.pending.empty() ? 0 : 1, {}, "pods wait"}; });
    PlaneHistory history;
    run(blueprint, history);
    FILE* file = std::fopen(path.c_str(), "w");
    for (const auto& change : history.changes) {
      std::fprintf(file, "%lld %s %u\n", static_cast<long long>(change.at.time_since_epoch().count()), change.what.c_str(), change.replica);
    }
    std::fclose(file);
    std::exit(history.changes.size() > 100 ? 0 : 1);
  };
  const auto text_of = [](const std::string& path) {
    std::string text;
    FILE* file = std::fopen(path.c_str(), "r");
    if (file == nullptr) return text;
    for (int letter = std::fgetc(file); letter != EOF; letter = std::fgetc(file)) text += static_cast<char>(letter);
    std::fclose(file);
    std::remove(path.c_str());
    return text;
  };
  const std::string first = ::testing::TempDir() + "headroom_run_1";
  const std::string second = ::testing::TempDir() + "headroom_run_2";
  EXPECT_EXIT(run_into(first), ::testing::ExitedWithCode(0), "");
  EXPECT_EXIT(run_into(second), ::testing::ExitedWithCode(0), "");
  const std::string text = text_of(first);
  EXPECT_FALSE(text.empty());
  EXPECT_EQ(text, text_of(second));
}

TEST(Simulation, TenThousandReplicasOnAThousandNodesAreNoTrouble) {
  Blueprint blueprint = on_nodes(5000, 1000, 1000);
  blueprint.services.front().cpu = 0.4;
  blueprint.services.front().image = Bytes{100'000'000};
  scale_by(blueprint, [](const ServiceView& service) { return service.now < at(300s) ? 10000 : 2000; });
  PlaneHistory history;
  const RunResult result = run(blueprint, history);
  EXPECT_EQ(history.times("add").size(), 10000U);
  EXPECT_EQ(history.times("remove").size(), 8000U);
  const Series& replicas = series_of(result, "replicas");
  EXPECT_EQ(*std::max_element(replicas.columns[1].begin(), replicas.columns[1].end()), 10000.0);
}

// ---- windows and slices ------------------------------------------------------------------------------------------------------

TEST(RunTimeline, EverySliceEndIsAWindowEndAndTheLastIsTheEnd) {
  Blueprint blueprint = one_service();
  blueprint.duration = 1000s;
  blueprint.windows = 7;
  blueprint.warm_up = 123s;
  const RunTimeline timeline = make_timeline(blueprint, {at(0s), at(400s), at(61s), at(1000s), at(2000s)});
  EXPECT_EQ(timeline.slice_ends.size(), 32U + 3U);
  for (const SimTime border : {at(61s), at(123s), at(400s), at(1000s)}) {
    EXPECT_TRUE(std::binary_search(timeline.slice_ends.begin(), timeline.slice_ends.end(), border));
  }
  EXPECT_TRUE(std::includes(timeline.window_ends.begin(), timeline.window_ends.end(), timeline.slice_ends.begin(), timeline.slice_ends.end()));
  EXPECT_EQ(timeline.window_ends.size(), 35U + 6U);
  EXPECT_EQ(timeline.window_ends.back(), at(1000s));
  EXPECT_EQ(std::adjacent_find(timeline.window_ends.begin(), timeline.window_ends.end(), std::greater_equal<>{}), timeline.window_ends.end());
}

TEST(RunTimeline, MakesNoSliversBesideAPhaseBorder) {
  Blueprint blueprint = one_service();
  blueprint.duration = 320s;
  const RunTimeline timeline = make_timeline(blueprint, {at(100s + 1ns)});
  EXPECT_EQ(timeline.slice_ends.size(), 32U);
  EXPECT_TRUE(std::binary_search(timeline.slice_ends.begin(), timeline.slice_ends.end(), at(100s + 1ns)));
}

TEST(RunTimeline, CutsTwoYearsIntoManyWindowsWithoutOverflow) {
  Blueprint blueprint = one_service();
  blueprint.duration = 24h * 365 * 2;
  blueprint.windows = 9600;  // 300 for each of the 32 slices
  const RunTimeline timeline = make_timeline(blueprint, {});
  EXPECT_EQ(timeline.window_ends.size(), 9600U);
  EXPECT_EQ(timeline.window_ends[4799], at(24h * 365));
}

// ---- warm-up -----------------------------------------------------------------------------------------------------------------

// 200 windows of 5 s, slices of 31.25 s; mean latency is high until `settled`, then level with a small ripple.
RunResult run_that_settles_after(double settled_seconds) {
  RunResult result;
  result.duration_seconds = 1000.0;
  Series latency;
  latency.metric = "latency";
  latency.labels = {{"workload", "users"}};
  latency.columns.resize(2);
  for (int i = 1; i <= 200; ++i) {
    result.window_ends.push_back(5.0 * i);
    const double mean = (5.0 * i <= settled_seconds ? 9.0 : 1.0) + 0.01 * (i % 3);
    latency.columns[0].push_back(20.0);
    latency.columns[1].push_back(20.0 * mean);
  }
  for (int i = 1; i <= 32; ++i) result.slice_ends.push_back(1000.0 * i / 32);
  result.series.push_back(latency);
  return result;
}

TEST(WarmUp, IsDeletedUpToTheEndOfASliceOnceTheLatencyHasSettled) {
  const WarmUp warm_up = find_warm_up(one_service(), true, run_that_settles_after(100.0));
  EXPECT_EQ(warm_up.rule, "MSER-5");
  EXPECT_EQ(warm_up.seconds, 125.0);  // 100 s is 20 windows, 4 batches; slices end at 93.75 s and 125 s
}

TEST(WarmUp, NeverTakesMoreThanHalfOfTheRun) {
  const WarmUp warm_up = find_warm_up(one_service(), true, run_that_settles_after(480.0));
  EXPECT_LE(warm_up.seconds, 500.0);
  EXPECT_GT(warm_up.seconds, 0.0);
}

TEST(WarmUp, IsNothingWhenTheLoadChanges) {
  const WarmUp warm_up = find_warm_up(one_service(), false, run_that_settles_after(100.0));
  EXPECT_EQ(warm_up.seconds, 0.0);
  EXPECT_EQ(warm_up.rule, "none: the load changes over time");
}

TEST(WarmUp, IsWhatWasGiven) {
  Blueprint blueprint = one_service();
  blueprint.warm_up = 42s;
  const WarmUp warm_up = find_warm_up(blueprint, true, run_that_settles_after(100.0));
  EXPECT_EQ(warm_up.seconds, 42.0);
  EXPECT_EQ(warm_up.rule, "given");
}

TEST(RunNotes, KeepsTheFirstTwoThousandAndSaysHowManyMore) {
  RunNotes notes;
  for (int i = 0; i < 2005; ++i) notes.add(at(1s), "services/api", std::to_string(i));
  const std::vector<Note> kept = notes.take(at(2s));
  ASSERT_EQ(kept.size(), 2001U);
  EXPECT_EQ(kept[1999].text, "1999");
  EXPECT_EQ(kept[2000].text, "5 more notes were left out");
}

}  // namespace
}  // namespace headroom
