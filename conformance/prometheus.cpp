// Tables of Prometheus alerting: states over time, burn rates, restarts, staleness. Each row is read as releases 2 and 3 would.
#include <algorithm>
#include <limits>
#include <regex>
#include <stdexcept>
#include <utility>

#include "conformance/table.hpp"
#include "sim/core/alert.hpp"
#include "sim/measure/burn_rate.hpp"
#include "sim/measure/sample_series.hpp"

namespace headroom::conformance {
namespace {

constexpr std::pair<PrometheusRelease, const char*> releases[] = {{PrometheusRelease::v2, "_v2"}, {PrometheusRelease::v3, ""}};

// What a row expects of a release: where 2.x differs the field has a twin.
const Json& expected_of(const Json& row, const std::string& field, const char* suffix) {
  return row.contains(field + suffix) ? row.at(field + suffix) : row.at(field);
}

Duration seconds_of(const Json& row, const char* field) { return to_duration(row.value(field, 0.0)); }

double number_of(const Json& value) {
  if (value.is_number()) return value.get<double>();
  const std::string word = value.get<std::string>();
  if (word == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (word == "Inf" || word == "+Inf") return std::numeric_limits<double>::infinity();
  if (word == "-Inf") return -std::numeric_limits<double>::infinity();
  throw std::invalid_argument{"\"" + word + "\" is no sample"};
}

// A value, null for none, "stale" for a marker.
void add_sample(SampleSeries& series, SimTime at, const Json& value) {
  if (value == "stale")
    series.add_stale(at);
  else if (!value.is_null())
    series.add(at, number_of(value));
}

bool compare(const std::string& operation, double value, double threshold) {
  if (operation == ">") return value > threshold;
  if (operation == ">=") return value >= threshold;
  if (operation == "<") return value < threshold;
  if (operation == "<=") return value <= threshold;
  if (operation == "==") return value == threshold;
  if (operation == "!=") return value != threshold;
  throw std::invalid_argument{"\"" + operation + "\" compares nothing"};
}

AlertTiming timing_of(const Json& rule) {
  return {.hold = seconds_of(rule, "for_s"), .keep_firing = seconds_of(rule, "keep_firing_for_s")};
}

char letter_of(AlertState state) { return state == AlertState::firing ? 'F' : state == AlertState::pending ? 'P' : '-'; }

std::string timeline_of(const Json& row, std::size_t evaluations, PrometheusRelease release) {
  SampleSeries series;
  const Json& values = row.at("values");
  for (std::size_t i = 0; i < values.size(); ++i)
    add_sample(series, at_seconds(static_cast<double>(i) * row.at("sample_interval_s").get<double>()), values[i]);
  const Json& rule = row.at("rule");
  const std::string operation = rule.at("op");
  const double threshold = rule.at("threshold");
  Alert alert{timing_of(rule)};
  std::string states;
  for (std::size_t k = 0; k < evaluations; ++k) {
    const SimTime now = at_seconds(static_cast<double>(k) * row.at("evaluation_interval_s").get<double>());
    const auto value = series.newest(now, release);
    states += letter_of(alert.update(now, value && compare(operation, *value, threshold)));
  }
  return states;
}

void check_timelines(const Json& table, TableCheck& check) {
  for (const Json& row : table.at("rows")) {
    check.row(row, [&](RowCheck& expect) {
      for (const auto& [release, suffix] : releases) {
        const std::string expected = expected_of(row, "expect", suffix);
        expect.equal(std::string{"states"} + suffix, expected, timeline_of(row, expected.size(), release));
      }
    });
  }
}

// ---- burn rate
// -----------------------------------------------------------------------------------------------------------------

constexpr double sample_step_s = 60.0;

// Both counters, sampled every minute; they start far above 0.
struct Counters {
  SampleSeries errors, requests;
};

double errors_between(const Json& steps, double begin, double end, double requests) {
  double errors = 0.0;
  for (const Json& step : steps) {
    const double overlap = std::min(end, step.at("to_s").get<double>()) - std::max(begin, step.at("from_s").get<double>());
    if (overlap > 0.0) errors += requests * step.at("ratio").get<double>() * overlap / (end - begin);
  }
  return errors;
}

Counters counters_of(const Json& row) {
  Counters counters;
  const double a_minute = row.at("requests_per_minute");
  double errors = 1e6, requests = 1e9;
  for (double t = 0.0; t <= row.at("duration_s").get<double>(); t += sample_step_s) {
    if (t > 0.0) {
      requests += a_minute;
      errors += errors_between(row.at("error_steps"), t - sample_step_s, t, a_minute);
    }
    counters.errors.add(at_seconds(t), errors);
    counters.requests.add(at_seconds(t), requests);
  }
  return counters;
}

std::vector<BurnWindows> windows_of(const Json& row) {
  std::vector<BurnWindows> windows;
  for (const Json& pair : row.at("windows"))
    windows.push_back({seconds_of(pair, "long_s"), seconds_of(pair, "short_s"), pair.at("factor").get<double>()});
  return windows;
}

Json transitions_of(const Json& row, const Counters& counters, PrometheusRelease release) {
  const std::vector<BurnWindows> windows = windows_of(row);
  Alert alert{timing_of(row)};
  Json transitions = Json::array();
  for (double t = 0.0; t <= row.at("duration_s").get<double>(); t += sample_step_s) {
    const SimTime now = at_seconds(t);
    const AlertState before = alert.state();
    const double objective = row.at("slo");
    const AlertState after =
        alert.update(now, burns_too_fast(counters.errors, counters.requests, objective, windows, now, release));
    if (after != before) transitions.push_back({{"t_s", t}, {"state", std::string(1, letter_of(after))}});
  }
  return transitions;
}

void check_burn_rate(const Json& table, TableCheck& check) {
  for (const Json& row : table.at("rows")) {
    check.row(row, [&](RowCheck& expect) {
      const Counters counters = counters_of(row);
      for (const auto& [release, suffix] : releases)
        expect.equal(std::string{"transitions"} + suffix, expected_of(row, "expect_transitions", suffix),
                     transitions_of(row, counters, release));
    });
  }
}

// ---- restarts
// ------------------------------------------------------------------------------------------------------------------

void check_restart(const Json& row, RowCheck& expect) {
  const auto instant = [&row](const char* field) { return at_seconds(row.at(field).get<double>()); };
  const SimTime restarted = instant("first_evaluation_after_s");
  Alert alert{timing_of(row)};
  alert.update(restarted, true);
  const AlertRecovery recovery{seconds_of(row, "outage_tolerance_s"), seconds_of(row, "grace_s")};
  if (!row.at("active_since_s").is_null())
    alert.restore(restarted, {instant("active_since_s"), instant("last_evaluation_before_s")}, recovery);
  const auto seconds = [](std::optional<SimTime> at) { return at ? Json(to_seconds(*at)) : Json(); };
  const Json& expected = row.at("expect");
  if (expected.contains("active_since_s"))
    expect.equal("active_since_s", expected.at("active_since_s"), seconds(alert.active_since()));
  if (expected.contains("fires_at_s"))
    expect.equal("fires_at_s", expected.at("fires_at_s"), seconds(std::max(alert.may_fire_at(), std::optional{restarted})));
}

void check_for_state_restore(const Json& table, TableCheck& check) {
  for (const Json& row : table.at("rows")) check.row(row, [&](RowCheck& expect) { check_restart(row, expect); });
}

// ---- staleness
// -----------------------------------------------------------------------------------------------------------------

SampleSeries series_of(const Json& samples) {
  SampleSeries series;
  for (const Json& sample : samples) add_sample(series, at_seconds(sample.at(0).get<double>()), sample.at(1));
  return series;
}

void check_queries(const Json& row, const char* suffix, PrometheusRelease release, RowCheck& expect) {
  const SampleSeries series = series_of(row.at("samples"));
  for (const Json& query : expected_of(row, "query_at", suffix)) {
    const auto value = series.newest(at_seconds(query.at(0).get<double>()), release);
    expect.equal(std::string{"value"} + suffix + " at " + query.at(0).dump() + " s", query.at(1), value ? Json(*value) : Json());
  }
}

// "recording rule a+1 evaluated at 0,1,2 s"
void check_recording(const Json& row, RowCheck& expect) {
  const std::string rule = row.at("rule");
  std::smatch words;
  static const std::regex form{R"(recording rule a([+-]\d+) evaluated at ([\d., ]+) ?s)"};
  if (!std::regex_match(rule, words, form)) throw std::invalid_argument{"\"" + rule + "\" is no rule that can be read here"};
  const SampleSeries series = series_of(row.at("samples"));
  SampleSeries recorded;
  Json written = Json::array();
  for (const Json& at : Json::parse("[" + words[2].str() + "]")) {
    const SimTime now = at_seconds(at.get<double>());
    auto value = series.newest(now, PrometheusRelease::v3);
    if (value) *value += std::stod(words[1].str());
    if (recorded.record(now, value)) written.push_back({at, value ? Json(*value) : Json("stale")});
  }
  expect.equal("recorded", row.at("recorded"), written);
}

void check_staleness(const Json& table, TableCheck& check) {
  for (const Json& row : table.at("rows")) {
    check.row(row, [&](RowCheck& expect) {
      if (row.contains("recorded")) check_recording(row, expect);
      for (const auto& [release, suffix] : releases) {
        if (row.contains("query_at") || !row.contains("recorded")) check_queries(row, suffix, release, expect);
      }
    });
  }
}

const bool offered = offer_table("prometheus", "alert_timelines", check_timelines) &&
                     offer_table("prometheus", "burn_rate", check_burn_rate) &&
                     offer_table("prometheus", "for_state_restore", check_for_state_restore) &&
                     offer_table("prometheus", "staleness", check_staleness);

}  // namespace
}  // namespace headroom::conformance
