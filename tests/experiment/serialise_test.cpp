#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "sim/experiment/study.hpp"

namespace headroom {
namespace {

// Numbers that are easily damaged on the way.
const std::vector<double> delicate{0.0,
                                   -0.0,
                                   0.1,
                                   1.0 / 3.0,
                                   16'777'217.0,  // the first whole number that a 4-byte float cannot hold
                                   0.5,
                                   -1e308,
                                   5e-324,
                                   std::numeric_limits<double>::infinity(),
                                   std::numeric_limits<double>::quiet_NaN(),
                                   9'007'199'254'740'993.0};

Histogram wide_histogram() {
  Histogram histogram;
  for (const std::int64_t value : {0LL, 5LL, 127LL, 1'000'000LL, 1'000'000LL}) histogram.record(Duration{value});
  for (int i = 0; i < 3; ++i) histogram.record(Duration::max());  // a sum beyond 64 bits
  return histogram;
}

RunResult full_result() {
  RunResult result;
  result.variant = "queue length";
  result.seed = std::numeric_limits<std::uint64_t>::max();
  result.replication = 7;
  result.duration_seconds = 7200.0;
  result.warm_up_seconds = 0.1;
  result.warm_up_rule = "MSER-5";
  result.window_ends = {0.1, 0.2, 0.3};
  result.slice_ends = {0.3};
  result.extra_percentiles = {99.9};
  result.series.push_back({"latency",
                           {{"endpoint", "api.feed"}, {"service", "api"}},
                           MetricKind::durations,
                           {delicate, {}, {1.0}},
                           {wide_histogram(), {}}});
  result.series.push_back({"requests", {{"workload", "größe \"quoted\""}}, MetricKind::counter, {{1.0, 2.0, 3.0}}, {}});
  result.phases = {{"users", "storm", 1.5, 2.5}};
  result.ledger = {{"users", 1'000'000'000'000, 5, {{"rejected", 2}, {"timeout", 1}}, 3}, {"empty", 0, 0, {}, 0}};
  result.notes = {{12.25, "services/api", "scaled from 3 to 5"}};
  result.scale_outs = {{"api", 12.25, 3, 5, true, {0.1, 1.0 / 3.0, 40.0, 0.0, 5e-324, 2.0, 4.0}}};
  CriticalPath path{.workload = "", .request = "api.feed", .band = "failed", .count = 3, .weight = 24.0, .mean_seconds = 1.0 / 3.0};
  path.parts = {{PathCause::cache_miss, "databases/store", 0.1}, {PathCause::queueing, "services/größe", 5e-324}};
  path.failures = {{"timeout", "services/api", 1'000'000'000'000}};
  result.critical_paths = {{.workload = "users", .request = "", .band = "all"}, path};
  result.users = 1e5;
  result.events = 123'456'789'012;
  result.wall_seconds = 1.0 / 7.0;
  result.peak_memory_bytes = 5'000'000'000;
  return result;
}

void expect_same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i)
    EXPECT_EQ(std::bit_cast<std::uint64_t>(a[i]), std::bit_cast<std::uint64_t>(b[i])) << a[i];
}

TEST(Serialise, EveryFieldComesBack) {
  const RunResult sent = full_result();
  const RunResult got = run_result_from(to_bytes(sent));
  EXPECT_EQ(got.variant, sent.variant);
  EXPECT_EQ(got.seed, sent.seed);
  EXPECT_EQ(got.replication, sent.replication);
  EXPECT_EQ(got.warm_up_rule, sent.warm_up_rule);
  EXPECT_EQ(got.events, sent.events);
  EXPECT_EQ(got.peak_memory_bytes, sent.peak_memory_bytes);
  expect_same_bits({got.duration_seconds, got.warm_up_seconds, got.users, got.wall_seconds},
                   {sent.duration_seconds, sent.warm_up_seconds, sent.users, sent.wall_seconds});
  expect_same_bits(got.window_ends, sent.window_ends);
  expect_same_bits(got.slice_ends, sent.slice_ends);
  expect_same_bits(got.extra_percentiles, sent.extra_percentiles);
}

TEST(Serialise, SeriesComeBackBitForBit) {
  const RunResult sent = full_result();
  const RunResult got = run_result_from(to_bytes(sent));
  ASSERT_EQ(got.series.size(), sent.series.size());
  for (std::size_t i = 0; i < sent.series.size(); ++i) {
    EXPECT_EQ(got.series[i].metric, sent.series[i].metric);
    EXPECT_EQ(got.series[i].labels, sent.series[i].labels);
    EXPECT_EQ(got.series[i].kind, sent.series[i].kind);
    ASSERT_EQ(got.series[i].columns.size(), sent.series[i].columns.size());
    for (std::size_t c = 0; c < sent.series[i].columns.size(); ++c)
      expect_same_bits(got.series[i].columns[c], sent.series[i].columns[c]);
    EXPECT_EQ(got.series[i].slices, sent.series[i].slices);
  }
}

TEST(Serialise, PhasesLedgerAndNotesComeBack) {
  const RunResult sent = full_result();
  const RunResult got = run_result_from(to_bytes(sent));
  ASSERT_EQ(got.phases.size(), 1U);
  EXPECT_EQ(got.phases[0].workload, "users");
  EXPECT_EQ(got.phases[0].name, "storm");
  EXPECT_EQ(got.phases[0].begin_seconds, 1.5);
  EXPECT_EQ(got.phases[0].end_seconds, 2.5);
  ASSERT_EQ(got.ledger.size(), 2U);
  EXPECT_EQ(got.ledger[0].name, "users");
  EXPECT_EQ(got.ledger[0].entered, 1'000'000'000'000U);
  EXPECT_EQ(got.ledger[0].completed, 5U);
  EXPECT_EQ(got.ledger[0].failed, sent.ledger[0].failed);
  EXPECT_EQ(got.ledger[0].in_flight, 3U);
  EXPECT_TRUE(got.ledger[1].failed.empty());
  ASSERT_EQ(got.notes.size(), 1U);
  EXPECT_EQ(got.notes[0].at_seconds, 12.25);
  EXPECT_EQ(got.notes[0].subject, "services/api");
  EXPECT_EQ(got.notes[0].text, "scaled from 3 to 5");
}

TEST(Serialise, ScaleOutsComeBackBitForBit) {
  const RunResult got = run_result_from(to_bytes(full_result()));
  ASSERT_EQ(got.scale_outs.size(), 1U);
  const ScaleOut &scale_out = got.scale_outs[0], sent = full_result().scale_outs[0];
  EXPECT_EQ(scale_out.service, "api");
  EXPECT_EQ(scale_out.decided_seconds, 12.25);
  EXPECT_EQ(scale_out.from, 3);
  EXPECT_EQ(scale_out.to, 5);
  EXPECT_TRUE(scale_out.complete);
  expect_same_bits({scale_out.seconds.begin(), scale_out.seconds.end()}, {sent.seconds.begin(), sent.seconds.end()});
}

TEST(Serialise, CriticalPathsComeBackBitForBit) {
  const RunResult sent = full_result(), got = run_result_from(to_bytes(sent));
  EXPECT_EQ(got.critical_paths, sent.critical_paths);
  EXPECT_EQ(to_bytes(got), to_bytes(sent));
}

TEST(Serialise, AnEmptyResultComesBackEmpty) {
  const RunResult got = run_result_from(to_bytes({}));
  EXPECT_TRUE(got.series.empty());
  EXPECT_TRUE(got.window_ends.empty());
  EXPECT_EQ(to_bytes(got), to_bytes({}));
}

TEST(Serialise, EqualResultsHaveEqualBytes) {
  EXPECT_EQ(to_bytes(full_result()), to_bytes(full_result()));
  EXPECT_EQ(to_bytes(run_result_from(to_bytes(full_result()))), to_bytes(full_result()));
  // A histogram that has been larger is equal to one that has not.
  RunResult used = full_result();
  used.series[0].slices[1].record(Duration{1'000'000'000});
  EXPECT_NE(to_bytes(used), to_bytes(full_result()));
  used.series[0].slices[1].clear();
  EXPECT_EQ(to_bytes(used), to_bytes(full_result()));
}

TEST(Serialise, BytesThatAreNoResultAreRefused) {
  const std::vector<std::uint8_t> whole = to_bytes(full_result());
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, whole.size() / 2, whole.size() - 1}) {
    EXPECT_THROW(run_result_from({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}), std::invalid_argument)
        << size << " bytes";
  }
  EXPECT_THROW(run_result_from(nlohmann::json::to_msgpack("a text")), std::invalid_argument);
}

TEST(Serialise, DamagedContentIsRefused) {
  using Json = nlohmann::ordered_json;
  const Json whole = Json::from_msgpack(to_bytes(full_result()));
  const auto refused = [&](const char* pointer, const Json& damage) {
    Json damaged = whole;
    damaged.at(Json::json_pointer{pointer}) = damage;
    EXPECT_THROW(run_result_from(Json::to_msgpack(damaged)), std::invalid_argument) << pointer;
  };
  refused("/format", 1);
  refused("/series/0/kind", 17);
  refused("/series/0/slices/0/0/0", 4'000'000'000U);  // a bucket far beyond all durations
  refused("/series/0/metric", 5);
  refused("/scale_outs/0/5", Json::array({1.0, 2.0}));
  EXPECT_NO_THROW(run_result_from(Json::to_msgpack(whole)));
}

std::string refusal_of(const std::vector<std::uint8_t>& bytes) {
  try {
    run_result_from(bytes);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

// Whatever fields it has: what stands first says which.
TEST(Serialise, AnotherFormatIsNamedAsSuch) {
  for (const nlohmann::ordered_json& other :
       {nlohmann::ordered_json{{"format", 99}, {"surprise", 1}}, nlohmann::ordered_json{{"duration", 1.0}, {"format", 2}}})
    EXPECT_NE(refusal_of(nlohmann::ordered_json::to_msgpack(other)).find("another format"), std::string::npos) << other;
  const nlohmann::ordered_json ours{{"format", 5}, {"surprise", 1}};
  EXPECT_NE(refusal_of(nlohmann::ordered_json::to_msgpack(ours)).find("too few or too many fields"), std::string::npos);
}

// As many slices as there are bytes, none of which is one: all of them at once would take hundreds of megabytes.
TEST(Serialise, ADamagedSizeDoesNotTakeTheMemoryForIt) {
  RunResult result;
  result.series.push_back({"latency", {}, MetricKind::durations, {}, {}});
  std::vector<std::uint8_t> bytes = to_bytes(result);
  const std::string key = "slices";
  const auto size = std::search(bytes.begin(), bytes.end(), key.begin(), key.end()) + 6;
  ASSERT_EQ(*size, 0x90);  // an array of none
  bytes.erase(size, bytes.end());
  constexpr std::uint32_t claimed = 1U << 23;
  for (const std::uint32_t byte : {0xddU, claimed >> 24, claimed >> 16, claimed >> 8, claimed})
    bytes.push_back(static_cast<std::uint8_t>(byte));
  bytes.insert(bytes.end(), claimed, 0xc0);
  rusage before{}, after{};
  ::getrusage(RUSAGE_SELF, &before);
  EXPECT_NE(refusal_of(bytes), "");
  ::getrusage(RUSAGE_SELF, &after);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 50'000) << "KiB";
}

}  // namespace
}  // namespace headroom
