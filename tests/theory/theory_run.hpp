// A scenario written as JSON, run through the whole engine, compared with a known value by an interval.
#pragma once

#include <unistd.h>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "scenarios/builder.hpp"
#include "scenarios/reader.hpp"
#include "sim/cluster/simulation.hpp"
#include "sim/experiment/study.hpp"
#include "sim/measure/evaluate.hpp"
#include "sim/measure/statistics.hpp"
#include "tests/support/places.hpp"

namespace headroom::test {

using Json = nlohmann::json;

inline std::string text_of(double seconds) { return std::to_string(seconds) + " s"; }
inline std::string rate_of(double per_second) {
  char text[64];
  std::snprintf(text, sizeof text, "%.17g /s", per_second);
  return text;
}
inline Json exponential(double mean) { return {{"exponential", {{"mean", text_of(mean)}}}}; }

// A service with one endpoint "<name>.work"; as many cores as slots, so that computations do not share.
inline Json service(const std::string& name, int servers, Json steps) {
  return {{"name", name},
          {"concurrency", servers},
          {"cpu", servers},
          {"endpoints", {{{"name", "work"}, {"steps", std::move(steps)}}}}};
}
inline Json users(double rate, Json steps) {
  return {{"model", "users"},
          {"name", "users"},
          {"rate", rate_of(rate)},
          {"journeys", {{{"name", "visit"}, {"steps", std::move(steps)}}}}};
}

class TheoryRun {
 public:
  // Adds what every such scenario has; runs ten replications.
  TheoryRun(Json scenario, double duration_seconds, double warm_up_seconds, int replications = 10) {
    scenario["name"] = "theory";
    scenario["seed"] = 20;
    scenario["duration"] = text_of(std::ceil(duration_seconds));
    scenario["warm_up"] = text_of(std::ceil(warm_up_seconds));
    scenario["scrape"] = text_of(std::ceil(duration_seconds / 20));
    const std::string path = testing::TempDir() + "theory-" + std::to_string(::getpid()) + ".json";
    std::ofstream{path} << scenario.dump(1);
    const ScenarioFile file = read_scenario(path);
    std::filesystem::remove(path);
    const Blueprint blueprint = build_blueprint(file.variants.front().scenario);
    std::vector<RunRequest> requests;
    for (int i = 0; i < replications; ++i) requests.push_back({0, static_cast<std::uint64_t>(i)});
    Study study = run_study(1, requests,
                            [&](const RunRequest& request) {
                              return simulate(blueprint, {"", 20, request.replication});
                            },
                            {});
    for (const FailedRun& failed : study.failed) ADD_FAILURE() << failed.message;
    runs = std::move(study.runs.front());
  }

  std::vector<double> observations(const std::string& selector) const {
    ConditionError error;
    const auto condition = parse_condition(selector + " < 1", error);
    if (!condition) throw std::logic_error{selector + ": " + error.message};
    std::vector<double> values;
    for (const RunResult& run : runs)
      values.push_back(evaluate(condition->selector, run, span_of(*condition, run)).value_or(NAN));
    return values;
  }

  // The known value is in the interval (widened by the histogram's error for percentiles, and by `bias` where the known
  // value is itself an approximation), and the interval is at most `precision` of it wide to each side.
  void expect(const std::string& selector, double known, double precision = 0.05, double bias = 0.0) const {
    expect_of(selector, observations(selector), known, precision, selector.starts_with("p(") ? bias + 1.0 / 256 : bias);
  }
  void expect_of(const std::string& what, const std::vector<double>& values, double known, double precision,
                 double bias = 0.0) const {
    const Interval interval = t_interval(values, 0.999);
    EXPECT_LE(interval.low - bias * known, known + 1e-12) << what << " in [" << interval.low << ", " << interval.high << "]";
    EXPECT_GE(interval.high + bias * known, known - 1e-12) << what << " in [" << interval.low << ", " << interval.high << "]";
    EXPECT_LE(interval.half_width(), precision * std::max(std::abs(known), 1e-3))
        << what << ": the interval is too wide to prove anything";
  }
  // Share of recorded durations that are longer than zero.
  std::vector<double> share_above_zero(const std::string& metric, const std::string& label_value) const {
    std::vector<double> shares;
    for (const RunResult& run : runs) {
      for (const Series& series : run.series) {
        if (series.metric != metric || series.labels.size() != 1 || series.labels[0].value != label_value) continue;
        Histogram all;
        for (std::size_t i = 0; i < series.slices.size(); ++i) {
          if (run.slice_ends[i] > run.warm_up_seconds) all.merge(series.slices[i]);
        }
        shares.push_back(1.0 - all.share_at_most(0.0));
      }
    }
    return shares;
  }

  std::vector<RunResult> runs;
};

// A row of a reference table; prints as its identifier.
struct Row {
  Json values;
  friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.values.at("id").get<std::string>(); }
};
// Empty when the tables are not there.
inline std::vector<Row> rows_of(const std::string& table) {
  std::ifstream file{source_dir() + "/../shared/conformance/queueing/" + table + ".json"};
  std::vector<Row> rows;
  if (!file) return rows;
  const Json content = Json::parse(file);
  for (const Json& values : content.at("rows")) rows.push_back(Row{values});
  return rows;
}
inline std::string row_name(const testing::TestParamInfo<Row>& info) {
  std::string name = info.param.values.at("id").get<std::string>();
  for (char& c : name) {
    if (c == '-') c = '_';
  }
  return name;
}
// How long a system of c exponential servers remembers: its slowest mode.
inline double relaxation(double arrival_rate, double servers) {
  const double gap = std::sqrt(servers) - std::sqrt(std::min(arrival_rate, 0.999 * servers));
  return 1.0 / (gap * gap);
}
// 0.5 for "p5", 0.95 for "p95", 0.999 for "p999".
inline std::string percentile_of(const std::string& name) {
  const double probability = std::stod("0." + name.substr(1));
  std::string text = std::to_string(probability * 100);
  return "p(" + text + ")";
}

}  // namespace headroom::test
