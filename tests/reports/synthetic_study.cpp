#include "tests/reports/synthetic_study.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "sim/core/condition.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/autoscaler.hpp"

namespace headroom::synthetic {
namespace {

// Noise that is the same everywhere: a Weyl sequence, uniform in [-1, 1).
class Noise {
 public:
  explicit Noise(std::uint64_t seed) : state_{static_cast<double>(seed) * 0.37} {}
  double next() {
    state_ += 0.6180339887498949;
    return 2.0 * (state_ - std::floor(state_)) - 1.0;
  }

 private:
  double state_;
};

struct Character {
  std::string name;
  double fixed_replicas;  // 0: scales
  double delay_windows;   // from need to replica
  double slack;           // replicas over what is needed
};

const std::vector<Character>& characters() {
  static const std::vector<Character> all{{"fixed-3", 3.0, 0.0, 1.0}, {"hpa", 0.0, 2.0, 1.25}, {"threshold rules", 0.0, 6.0, 1.5}};
  return all;
}

constexpr std::size_t windows = 180;
constexpr double window_seconds = 30.0;
constexpr double per_replica = 50.0;  // requests per second

double demand_at(double window) { return 80.0 + 60.0 * std::sin(window / 28.0) + 260.0 * std::exp(-std::pow((window - 110.0) / 12.0, 2.0)); }

double wanted_at(const Character& character, double window) {
  if (character.fixed_replicas > 0.0) return character.fixed_replicas;
  return std::max(3.0, std::ceil(demand_at(std::max(0.0, window)) * character.slack / per_replica));
}

Series series_of(std::string metric, std::vector<Label> labels, MetricKind kind, std::size_t columns) {
  return {.metric = std::move(metric), .labels = std::move(labels), .kind = kind, .columns = std::vector<std::vector<double>>(columns), .slices = {}};
}

void push(Series& series, std::initializer_list<double> values) {
  std::size_t column = 0;
  for (const double value : values) series.columns[column++].push_back(value);
}

// What one replication measured, window by window; levels follow from demand against replicas.
struct Writer {
  Series latency = series_of("latency", {{"workload", "viewers"}}, MetricKind::durations, 5);
  Series requests = series_of("requests", {{"workload", "viewers"}}, MetricKind::counter, 1);
  Series errors = series_of("errors", {{"workload", "viewers"}}, MetricKind::share, 2);
  Series rejected = series_of("failures", {{"reason", "rejected"}, {"workload", "viewers"}}, MetricKind::counter, 1);
  Series timeouts = series_of("failures", {{"reason", "time-out"}, {"workload", "viewers"}}, MetricKind::counter, 1);
  Series in_flight = series_of("in_flight", {{"workload", "viewers"}}, MetricKind::gauge, 3);
  Series replicas = series_of("replicas", {{"service", "api"}}, MetricKind::gauge, 3);
  Series wanted = series_of("replicas_wanted", {{"service", "api"}}, MetricKind::gauge, 3);
  Series cpu = series_of("cpu", {{"service", "api"}}, MetricKind::share, 2);
  Series slots = series_of("slots", {{"service", "api"}}, MetricKind::share, 2);
  Series queue = series_of("queue_length", {{"service", "api"}}, MetricKind::gauge, 3);
  Series idle_queue = series_of("queue_length", {{"database", "videos"}}, MetricKind::gauge, 3);
  Series hits = series_of("hit_ratio", {{"cache", "profiles"}}, MetricKind::share, 2);
  Series cost = series_of("cost", {{"component", "general"}}, MetricKind::counter, 1);
  double entered = 0.0, failed = 0.0;

  void window(const Character& character, std::size_t w, Noise& noise, Histogram& histogram) {
    const double at = static_cast<double>(w);
    const double demand = demand_at(at) * (1.0 + 0.05 * noise.next());
    const double up = wanted_at(character, at - character.delay_windows);
    const double load = demand / (up * per_replica);
    const double excess = std::max(0.0, load - 1.0);
    const double requested = std::round(demand * window_seconds), lost = std::round(requested * excess / (1.0 + excess) * 0.6);
    const double median = 0.045 * (1.0 + 0.15 * noise.next()) / std::max(0.08, 1.02 - std::min(load, 0.96)) * (1.0 + 4.0 * excess);
    for (int i = 0; i < 200; ++i) histogram.record(to_duration(median * std::exp(0.55 * 2.2 * noise.next() * std::fabs(noise.next()))));
    push(latency, {requested - lost, median * 1.1 * requested, median, median * 2.4, median * 3.6});
    push(requests, {requested});
    push(errors, {lost, requested});
    push(rejected, {std::floor(lost * 0.7)});
    push(timeouts, {lost - std::floor(lost * 0.7)});
    push(in_flight, {demand * median, demand * median * 1.8, demand * median});
    push(replicas, {up, up, up});
    const double asked = wanted_at(character, at);
    push(wanted, {asked, asked, asked});
    push(cpu, {std::min(1.0, load * 0.8) * up * window_seconds, up * window_seconds});
    push(slots, {std::min(1.0, load * 0.9) * up * 20, up * 20});
    push(queue, {excess * 90.0, excess * 160.0, excess * 80.0});
    push(idle_queue, {0.0, 0.0, 0.0});
    push(hits, {requested * (0.93 - 0.5 * std::exp(-at / 12.0)), requested});
    push(cost, {up * 0.192 / 3600.0 * window_seconds});
    entered += requested;
    failed += lost;
  }
};

RunResult run_of(const Character& character, std::uint64_t replication) {
  RunResult run = empty_run(0, replication);
  run.variant = character.name;
  run.duration_seconds = windows * window_seconds;
  run.warm_up_seconds = 5 * window_seconds;
  run.warm_up_rule = "given";
  run.users = 20000.0;
  run.events = 4'200'000 + replication;
  run.phases = {{"viewers", "quiet", 0.0, 2400.0}, {"viewers", "flash crowd", 2400.0, 4200.0}, {"viewers", "after", 4200.0, 5400.0}};
  run.slice_ends = {run.warm_up_seconds, 2400.0, 4200.0, 5400.0};
  Writer writer;
  writer.latency.slices.resize(run.slice_ends.size());
  Noise noise{17 + replication};
  double before = 0.0;
  for (std::size_t w = 0; w < windows; ++w) {
    run.window_ends.push_back(static_cast<double>(w + 1) * window_seconds);
    const auto slice = static_cast<std::size_t>(std::lower_bound(run.slice_ends.begin(), run.slice_ends.end(), run.window_ends.back()) - run.slice_ends.begin());
    writer.window(character, w, noise, writer.latency.slices[slice]);
    const double up = writer.replicas.columns[0].back();
    if (w > 0 && up != before) run.notes.push_back({run.window_ends.back(), "services/api", "replicas " + to_text(before, Dimension::count) + " to " + to_text(up, Dimension::count)});
    before = up;
  }
  const auto entered = static_cast<std::uint64_t>(writer.entered), failed = static_cast<std::uint64_t>(writer.failed);
  run.ledger = {{.name = "workloads/viewers", .entered = entered, .completed = entered - failed - 3, .failed = {{"rejected", failed}}, .in_flight = 3}};
  run.series = {writer.latency, writer.requests, writer.errors, writer.rejected, writer.timeouts, writer.in_flight, writer.replicas, writer.wanted,
                writer.cpu, writer.slots, writer.queue, writer.idle_queue, writer.hits, writer.cost};
  return run;
}

Scenario scenario_of(const Character& character) {
  Scenario scenario;
  scenario.name = "video platform, flash crowd";
  scenario.description = "A clip goes viral: five times the usual load within ten minutes.";
  scenario.source = "platform design, section 4";
  scenario.seed = 42;
  scenario.duration = std::chrono::minutes{90};
  ServiceSpec api;
  api.name = "api";
  api.replicas = 3;
  api.autoscaler = choice_of<Autoscaler>(character.fixed_replicas > 0.0 ? "fixed" : character.name == "hpa" ? "hpa" : "threshold-rules");
  scenario.services.push_back(std::move(api));
  CacheSpec cache;
  cache.name = "profiles";
  scenario.caches.push_back(std::move(cache));
  scenario.objectives = {objective("p(95) latency < 300 ms"), objective("rate errors < 1 %"), objective("p(99) latency < 800 ms during \"flash crowd\""),
                         objective("cost_per_user < 0.05 USD/month", "advisory")};
  scenario.objectives.front().source = "platform design, line 34";
  scenario.assumptions = {{.name = "render_cpu", .value = "18 ms", .range = {"9 ms", "40 ms"}, .why = "not in the document; a thumbnail on one core"}};
  return scenario;
}

}  // namespace

ObjectiveSpec objective(const std::string& condition, const std::string& severity) {
  ConditionError error;
  const std::optional<Condition> parsed = parse_condition(condition, error);
  if (!parsed) throw std::invalid_argument{condition + ": " + error.message};
  return {.that = *parsed, .severity = severity, .source = {}};
}

RunResult empty_run(std::size_t count, std::uint64_t replication) {
  RunResult run;
  run.seed = 42;
  run.replication = replication;
  run.duration_seconds = 60.0 * static_cast<double>(count);
  run.warm_up_rule = "given";
  for (std::size_t i = 1; i <= count; ++i) run.window_ends.push_back(60.0 * static_cast<double>(i));
  run.slice_ends = {run.duration_seconds};
  return run;
}

void add_requests(RunResult& run, double per_window, const std::vector<double>& failed) {
  Series requests = series_of("requests", {{"workload", "users"}}, MetricKind::counter, 1);
  Series errors = series_of("errors", {{"workload", "users"}}, MetricKind::share, 2);
  for (const double lost : failed) {
    push(requests, {per_window});
    push(errors, {lost, per_window});
  }
  run.series.push_back(std::move(requests));
  run.series.push_back(std::move(errors));
}

void add_latencies(RunResult& run, const std::vector<double>& seconds) {
  Series latency = series_of("latency", {{"workload", "users"}}, MetricKind::durations, 5);
  Histogram& histogram = latency.slices.emplace_back();
  for (const double value : seconds) histogram.record(to_duration(value));
  for (std::size_t w = 0; w < run.window_ends.size(); ++w) {
    push(latency, {static_cast<double>(histogram.count()), histogram.sum_seconds(), histogram.quantile_seconds(0.5), histogram.quantile_seconds(0.95),
                   histogram.quantile_seconds(0.99)});
  }
  run.series.push_back(std::move(latency));
}

void add_gauge(RunResult& run, const std::string& metric, std::vector<Label> labels, const std::vector<double>& levels) {
  Series gauge = series_of(metric, std::move(labels), MetricKind::gauge, 3);
  for (const double level : levels) push(gauge, {level, level, level});
  run.series.push_back(std::move(gauge));
}

StudyReport flash_crowd(std::size_t variants, std::size_t replications) {
  ScenarioFile file;
  file.path = "scenarios/ugc-video/scenario.json";
  file.inputs = {{"scenario.json", std::string(64, 'a')}};
  Study study;
  for (std::size_t v = 0; v < variants; ++v) {
    const Character& character = characters().at(v);
    NamedScenario variant{.name = character.name, .scenario = scenario_of(character), .settings = {}};
    if (v > 0) variant.settings = {{"/services/api/autoscaler/policy", variant.scenario.services.front().autoscaler.name}};
    file.variants.push_back(std::move(variant));
    std::vector<RunResult>& runs = study.runs.emplace_back();
    for (std::uint64_t r = 0; r < replications; ++r) runs.push_back(run_of(character, r));
  }
  return make_study_report("headroom compare scenarios/ugc-video/scenario.json", std::move(file), std::move(study), 3.1);
}

}  // namespace headroom::synthetic
