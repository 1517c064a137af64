// What is put into a store comes back from it, for this program bit for bit, for others as tables.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <limits>

#include "sim/experiment/store_schema.hpp"
#include "tests/experiment/store_support.hpp"

namespace headroom::test {
namespace {

// Two windows, one slice, every kind of series, and all that stands beside them.
RunResult rich_result() {
  RunResult result;
  result.variant = "base";
  result.seed = 7;
  result.replication = 1;
  result.duration_seconds = 20.0;
  result.warm_up_seconds = 0.1;
  result.warm_up_rule = "given";
  result.window_ends = {10.0, 20.0};
  result.slice_ends = {20.0};
  result.extra_percentiles = {99.9};
  Histogram latency;
  for (const std::int64_t value : {5LL, 5LL, 1'000'000LL}) latency.record(Duration{value});
  const double unknown = std::numeric_limits<double>::quiet_NaN();
  result.series.push_back({"requests", {{"workload", "users \"eu\""}}, MetricKind::counter, {{3.0, 4.0}}, {}});
  result.series.push_back({"replicas", {}, MetricKind::gauge, {{1.5, 2.5}, {2.0, 3.0}, {1.0, 3.0}}, {}});
  result.series.push_back({"cpu", {}, MetricKind::share, {{1.0, 2.0}, {4.0, 8.0}}, {}});
  result.series.push_back({"latency",
                           {},
                           MetricKind::durations,
                           {{2.0, 1.0}, {0.5, 0.25}, {0.1, 0.2}, {0.3, 0.4}, {0.5, unknown}, {0.7, 0.8}},
                           {latency}});
  result.phases = {{"users", "storm", 1.5, 2.5}};
  result.ledger = {{"users", 10, 5, {{"rejected", 2}}, 3}};
  result.notes = {{12.25, "services/api", "scaled from 3 to 5"}};
  result.users = 1e5;
  result.events = 123'456'789'012;
  result.wall_seconds = 1.0 / 7.0;
  return result;
}

class Store : public testing::Test {
 protected:
  std::vector<std::string> rows(const std::string& sql) const {
    const SqliteDatabase database{path_, SqliteDatabase::Access::read};
    SqliteStatement statement = database.prepare(sql);
    std::vector<std::string> found;
    while (statement.step()) found.push_back(statement.text(0));
    return found;
  }
  std::string row(const std::string& sql) const {
    const std::vector<std::string> found = rows(sql);
    return found.size() == 1 ? found.front() : "(" + std::to_string(found.size()) + " rows)";
  }

  OwnFolder folder_;
  std::string path_ = folder_ / "results.sqlite";
};

TEST_F(Store, AStudyComesBackAsItWasWritten) {
  const StoredStudy sent = two_variants(5);
  ResultStore::create(path_, sent);
  const StoredStudy got = ResultStore::open(path_, ResultStore::Access::read).study();
  EXPECT_EQ(got.name, sent.name);
  EXPECT_EQ(got.command, sent.command);
  EXPECT_EQ(got.engine_version, sent.engine_version);
  EXPECT_EQ(got.result_version, result_version);
  EXPECT_EQ(got.input_hash, sent.input_hash);
  EXPECT_EQ(got.seed, 7U);
  EXPECT_EQ(got.replications, 5U);
  EXPECT_EQ(got.state, StudyState::running);
  EXPECT_EQ(got.reading, sent.reading);
  ASSERT_EQ(got.inputs.size(), 2U);
  EXPECT_EQ(got.inputs[0].path, "two.json");
  EXPECT_EQ(got.inputs[0].content, sent.inputs[0].content);
  EXPECT_EQ(got.inputs[1].content, std::nullopt);
  ASSERT_EQ(got.variants.size(), 2U);
  EXPECT_EQ(got.variants[1].name, "größer");
  EXPECT_EQ(got.variants[0].settings, sent.variants[0].settings);
}

TEST_F(Store, AResultComesBackBitForBit) {
  const RunResult result = rich_result();
  ResultStore store = ResultStore::create(path_, two_variants(5));
  store.put(ended({0, 1}, result));
  const ResultStore reader = ResultStore::open(path_, ResultStore::Access::read);
  EXPECT_EQ(reader.result_bytes({0, 1}), to_bytes(result));
  EXPECT_EQ(to_bytes(*reader.result({0, 1})), to_bytes(result));
  EXPECT_FALSE(reader.result({1, 1}));
}

TEST_F(Store, RunsAreListedWithHowTheyEnded) {
  ResultStore store = ResultStore::create(path_, two_variants(5));
  put(store, {1, 0});
  store.put({{0, 1}, 139, "the process was killed by signal 11", 1.5, nullptr, {}});
  put(store, {0, 0});
  const std::vector<StoredRun> runs = store.runs();
  ASSERT_EQ(runs.size(), 3U);
  EXPECT_EQ(runs[0].request, (RunRequest{0, 0}));
  EXPECT_EQ(runs[1].request, (RunRequest{1, 0}));
  EXPECT_EQ(runs[2].request, (RunRequest{0, 1}));
  EXPECT_EQ(runs[2].exit_code, 139);
  EXPECT_EQ(runs[2].message, "the process was killed by signal 11");
  EXPECT_EQ(runs[2].wall_seconds, 1.5);
  EXPECT_EQ(runs[2].seed, 7U);
  EXPECT_FALSE(store.result({0, 1}));
}

TEST_F(Store, ARunThatFailedIsReplacedAndOneThatCompletedStays) {
  ResultStore store = ResultStore::create(path_, two_variants(5));
  store.put({{0, 0}, 4, "no", 1.0, nullptr, {}});
  put(store, {0, 0});
  EXPECT_EQ(store.runs().front().exit_code, 0);
  RunResult other = result_of({0, 0});
  other.events = 99;
  store.put(ended({0, 0}, other));
  store.put({{0, 0}, 4, "no", 1.0, nullptr, {}});
  ASSERT_EQ(store.runs().size(), 1U);
  EXPECT_EQ(store.result_bytes({0, 0}), to_bytes(result_of({0, 0})));
}

TEST_F(Store, SeriesAndHistogramsAreTables) {
  ResultStore store = ResultStore::create(path_, two_variants(5));
  put(store, {1, 1});  // so that nothing is found by being alone
  store.put(ended({0, 1}, rich_result()));
  const std::string here = " FROM series_of_runs WHERE variant = 'base' AND replication = 1";
  EXPECT_EQ(rows("SELECT end_seconds || ' ' || amount" + here + " AND metric = 'requests'"),
            (std::vector<std::string>{"10.0 3.0", "20.0 4.0"}));
  EXPECT_EQ(row("SELECT json_extract(labels, '$.workload')" + here + " AND metric = 'requests' AND end_seconds = 10"),
            "users \"eu\"");
  EXPECT_EQ(row("SELECT mean || ' ' || largest || ' ' || last" + here + " AND metric = 'replicas' AND end_seconds = 20"),
            "2.5 3.0 3.0");
  EXPECT_EQ(row("SELECT part / whole" + here + " AND metric = 'cpu' AND end_seconds = 10"), "0.25");
  EXPECT_EQ(row("SELECT count || ' ' || sum_seconds || ' ' || p50 || ' ' || p95 || ' ' || p99" + here +
                " AND metric = 'latency' AND end_seconds = 10"),
            "2.0 0.5 0.1 0.3 0.5");
  EXPECT_EQ(row("SELECT p99 IS NULL AND amount IS NULL" + here + " AND metric = 'latency' AND end_seconds = 20"), "1");
  EXPECT_EQ(rows("SELECT seconds FROM percentiles WHERE percentile = 99.9"), (std::vector<std::string>{"0.7", "0.8"}));
  const std::string buckets = " FROM histograms_of_runs WHERE variant = 'base' AND metric = 'latency'";
  EXPECT_EQ(rows("SELECT count" + buckets + " ORDER BY low_seconds"), (std::vector<std::string>{"2", "1"}));
  EXPECT_EQ(row("SELECT sum(count)" + buckets + " AND low_seconds <= 1e-3 AND high_seconds >= 1e-3"), "1");
}

TEST_F(Store, BucketsHaveTheBordersOfTheHistogram) {
  RunResult result = rich_result();
  Histogram wide;
  for (std::int64_t value = 1; value > 0 && value < Duration::max().count() / 3; value *= 3) wide.record(Duration{value});
  result.series.back().slices = {wide};
  ResultStore store = ResultStore::create(path_, two_variants(5));
  store.put(ended({0, 1}, result));
  const SqliteDatabase database{path_, SqliteDatabase::Access::read};
  SqliteStatement row = database.prepare("SELECT low_seconds, high_seconds, count FROM histograms_of_runs ORDER BY low_seconds");
  for (const Histogram::Bucket& bucket : wide.buckets()) {
    ASSERT_TRUE(row.step());
    EXPECT_EQ(row.real(0), Histogram::lower_bound_seconds(bucket.index));
    EXPECT_EQ(row.real(1), Histogram::upper_bound_seconds(bucket.index));
    EXPECT_EQ(row.integer(2), static_cast<std::int64_t>(bucket.count));
  }
  EXPECT_FALSE(row.step());
}

// To look into the JSON for each takes seconds already.
TEST_F(Store, EndsOfManyWindowsAreFoundInTimeInProportion) {
  constexpr std::size_t many = 40'000;
  RunResult result = rich_result();
  result.window_ends.clear();
  for (std::size_t i = 0; i < many; ++i) result.window_ends.push_back(static_cast<double>(i + 1));
  result.series = {{"requests", {}, MetricKind::counter, {std::vector<double>(many, 1.0)}, {}}};
  ResultStore store = ResultStore::create(path_, two_variants(5));
  store.put(ended({0, 1}, result));
  put(store, {1, 0});  // whose windows have the same numbers
  const auto seconds_of = [&](const std::string& query) {
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(row(query), std::to_string(many));
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  const std::string here = " FROM series_of_runs WHERE variant = 'base' AND metric = 'requests'";
  EXPECT_EQ(row("SELECT sum(end_seconds) / count(*)" + here), "20000.5");
  const double plain = seconds_of("SELECT count(amount) FROM series WHERE amount = 1");
  const double with_ends = seconds_of("SELECT count(end_seconds)" + here);
  EXPECT_LT(with_ends, 20.0 * plain + 0.5) << plain << " s without";
}

TEST_F(Store, NumbersOfSeriesKeepTheirBits) {
  const std::vector<double> delicate{0.1, 1.0 / 3.0, 1e-300, 5e-324, 1.7976931348623157e308, 9'007'199'254'740'993.0, 1e15, -2.5};
  RunResult result = rich_result();
  result.window_ends.clear();
  for (std::size_t i = 0; i < delicate.size(); ++i) result.window_ends.push_back(1.0 / 3.0 + static_cast<double>(i));
  result.series = {{"requests", {}, MetricKind::counter, {delicate}, {}}};
  ResultStore store = ResultStore::create(path_, two_variants(5));
  store.put(ended({0, 1}, result));
  const SqliteDatabase database{path_, SqliteDatabase::Access::read};
  SqliteStatement row = database.prepare("SELECT amount, end_seconds FROM series_of_runs ORDER BY end_seconds");
  for (std::size_t i = 0; i < delicate.size(); ++i) {
    ASSERT_TRUE(row.step());
    EXPECT_EQ(row.real(0), delicate[i]);
    EXPECT_EQ(row.real(1), result.window_ends[i]);
  }
}

TEST_F(Store, BooksPhasesAndNotesAreTables) {
  ResultStore store = ResultStore::create(path_, two_variants(5));
  store.put(ended({0, 1}, rich_result()));
  EXPECT_EQ(row("SELECT entered - completed - in_flight FROM ledger"), row("SELECT sum(count) FROM ledger_failures"));
  EXPECT_EQ(row("SELECT begin_seconds FROM phases WHERE name = 'storm'"), "1.5");
  EXPECT_EQ(row("SELECT text FROM notes"), "scaled from 3 to 5");
  EXPECT_EQ(row("SELECT events FROM runs"), "123456789012");
  EXPECT_EQ(row("SELECT value FROM settings WHERE variant = 1"), "5");
}

TEST_F(Store, CriticalPathsAreATableWithTheirPartsAndFailuresAsViews) {
  RunResult result = rich_result();
  CriticalPath path{.workload = "", .request = "api.feed", .band = "failed", .count = 3, .weight = 24.0, .mean_seconds = 0.75};
  path.parts = {{PathCause::queueing, "services/api", 0.5}, {PathCause::cache_miss, "databases/store", 0.25}};
  path.failures = {{"timeout", "services/api", 20}, {"rejected", "databases/store", 4}};
  result.critical_paths = {path};
  ResultStore store = ResultStore::create(path_, two_variants(5));
  store.put(ended({0, 1}, result));
  EXPECT_EQ(row("SELECT count FROM critical_paths WHERE request = 'api.feed' AND band = 'failed'"), "3");
  EXPECT_EQ(row("SELECT sum(mean_seconds) FROM critical_path_parts"), row("SELECT mean_seconds FROM critical_paths"));
  EXPECT_EQ(row("SELECT component FROM critical_path_parts WHERE cause = 'cache_miss'"), "databases/store");
  EXPECT_EQ(row("SELECT count FROM critical_path_failures WHERE reason = 'timeout' AND component = 'services/api'"), "20");
}

TEST_F(Store, ANewStudyTakesThePlaceOfAnOldOne) {
  {
    ResultStore old = ResultStore::create(path_, two_variants(5));
    put(old, {0, 0});
  }
  StoredStudy study = two_variants(9);
  study.name = "new";
  ResultStore::create(path_, study);
  const ResultStore store = ResultStore::open(path_, ResultStore::Access::read);
  EXPECT_EQ(store.study().name, "new");
  EXPECT_TRUE(store.runs().empty());
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator{folder_.path()}, {}), 1) << "something is left beside it";
}

TEST_F(Store, HowFarAStudyIsIsKept) {
  ResultStore store = ResultStore::create(path_, two_variants(5));
  store.settle(StudyState::interrupted, 8, 2.5);
  store.settle(StudyState::failed, 9, 1.0);
  const StoredStudy got = ResultStore::open(path_, ResultStore::Access::read).study();
  EXPECT_EQ(got.state, StudyState::failed);
  EXPECT_EQ(got.replications, 9U);
  EXPECT_EQ(got.wall_seconds, 3.5);
  EXPECT_EQ(got.variants.size(), 2U);
}

TEST_F(Store, AStudyGoesOnWithAnotherPlanAndItsRuns) {
  ResultStore store = ResultStore::create(path_, two_variants(5));
  put(store, {0, 0});
  store.settle(StudyState::complete, 5, 2.5);
  StoredStudy more = two_variants(9);
  more.reading = "{\"replications\": 9}";
  store.go_on_with(more);
  const ResultStore reader = ResultStore::open(path_, ResultStore::Access::read);
  EXPECT_EQ(reader.study().replications, 9U);
  EXPECT_EQ(reader.study().reading, more.reading);
  EXPECT_EQ(reader.study().state, StudyState::running);
  EXPECT_EQ(reader.study().wall_seconds, 2.5);
  EXPECT_EQ(reader.study().inputs.size(), 2U);
  EXPECT_EQ(reader.runs().size(), 1U);
}

TEST_F(Store, AStoreHasOneWriterAndAnyNumberOfReaders) {
  ResultStore writer = ResultStore::create(path_, two_variants(5));
  const ResultStore reader = ResultStore::open(path_, ResultStore::Access::read);
  put(writer, {0, 0});
  EXPECT_EQ(reader.runs().size(), 1U);
  EXPECT_TRUE(says(store_error_of([&] { ResultStore::open(path_, ResultStore::Access::write); }),
                   "another headroom is writing it; wait"));
  EXPECT_TRUE(says(store_error_of([&] { ResultStore::create(path_, two_variants(5)); }), "another headroom is writing it; wait"));
}

TEST_F(Store, WhatIsNoStoreIsRefusedWithAReason) {
  const auto opening = [&] { ResultStore::open(path_, ResultStore::Access::read); };
  EXPECT_TRUE(says(store_error_of(opening), "there is no such file"));
  std::ofstream{path_} << std::string(5000, 'x');
  EXPECT_TRUE(says(store_error_of(opening), "it is no result store")) << store_error_of(opening);
  std::ofstream{path_, std::ios::trunc} << "";
  EXPECT_TRUE(says(store_error_of(opening), "it is no result store")) << store_error_of(opening);
  ResultStore::create(path_, two_variants(1));
  { SqliteDatabase{path_, SqliteDatabase::Access::write}.execute("PRAGMA user_version = 9"); }
  EXPECT_TRUE(says(store_error_of(opening),
                   "its schema is of version 9, this program's of version 3; use the headroom that "
                   "wrote it, or run the study again"));
}

TEST_F(Store, AnOlderSchemaIsRefusedForReadingAndGoingOnAndMakesRoomForANewStudy) {
  ResultStore::create(path_, two_variants(1));
  { SqliteDatabase{path_, SqliteDatabase::Access::write}.execute("PRAGMA user_version = 1"); }
  for (const ResultStore::Access access : {ResultStore::Access::read, ResultStore::Access::write}) {
    EXPECT_TRUE(
        says(store_error_of([&] { ResultStore::open(path_, access); }),
             "its schema is of version 1, this program's of version 3; use the headroom that wrote it, or run the study again"));
  }
  EXPECT_EQ(ResultStore::create(path_, two_variants(3)).study().replications, 3U);
}

TEST_F(Store, ANewStudyTakesThePlaceOfWhatIsNoStore) {
  std::ofstream{path_} << std::string(5000, 'x');
  ResultStore::create(path_, two_variants(1));
  EXPECT_EQ(ResultStore::open(path_, ResultStore::Access::read).study().name, "two");
}

TEST_F(Store, ResultsThatDifferOnlyInTheTimeTheyTookAreTheSame) {
  RunResult a = rich_result(), b = rich_result();
  b.wall_seconds = 99.0;
  EXPECT_TRUE(same_result(to_bytes(a), to_bytes(b)));
  b.series[0].columns[0][0] = std::nextafter(a.series[0].columns[0][0], 4.0);
  EXPECT_FALSE(same_result(to_bytes(a), to_bytes(b)));
}

TEST(Shards, TogetherAreTheWholeListAndEachRunIsInOne) {
  const std::vector<RunRequest> all = planned_runs(3, 7);
  for (const unsigned count : {1U, 2U, 4U, 30U}) {
    std::vector<RunRequest> joined;
    for (unsigned index = 1; index <= count; ++index) {
      const std::vector<RunRequest> own = runs_of_shard(3, 7, {index, count});
      EXPECT_LE(own.size(), all.size() / count + 1);
      joined.insert(joined.end(), own.begin(), own.end());
    }
    ASSERT_EQ(joined.size(), all.size());
    for (const RunRequest& request : all) EXPECT_EQ(std::count(joined.begin(), joined.end(), request), 1);
  }
}

TEST(Shards, HaveEquallyManyRunsOfEveryVariantWithinOne) {
  for (const std::size_t variants : {1U, 2U, 3U, 4U, 6U}) {
    for (const unsigned count : {2U, 3U, 4U, 6U}) {
      for (unsigned index = 1; index <= count; ++index) {
        std::vector<std::size_t> of_variant(variants);
        for (const RunRequest& request : runs_of_shard(variants, 24, {index, count})) ++of_variant[request.variant];
        for (const std::size_t runs : of_variant)
          EXPECT_NEAR(static_cast<double>(runs), 24.0 / count, 1.0) << variants << " variants, " << index << "/" << count;
      }
    }
  }
}

}  // namespace
}  // namespace headroom::test
