// Tables of the Vertical Pod Autoscaler's recommender: estimators, recommendations over days, shipped numbers.
#include <functional>
#include <regex>
#include <stdexcept>

#include "conformance/option_defaults.hpp"
#include "conformance/table.hpp"
#include "policies/autoscaling/vpa_updater.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/vertical_autoscaler.hpp"

namespace headroom::conformance {
namespace {

const Json& rows_of(const Json& table) { return table.contains("rows") ? table.at("rows") : table.at("cases"); }

// ---- estimators --------------------------------------------------------------------------------------------------------------

void expect_percentiles(RowCheck& expect, const Json& row) {
  const Json& expected = row.at("expect");
  const double tolerance = expected.value("relative_tolerance", 0.05);
  vpa::Histogram cpu{vpa::cpu_buckets()}, memory{vpa::memory_buckets()};
  for (const Json& sample : row.at("cpu_samples")) cpu.add(sample.at(0), sample.at(1), start_of_time);
  for (const Json& sample : row.at("memory_samples")) memory.add(sample.at(0), sample.at(1), start_of_time);
  const std::int64_t milli = vpa::to_milli_amount(cpu.percentile(row.at("cpu_percentile")));
  const std::int64_t bytes = vpa::to_amount(memory.percentile(row.at("memory_percentile")));
  expect.near("cpu_cores", expected.at("cpu_cores"), static_cast<double>(milli) / 1000.0, tolerance);
  expect.near("memory_bytes", expected.at("memory_bytes"), static_cast<double>(bytes), tolerance);
}

void expect_amounts(RowCheck& expect, const Json& row, const vpa::Amounts& got) {
  const Json& expected = row.at("expect");
  if (expected.contains("cpu_milli")) expect.equal("cpu_milli", expected.at("cpu_milli"), got.cpu);
  if (expected.contains("memory_bytes")) expect.equal("memory_bytes", expected.at("memory_bytes"), got.memory);
}

vpa::Amounts base_of(const Json& row) {
  return {row.value("base_cpu_milli", std::int64_t{0}), row.value("base_memory_bytes", std::int64_t{0})};
}

vpa::Amounts larger_of(const vpa::Amounts& a, const vpa::Amounts& b) {
  return {std::max(a.cpu, b.cpu), std::max(a.memory, b.memory)};
}

vpa::Amounts pod_minimum(const Json& row) {
  vpa::RecommenderRules rules;
  rules.least_cpu = row.at("pod_min_cpu_milli").get<double>() * 0.001;
  rules.least_memory = vpa::to_amount(row.at("pod_min_memory_mib").get<double>() * 1024.0 * 1024.0);
  return larger_of({row.at("raw_cpu_milli"), row.at("raw_memory_bytes")}, vpa::least_of(rules, row.at("containers")));
}

// Days of history with a sample a minute.
void expect_bound_factors(RowCheck& expect, const Json& row) {
  constexpr double last_digits = 1e-9;
  const double days = row.at("history_days");
  const Duration interval = vpa::RecommenderRules{}.confidence_interval;
  const double known = vpa::confidence(to_duration(days * 86'400.0), std::llround(days * 1440.0), interval);
  expect.near("lower_factor", row.at("expect").at("lower_factor"), vpa::bound_factor(vpa::lower_bound_rule, known), last_digits);
  expect.near("upper_factor", row.at("expect").at("upper_factor"), vpa::bound_factor(vpa::upper_bound_rule, known), last_digits);
}

void expect_estimate(RowCheck& expect, const Json& row) {
  const std::string kind = row.at("kind");
  const vpa::Amounts base = base_of(row);
  if (kind == "percentile") return expect_percentiles(expect, row);
  if (kind == "bound_factors") return expect_bound_factors(expect, row);
  if (kind == "pod_minimum") return expect_amounts(expect, row, pod_minimum(row));
  if (kind == "margin") {
    const double margin = row.at("margin");
    return expect_amounts(expect, row, {vpa::with_margin(base.cpu, margin), vpa::with_margin(base.memory, margin)});
  }
  if (kind == "minimum")
    return expect_amounts(expect, row, larger_of(base, {row.at("min_cpu_milli"), row.at("min_memory_bytes")}));
  throw std::invalid_argument{"\"" + kind + "\" is no estimator"};
}

void check_estimator(const Json& table, TableCheck& rows) {
  for (const Json& row : rows_of(table)) rows.row(row, [&](RowCheck& expect) { expect_estimate(expect, row); });
}

// ---- recommendations over days -----------------------------------------------------------------------------------------------

struct Load {
  double cores = 0.0;
  double bytes = 0.0;
};
using Signal = std::function<Load(double seconds)>;

constexpr const char* number = "([0-9][0-9.,]*(?:e[+-]?[0-9]+)?)";

std::vector<double> numbers_of(const std::smatch& match) {
  std::vector<double> numbers;
  for (std::size_t i = 1; i < match.size(); ++i) {
    std::string digits = match[i];
    std::erase(digits, ',');
    numbers.push_back(std::stod(digits));
  }
  return numbers;
}

// "8 h a day from t=0: 2 cores and 3e9 bytes, else 0.2 cores and 1e9 bytes; period 86400 s", "cpu 0.1+0.2*days cores, memory
// 1e8+2e8*days bytes", "cpu 0.5 cores and memory 2e9 bytes".
Signal signal_of(const std::string& text) {
  const std::string n = number;
  const std::regex day_and_night{n + " h a day from t=0: " + n + " cores? and " + n + " bytes, else " + n + " cores? and " + n +
                                 " bytes; period " + n + " s"};
  const std::regex ramp{"cpu " + n + "\\+" + n + "\\*days cores?,? (?:and )?memory " + n + "\\+" + n + "\\*days bytes"};
  const std::regex steady{n + " cores?,? (?:and )?(?:memory )?" + n + " bytes"};
  std::smatch match;
  if (std::regex_search(text, match, day_and_night)) {
    return [v = numbers_of(match)](double seconds) {
      return std::fmod(seconds, v[5]) < v[0] * 3600.0 ? Load{v[1], v[2]} : Load{v[3], v[4]};
    };
  }
  if (std::regex_search(text, match, ramp)) {
    return [v = numbers_of(match)](double seconds) {
      const double days = seconds / 86'400.0;
      return Load{v[0] + v[1] * days, v[2] + v[3] * days};
    };
  }
  if (std::regex_search(text, match, steady)) return [v = numbers_of(match)](double) { return Load{v[0], v[1]}; };
  throw std::invalid_argument{"\"" + text + "\" is no signal"};
}

// Within a bucket's width, as the table asks: a last digit of a logarithm may decide which bucket a value falls into.
void expect_near(RowCheck& expect, const std::string& what, const Json& expected, const std::array<std::int64_t, 3>& got) {
  constexpr std::array<const char*, 3> names = {"target", "lower", "upper"};
  for (std::size_t i = 0; i < names.size(); ++i)
    expect.near(what + " " + names[i], expected.at(names[i]), static_cast<double>(got[i]), vpa::bucket_growth);
}

void follow_timeline(RowCheck& expect, const Json& row) {
  const Signal signal = signal_of(row.at("signal"));
  const double step = row.at("step_s");
  const Duration half_life{std::chrono::hours{24}};
  vpa::Usage usage{half_life, half_life};
  vpa::MemoryPeaks peaks{std::chrono::hours{24}};
  const vpa::MemoryPeaks::Sink sink = usage.peaks();
  std::int64_t samples = 0;
  for (const Json& expected : row.at("expect")) {
    const double until = expected.at("t_s");
    for (double seconds = static_cast<double>(samples) * step; seconds <= until;
         seconds = static_cast<double>(++samples) * step) {
      const Load load = signal(seconds);
      usage.add_cpu(static_cast<double>(vpa::to_milli_amount(load.cores)) / 1000.0, at_seconds(seconds));
      peaks.sample(at_seconds(seconds), vpa::to_amount(load.bytes), sink);
    }
    const vpa::Recommendation got = vpa::recommend(usage, {});
    const std::string at = " at " + expected.at("t_s").dump();
    expect_near(expect, "cpu" + at, expected.at("cpu_milli"), {got.target.cpu, got.lower.cpu, got.upper.cpu});
    expect_near(expect, "memory" + at, expected.at("memory_bytes"), {got.target.memory, got.lower.memory, got.upper.memory});
  }
}

void check_timelines(const Json& table, TableCheck& rows) {
  for (const Json& row : rows_of(table)) rows.row(row, [&](RowCheck& expect) { follow_timeline(expect, row); });
}

// ---- shipped numbers ---------------------------------------------------------------------------------------------------------

// Each of the three ways to be updated, and what lies just beside it.
bool follows_update_rule() {
  const vpa::UpdateRules rules;
  const SimTime now = at_seconds(1e6);
  const SimTime old = now - rules.in_bounds_lifetime, young = old + Duration{1};
  const auto is_updated = [&](bool outside, double difference, SimTime started, std::optional<Duration> lived) {
    return vpa::is_to_be_updated({outside, false, difference}, started, lived, rules, now);
  };
  const Duration soon = rules.quick_out_of_memory - Duration{1};
  return is_updated(true, 0.01, young, {}) && is_updated(false, rules.threshold, old, {}) &&
         !is_updated(false, rules.threshold, young, {}) && !is_updated(false, rules.threshold - 1e-9, old, {}) &&
         is_updated(false, 0.01, young, soon) && !is_updated(false, 0.01, young, rules.quick_out_of_memory) &&
         !is_updated(true, 0.0, old, soon);
}

Json constants() {
  const bool weighs_the_same = vpa::cpu_sample_weight == 0.1;
  return {{"upper_multiplier", vpa::upper_bound_rule.multiplier},
          {"upper_exponent", vpa::upper_bound_rule.exponent},
          {"lower_multiplier", vpa::lower_bound_rule.multiplier},
          {"lower_exponent", vpa::lower_bound_rule.exponent},
          {"bucket_growth", vpa::bucket_growth},
          {"cpu_first_bucket_cores", vpa::first_cpu_bucket},
          {"cpu_max_cores", vpa::most_cpu},
          {"memory_first_bucket_bytes", vpa::first_memory_bucket},
          {"memory_max_bytes", vpa::most_memory},
          {"min_sample_weight", vpa::cpu_sample_weight},
          {"epsilon", vpa::bucket_epsilon},
          {"max_decay_exponent", vpa::max_decay_exponent},
          {"update_rule",
           follows_update_rule()
               ? "a pod is updated when its request is outside [lower,upper], or it is older than in_bounds_lifetime_s and the "
                 "relative difference to the target is at least pod_update_threshold, or it was OOM killed within "
                 "evict_after_oom_s of its start and the resources would change"
               : "another"},
          {"cpu_sample_weight_note",
           weighs_the_same ? "constant 0.1 since February 2025 (release 1.4); before that max(cpu request in cores, 0.1)"
                           : "another"}};
}

Json shipped_numbers() {
  const PolicyChoice choice = RegistryOf<VerticalAutoscaler>::instance().choose("vpa");
  if (!choice.chosen()) throw std::invalid_argument{"there is no policy vpa"};
  const Json options = defaults_of(*choice.options);
  Json shipped = constants();
  shipped.update({{"recommender_interval_s", options.at("recommend_every")},
                  {"target_percentile", options.at("target_percentile")},
                  {"lower_percentile", options.at("lower_percentile")},
                  {"upper_percentile", options.at("upper_percentile")},
                  {"safety_margin", options.at("margin")},
                  {"pod_min_cpu_milli", vpa::to_milli_amount(options.at("least_cpu"))},
                  {"pod_min_memory_mib", options.at("least_memory").get<double>() / 1048576.0},
                  {"confidence_interval_s", options.at("confidence_interval")},
                  {"cpu_half_life_s", options.at("cpu_half_life")},
                  {"memory_half_life_s", options.at("memory_half_life")},
                  {"memory_interval_s", options.at("memory_interval")},
                  {"memory_interval_count", options.at("memory_intervals")},
                  {"history_s", options.at("memory_interval").get<double>() * options.at("memory_intervals").get<double>()},
                  {"oom_bump_ratio", options.at("bump_ratio")},
                  {"oom_min_bump_bytes", options.at("least_bump")},
                  {"updater_interval_s", options.at("update_every")},
                  {"updater_min_replicas", options.at("least_replicas")},
                  {"eviction_tolerance", options.at("eviction_tolerance")},
                  {"pod_update_threshold", options.at("update_threshold")},
                  {"in_bounds_lifetime_s", options.at("in_bounds_lifetime")},
                  {"evict_after_oom_s", options.at("quick_out_of_memory")}});
  return shipped;
}

void check_defaults(const Json& table, TableCheck& rows) {
  const Json shipped = shipped_numbers();
  for (const auto& [name, value] : table.at("values").items())
    rows.row(name, [&](RowCheck& expect) { expect.equal(name, value, shipped.at(name)); });
}

const bool offered = offer_table("vpa", "estimator", check_estimator) &&
                     offer_table("vpa", "recommendation_timelines", check_timelines) &&
                     offer_table("vpa", "defaults", check_defaults);

}  // namespace
}  // namespace headroom::conformance
