// Series of chance and rules of chance, judged by `promtool test rules` (Debian package prometheus): ALERTS at each evaluation
// and increase() of counters with gaps and resets. Debian's promtool is release 2.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include <fmt/core.h>

#include "sim/core/alert.hpp"
#include "sim/measure/burn_rate.hpp"
#include "sim/measure/sample_series.hpp"

namespace headroom {
namespace {

namespace files = std::filesystem;

constexpr PrometheusRelease release = PrometheusRelease::v2;

bool is_absent() { return std::system("command -v promtool > /dev/null 2>&1") != 0; }

// What promtool said; empty: every expectation holds.
std::string judge(const std::string& name, const std::string& rules, const std::string& tests) {
  const files::path folder = files::path{testing::TempDir()} / ("promtool-" + name);
  files::create_directories(folder);
  std::ofstream{folder / "rules.yml"} << rules;
  std::ofstream{folder / "tests.yml"} << tests;
  const std::string said = (folder / "said.txt").string();
  const int status =
      std::system(fmt::format("promtool test rules '{}' > '{}' 2>&1", (folder / "tests.yml").string(), said).c_str());
  std::stringstream text;
  text << std::ifstream{said}.rdbuf();
  files::remove_all(folder);
  const bool passed = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return passed ? "" : "promtool: " + text.str().substr(0, 2000);
}

// A series as a test file writes it, and ours beside it.
struct Pair {
  std::string written;
  SampleSeries series;
};

void add(Pair& pair, SimTime at, std::optional<double> value) {
  pair.written += fmt::format("{:.17g} ", value.value_or(0.0));
  pair.series.add(at, value.value_or(0.0));
}

using Chance = std::mt19937_64;
int one_of(Chance& chance, int count) { return static_cast<int>(chance() % static_cast<unsigned>(count)); }

// High or low in bursts, with gaps and markers.
Pair threshold_series(Chance& chance, int samples, int step) {
  Pair pair;
  bool high = false;
  for (int i = 0; i < samples; ++i) {
    if (one_of(chance, 4) == 0) high = !high;
    const int kind = one_of(chance, 12);
    if (kind == 0) {
      pair.written += "stale ";
      pair.series.add_stale(at_seconds(i * step));
    } else if (kind <= 3) {
      pair.written += "_ ";
    } else {
      add(pair, at_seconds(i * step), high ? 9 : 5 * one_of(chance, 2));
    }
  }
  return pair;
}

// Rises, with gaps, and begins again at about 0 now and then.
Pair counter(Chance& chance, int samples, int step, int most) {
  Pair pair;
  double value = one_of(chance, 3) * 20.0;
  const int begins = one_of(chance, 2) * one_of(chance, samples / 2);
  for (int i = 0; i < samples; ++i) {
    value = one_of(chance, 25) == 0 ? one_of(chance, 3) : value + one_of(chance, most);
    if (i < begins || one_of(chance, 6) == 0)
      pair.written += "_ ";
    else
      add(pair, at_seconds(i * step), value);
  }
  return pair;
}

struct Rule {
  int threshold = 0;
  AlertTiming timing;
};

std::vector<Rule> rules_of(Chance& chance) {
  std::vector<Rule> rules;
  for (int i = 0; i < 6; ++i) {
    const auto time = [&] { return std::chrono::seconds{15 * one_of(chance, 3) * (1 + one_of(chance, 12))}; };
    rules.push_back({.threshold = 4 + one_of(chance, 5), .timing = {.hold = time(), .keep_firing = time()}});
  }
  return rules;
}

std::string written(const std::vector<Rule>& rules) {
  std::string text = "groups:\n- name: g\n  rules:\n";
  for (std::size_t i = 0; i < rules.size(); ++i) {
    text += fmt::format("  - alert: R{}\n    expr: x > {}\n    for: {}s\n    keep_firing_for: {}s\n", i, rules[i].threshold,
                        to_seconds(rules[i].timing.hold), to_seconds(rules[i].timing.keep_firing));
  }
  return text;
}

std::string expected_alert(const std::string& name, AlertState state) {
  if (state == AlertState::inactive) return "";
  return fmt::format("      - labels: 'ALERTS{{alertname=\"{}\",alertstate=\"{}\"}}'\n        value: 1\n", name,
                     state == AlertState::firing ? "firing" : "pending");
}

std::string expectation(const std::string& expression, int at, const std::string& samples) {
  return fmt::format("    - expr: {}\n      eval_time: {}s\n      exp_samples:{}", expression, at,
                     samples.empty() ? " []\n" : "\n" + samples);
}

// Every evaluation of all rules on one series.
std::string threshold_expectations(const std::vector<Rule>& rules, const SampleSeries& series, int evaluations, int interval) {
  std::vector<Alert> alerts;
  for (const Rule& rule : rules) alerts.emplace_back(rule.timing);
  std::string text;
  for (int k = 0; k < evaluations; ++k) {
    const SimTime now = at_seconds(k * interval);
    const auto value = series.newest(now, release);
    std::string samples;
    for (std::size_t i = 0; i < rules.size(); ++i)
      samples += expected_alert(fmt::format("R{}", i), alerts[i].update(now, value && *value > rules[i].threshold));
    text += expectation("ALERTS", k * interval, samples);
  }
  return text;
}

std::string header(int interval) { return fmt::format("rule_files: [rules.yml]\nevaluation_interval: {}s\ntests:\n", interval); }

std::string group(int step, const std::vector<std::pair<std::string, std::string>>& series) {
  std::string text = fmt::format("- interval: {}s\n  input_series:\n", step);
  for (const auto& [name, values] : series) text += fmt::format("    - series: {}\n      values: '{}'\n", name, values);
  return text + "  promql_expr_test:\n";
}

TEST(Promtool, SeesTheSameAlertsAtEachEvaluation) {
  if (is_absent()) GTEST_SKIP() << "no promtool on the PATH (Debian package prometheus)";
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U}) {
    Chance chance{seed};
    const int interval = 15 << one_of(chance, 3);
    const std::vector<Rule> rules = rules_of(chance);
    std::string tests = header(interval);
    for (int i = 0; i < 5; ++i) {
      const int step = 15 << one_of(chance, 3);
      const Pair pair = threshold_series(chance, 1800 / step, step);
      tests += group(step, {{"x", pair.written}}) + threshold_expectations(rules, pair.series, 2100 / interval, interval);
    }
    EXPECT_EQ(judge(fmt::format("states-{}", seed), written(rules), tests), "") << "seed " << seed;
  }
}

// That the judge judges: one state told wrong is found.
TEST(Promtool, ContradictsAWrongState) {
  if (is_absent()) GTEST_SKIP() << "no promtool on the PATH (Debian package prometheus)";
  const std::vector<Rule> rules{{.threshold = 5, .timing = {.hold = std::chrono::seconds{60}}}};
  const std::string right =
      header(60) + group(60, {{"x", "9 9 9"}}) + expectation("ALERTS", 60, expected_alert("R0", AlertState::firing));
  const std::string wrong =
      header(60) + group(60, {{"x", "9 9 9"}}) + expectation("ALERTS", 60, expected_alert("R0", AlertState::pending));
  EXPECT_EQ(judge("right", written(rules), right), "");
  EXPECT_NE(judge("wrong", written(rules), wrong), "");
}

std::string expected_value(std::optional<double> value) {
  return value ? fmt::format("      - labels: '{{}}'\n        value: {:.17g}\n", *value) : "";
}

TEST(Promtool, ComputesTheSameIncreasesAndRates) {
  if (is_absent()) GTEST_SKIP() << "no promtool on the PATH (Debian package prometheus)";
  std::string tests = header(60);
  for (const std::uint64_t seed : {11U, 12U, 13U, 14U, 15U, 16U}) {
    Chance chance{seed};
    const int step = 15 << one_of(chance, 3);
    const Pair pair = counter(chance, 2400 / step, step, 20);
    tests += group(step, {{"c", pair.written}});
    // promtool loads no samples after the last evaluation: the last look is at one.
    for (int at = 0; at <= 2400; at += 40) {
      const SimTime now = at_seconds(at);
      tests += expectation("increase(c[5m])", at, expected_value(pair.series.increase(now, std::chrono::minutes{5}, release)));
      tests += expectation("rate(c[130s])", at, expected_value(pair.series.rate(now, std::chrono::seconds{130}, release)));
    }
  }
  EXPECT_EQ(judge("increase", "groups: []\n", tests), "");
}

std::string burn_rule(const std::vector<BurnWindows>& pairs, double objective) {
  std::string expression;
  for (const BurnWindows& pair : pairs) {
    const auto exceeds = [&](Duration window) {
      const double seconds = to_seconds(window);
      return fmt::format("increase(e[{0}s]) / increase(r[{0}s]) > {1:.17g}", seconds, pair.factor * (1.0 - objective));
    };
    expression += (expression.empty() ? "(" : " or (") + exceeds(pair.long_window) + " and " + exceeds(pair.short_window) + ")";
  }
  return fmt::format("groups:\n- name: g\n  rules:\n  - alert: Burn\n    expr: {}\n    for: 60s\n", expression);
}

TEST(Promtool, SeesTheSameBurnRateAlerts) {
  if (is_absent()) GTEST_SKIP() << "no promtool on the PATH (Debian package prometheus)";
  using namespace std::chrono_literals;
  const std::vector<BurnWindows> pairs{{20min, 3min, 6.0}, {40min, 10min, 4.0}};
  constexpr double objective = 0.95;
  std::string tests = header(30);
  std::size_t firing = 0;
  for (const std::uint64_t seed : {21U, 22U, 23U, 24U, 25U, 26U}) {
    Chance chance{seed};
    const Pair errors = counter(chance, 160, 30, 12), requests = counter(chance, 160, 30, 50);
    Alert alert{{.hold = 60s}};
    tests += group(30, {{"e", errors.written}, {"r", requests.written}});
    for (int at = 0; at < 4800; at += 30) {
      const SimTime now = at_seconds(at);
      const AlertState state = alert.update(now, burns_too_fast(errors.series, requests.series, objective, pairs, now, release));
      tests += expectation("ALERTS", at, expected_alert("Burn", state));
      firing += state == AlertState::firing ? 1 : 0;
    }
  }
  EXPECT_GT(firing, 50U);
  EXPECT_LT(firing, 900U);
  EXPECT_EQ(judge("burn", burn_rule(pairs, objective), tests), "");
}

}  // namespace
}  // namespace headroom
