// What a store gives to other tools, read back by them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/cli/process.hpp"

namespace headroom::cli_test {
namespace {

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

int shell(const std::string& command) { return std::system(command.c_str()); }

// Two variants, three replications.
std::string stored() {
  const std::string folder = temporary("stored");
  if (!std::filesystem::exists(folder + "/results.sqlite")) {
    EXPECT_EQ(headroom({"compare", data("holds.json"), "-q", "-o", folder}).exit_code, 0);
  }
  return folder;
}

TEST(Export, RunAndCompareLeaveJUnitAndOpenMetricsBesideTheirReport) {
  const std::string folder = stored();
  EXPECT_TRUE(says(content_of(folder + "/junit.xml"), "<testsuite name=\"Holds, clearly\" tests=\"6\" failures=\"1\""));
  const std::string metrics = content_of(folder + "/metrics.om");
  EXPECT_TRUE(metrics.ends_with("# EOF\n"));
  std::istringstream lines{metrics};
  std::set<std::string> series;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    EXPECT_TRUE(line.ends_with(" 1735689720.000")) << "2025-01-01T00:02:00Z, where a run of 2 min ends: " << line;
    EXPECT_TRUE(series.insert(line.substr(0, line.find('}'))).second) << "one sample of each; headroom export has all: " << line;
  }
  EXPECT_GT(series.size(), 100U);
}

TEST(Export, WithoutAFormatEveryFormIsAFile) {
  const Ended ended = headroom({"export", stored(), "-o", temporary("all")});
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  for (const char* file : {"series.csv", "verdicts.csv", "summary.md", "metrics.om", "summary.json", "junit.xml"}) {
    EXPECT_TRUE(std::filesystem::exists(temporary("all/") + file)) << file;
    EXPECT_TRUE(says(ended.out, std::string{"all/"} + file)) << ended.out;
  }
  EXPECT_EQ(content_of(temporary("all/summary.json")), content_of(stored() + "/summary.json"));
  EXPECT_EQ(content_of(temporary("all/junit.xml")), content_of(stored() + "/junit.xml"));
}

TEST(Export, RefusesWhatItCannotDoAndSaysWhatItCan) {
  const auto refused = [](std::vector<std::string> arguments, const std::string& why) {
    arguments.insert(arguments.begin(), {"export", stored()});
    const Ended ended = headroom(arguments);
    EXPECT_EQ(ended.exit_code, 2) << why;
    EXPECT_EQ(ended.out, "");
    EXPECT_TRUE(says(ended.err, why)) << ended.err;
  };
  refused({"--format", "cvs"}, "did you mean \"csv\"?");
  refused({"--format", "csv", "--epoch", "2025-01-01T00:00:00Z"}, "--epoch is for --format openmetrics");
  refused({"--format", "openmetrics", "--epoch", "yesterday"}, "write a time as 2025-01-01T00:00:00Z");
  refused({"--format", "openmetrics", "--replication", "3"}, "has none of that number");
  EXPECT_EQ(headroom({"export", temporary("no such store")}).exit_code, 2);
}

// The store's own view is the other way to the same numbers.
TEST(Export, TheSeriesAsCsvAreThoseOfTheStore) {
  const std::string csv = temporary("series.csv");
  ASSERT_EQ(headroom({"export", stored(), "--format", "csv", "-o", csv}).exit_code, 0);
  const std::string script = written("scripts", "series.py", R"py(
import csv, json, sqlite3, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
told = {(r["variant"], int(r["replication"]), float(r["end_seconds"]), r["metric"], json.dumps(json.loads(r["labels"]), sort_keys=True), r["statistic"]): float(r["value"]) for r in rows}
assert len(told) == len(rows), "each number once"
store = sqlite3.connect(sys.argv[2])
columns = ["amount", "mean", "largest", "last", "part", "whole", "count", "sum_seconds", "p50", "p95", "p99"]
stored = {}
for variant, replication, metric, labels, end, *values in store.execute("SELECT variant, replication, metric, labels, end_seconds, " + ", ".join(columns) + " FROM series_of_runs"):
    for name, value in zip(columns, values):
        if value is not None:
            stored[(variant, replication, end, metric, json.dumps(json.loads(labels), sort_keys=True), name)] = value
assert stored, "the store is not empty"
assert told == stored, (len(told), len(stored), list(set(told) ^ set(stored))[:5])
)py");
  EXPECT_EQ(shell("python3 " + script + " " + csv + " " + stored() + "/results.sqlite"), 0);
}

TEST(Export, VerdictsAsCsvAreThoseOfTheSummary) {
  const Ended ended = headroom({"export", stored(), "--format", "verdicts"});
  const std::string csv = written("verdicts", "verdicts.csv", ended.out);
  const std::string script = written("scripts", "verdicts.py", R"py(
import csv, json, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
summary = json.load(open(sys.argv[2]))
told = [(r["variant"], r["objective"], r["outcome"], float(r["value"]), r["unit"]) for r in rows]
meant = [(v["name"], o["objective"], o["outcome"], o["value"]["mean"], o["unit"]) for v in summary["variants"] for o in v["verdicts"]]
assert told == meant and len(told) == 6, (told, meant)
)py");
  EXPECT_EQ(shell("python3 " + script + " " + csv + " " + stored() + "/summary.json"), 0) << ended.out;
}

// Prometheus takes it, and has every sample with its value: what is out of order it would drop in silence.
TEST(Export, PrometheusTakesTheMetricsAndHasEverySample) {
  if (shell("command -v promtool >/dev/null") != 0) {
    const char* const ci = std::getenv("CI");
    ASSERT_FALSE(ci != nullptr && std::string{ci} == "true") << "promtool is missing (package prometheus)";
    GTEST_SKIP() << "promtool is not installed (package prometheus)";
  }
  const std::string metrics = temporary("metrics.om"), database = temporary("tsdb"), dump = temporary("dump.txt");
  ASSERT_EQ(headroom({"export", stored(), "--format", "openmetrics", "--epoch", "2025-06-01T00:00:00Z", "-o", metrics}).exit_code,
            0);
  ASSERT_EQ(shell("promtool tsdb create-blocks-from openmetrics " + metrics + " " + database + " > " + temporary("blocks.txt") +
                  " 2>&1"),
            0)
      << content_of(temporary("blocks.txt"));
  std::filesystem::create_directory(database + "/wal");  // of a server that never ran; `dump` looks for it
  ASSERT_EQ(shell("promtool tsdb dump " + database + " > " + dump), 0);
  const std::string script = written("scripts", "prometheus.py", R"py(
import json, re, sqlite3, sys
def series_of(labels): return tuple(sorted(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels)))
dumped = {}
for line in open(sys.argv[1]):
    labels, value, millis = re.fullmatch(r"\{(.*)\} (\S+) (\d+)\n", line).groups()
    dumped[(series_of(labels), int(millis))] = float(value)
written = {}
for line in open(sys.argv[2]):
    if line.startswith("#"): continue
    name, labels, value, seconds = re.fullmatch(r"(\w+)\{(.*)\} (\S+) (\S+)\n", line).groups()
    written[(series_of(labels + f',__name__="{name}"'), round(float(seconds) * 1000))] = float(value)
assert len(written) > 1000 and dumped == written, (len(dumped), len(written))

# Against the store: requests added up to the end, in every run.
store = sqlite3.connect(sys.argv[3])
epoch = 1748736000  # 2025-06-01T00:00:00Z
checked = 0
for variant, replication, labels, total, end in store.execute("SELECT variant, replication, labels, SUM(amount), MAX(end_seconds) FROM series_of_runs WHERE metric = 'requests' GROUP BY 1, 2, 3"):
    own = dict(json.loads(labels), __name__="requests_total", scenario="Holds, clearly", variant=variant, replication=str(replication))
    assert dumped[(tuple(sorted(own.items())), round((epoch + end) * 1000))] == total, (variant, replication, labels)
    checked += 1
assert checked >= 9, checked
for variant, p95, end in store.execute("SELECT variant, p95, end_seconds FROM series_of_runs WHERE metric = 'latency' AND json_extract(labels, '$.workload') = 'people' AND replication = 1 AND count > 0"):
    own = dict(__name__="latency_seconds", quantile="0.95", workload="people", scenario="Holds, clearly", variant=variant, replication="1")
    assert dumped[(tuple(sorted(own.items())), round((epoch + end) * 1000))] == p95
)py");
  EXPECT_EQ(shell("python3 " + script + " " + dump + " " + metrics + " " + stored() + "/results.sqlite"), 0);
}

}  // namespace
}  // namespace headroom::cli_test
