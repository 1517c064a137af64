// replay --trace: a file that is valid, whose spans nest, and whose sums are the latencies that were recorded.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "sim/experiment/result_store.hpp"
#include "tests/cli/process.hpp"
#include "tests/cli/shipped.hpp"
#include "tests/support/places.hpp"

namespace headroom::cli_test {
namespace {

using nlohmann::json;

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Nanoseconds: in the file they are microseconds with three decimals.
std::int64_t nanoseconds(const json& microseconds) { return std::llround(microseconds.get<double>() * 1000.0); }

struct Span {
  std::int64_t begin, end;
};

// Events of the trace of the first run of a shipped scenario.
json traced(const std::string& pattern, const std::vector<std::string>& settings, const std::vector<std::string>& options) {
  const std::string folder = temporary(pattern), file = temporary(pattern + ".json");
  std::vector<std::string> run{
      "run", shipped("patterns/" + pattern + ".json"), "-q", "-o", folder, "--replications", "1", "--inconclusive", "pass"};
  for (const std::string& setting : settings) run.insert(run.end(), {"--set", setting});
  headroom(run);
  std::vector<std::string> replay{"replay", folder, "1", "--trace", file};
  replay.insert(replay.end(), options.begin(), options.end());
  const Ended ended = headroom(replay);
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_TRUE(says(ended.out, "equal bit for bit")) << ended.out << "a trace changes no result";
  return json::parse(content_of(file)).at("traceEvents");
}

// What the format asks of every event.
void expect_well_formed(const json& events) {
  std::map<std::int64_t, int> flows;
  for (const json& event : events) {
    const std::string phase = event.at("ph");
    ASSERT_TRUE(event.at("name").is_string() && event.at("pid").is_number_integer()) << event;
    if (phase == "M") continue;
    ASSERT_TRUE(event.at("ts").is_number() && event.at("tid").is_number_integer()) << event;
    if (phase == "X") {
      ASSERT_GE(event.at("dur"), 0.0) << event;
    }
    if (phase == "s") ++flows[event.at("id")];
    if (phase == "f") --flows[event.at("id")];
    ASSERT_TRUE(std::set<std::string>({"X", "i", "s", "f"}).contains(phase)) << event;
  }
  for (const auto& [id, open] : flows) EXPECT_EQ(open, 0) << "flow " << id << " has one end";
}

// On each thread a span lies in another or beside it.
void expect_nested(const json& events) {
  std::map<std::pair<int, int>, std::vector<Span>> threads;
  for (const json& event : events) {
    if (event.at("ph") != "X") continue;
    const std::int64_t begin = nanoseconds(event.at("ts"));
    threads[{event.at("pid"), event.at("tid")}].push_back({begin, begin + nanoseconds(event.at("dur"))});
  }
  EXPECT_FALSE(threads.empty());
  for (auto& [thread, spans] : threads) {
    std::sort(spans.begin(), spans.end(),
              [](const Span& a, const Span& b) { return a.begin != b.begin ? a.begin < b.begin : a.end > b.end; });
    std::vector<Span> around;
    for (const Span& span : spans) {
      while (!around.empty() && around.back().end <= span.begin) around.pop_back();
      if (!around.empty()) {
        ASSERT_LE(span.end, around.back().end) << thread.first << "/" << thread.second << " at " << span.begin;
      }
      around.push_back(span);
    }
  }
}

TEST(ReplayTrace, QueueAndServiceOfEachRequestAddUpToItsLatencyAndAllToWhatWasRecorded) {
  const json events = traced("mmc", {"/duration=\"20 min\"", "/warm_up=\"1 min\""}, {"--trace-requests", "10000000"});
  expect_well_formed(events);
  expect_nested(events);
  std::map<std::int64_t, std::int64_t> whole, parts;
  for (const json& event : events) {
    if (event.at("ph") != "X") continue;
    const std::int64_t id = event.at("args").at("id"), length = nanoseconds(event.at("dur"));
    if (event.at("cat") == "request" && event.at("args").at("outcome") == "completed") whole[id] = length;
    if (event.at("cat") == "queue" || event.at("cat") == "service") parts[id] += length;
  }
  double sum = 0.0;
  for (const auto& [id, length] : whole) {
    EXPECT_EQ(parts[id], length) << "request " << id;
    sum += static_cast<double>(length) / 1e9;
  }
  const RunResult run = *ResultStore::open(temporary("mmc/results.sqlite"), ResultStore::Access::read).result({0, 0});
  Histogram latency;
  for (const Series& series : run.series) {
    if (series.metric != "latency" || series.labels != std::vector<Label>{{"workload", "people"}}) continue;
    for (const Histogram& slice : series.slices) latency.merge(slice);
  }
  EXPECT_GT(whole.size(), 3000U);
  EXPECT_EQ(latency.count(), whole.size());
  EXPECT_NEAR(latency.sum_seconds(), sum, 1e-6);
}

TEST(ReplayTrace, SpansNestWhateverTheRequestsDo) {
  for (const char* pattern :
       {"retries-timeouts", "parallel-fan-out", "queue-workers", "cache-tiers", "database-pool", "closed-population"}) {
    SCOPED_TRACE(pattern);
    const json events = traced(pattern, {}, {"--trace-requests", "300"});
    expect_well_formed(events);
    expect_nested(events);
    std::set<int> requests;
    for (const json& event : events) {
      if (event.contains("args") && event.at("args").contains("request"))
        requests.insert(event.at("args").at("request").get<int>());
    }
    EXPECT_EQ(requests.size(), 300U);
  }
}

TEST(ReplayTrace, StepsCallsAndLookUpsHaveNamesAndCalleesKnowTheirCallers) {
  const json events = traced("cache-tiers", {}, {"--trace-requests", "300"});
  std::set<std::string> names;
  std::set<std::int64_t> ids, callers;
  for (const json& event : events) {
    names.insert(event.at("name").get<std::string>());
    if (event.at("ph") != "X") continue;
    ids.insert(event.at("args").at("id").get<std::int64_t>());
    if (event.at("args").at("caller") != 0) callers.insert(event.at("args").at("caller").get<std::int64_t>());
  }
  EXPECT_TRUE(names.contains("cache hit"));
  EXPECT_TRUE(names.contains("cache miss"));
  EXPECT_TRUE(names.contains("service"));
  EXPECT_FALSE(callers.empty());
  EXPECT_TRUE(std::includes(ids.begin(), ids.end(), callers.begin(), callers.end()));
}

TEST(ReplayTrace, AWindowAndANumberBoundIt) {
  const json events = traced("mmc", {}, {"--trace-from", "30 min", "--trace-for", "1 min"});
  std::set<std::int64_t> requests;
  for (const json& event : events) {
    if (event.at("ph") != "X") continue;
    requests.insert(event.at("args").at("request").get<std::int64_t>());
    if (event.at("cat") != "request") continue;
    EXPECT_GE(event.at("ts"), 30 * 60e6);
    EXPECT_LT(event.at("ts"), 31 * 60e6);
  }
  EXPECT_GT(requests.size(), 100U);  // 3 /s
  EXPECT_LT(requests.size(), 260U);
}

TEST(ReplayTrace, NothingHalfWrittenIsLeftAndBadUsageSaysWhatIsRight) {
  const std::string folder = temporary("kept"), file = temporary("no/such/folder.json");
  headroom({"run", shipped("patterns/mmc.json"), "-q", "-o", folder, "--replications", "1"});
  const Ended ended = headroom({"replay", folder, "1", "--trace", file});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_TRUE(says(ended.err, "cannot write")) << ended.err;
  EXPECT_TRUE(says(ended.err, "nothing was run")) << ended.err;
  EXPECT_TRUE(says(headroom({"replay", folder, "1", "--trace-requests", "5"}).err, "add --trace FILE"));
  const Ended into_a_folder = headroom({"replay", folder, "1", "--trace", folder});
  EXPECT_EQ(into_a_folder.exit_code, 2);
  EXPECT_TRUE(says(into_a_folder.err, "is a folder; write the name of a file")) << into_a_folder.err;
  EXPECT_TRUE(says(headroom({"replay", folder, "--trace", temporary("t.json")}).err, "--trace needs the run"));
  EXPECT_FALSE(std::filesystem::exists(temporary("t.json")));
  // A disk that is full in the middle: the former file stays.
  const std::string former = temporary("former.json");
  const Ended cut = headroom({"replay", folder, "1", "--trace", former, "--trace-requests", "5"});
  ASSERT_EQ(cut.exit_code, 0);
  EXPECT_TRUE(says(cut.err, "the trace has the first 5 requests; ")) << cut.err;
  const std::string content = content_of(former);
  const std::string small = "ulimit -f 16; " + headroom_binary() + " replay '" + folder + "' 1 --trace '" + former +
                            "' --trace-requests 100000 >/dev/null 2>&1";
  EXPECT_NE(std::system(small.c_str()), 0);
  EXPECT_EQ(content_of(former), content);
  for (const auto& entry : std::filesystem::directory_iterator{std::filesystem::path{former}.parent_path()})
    EXPECT_FALSE(says(entry.path().string(), "unfinished")) << entry.path();
}

}  // namespace
}  // namespace headroom::cli_test
