#include "reports/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "reports/display.hpp"
#include "sim/measure/evaluate.hpp"

namespace headroom {
namespace {

class Rows {
 public:
  void add(MetricSelector selector, const std::string& phase = {}) {
    const auto same = [&](const ComparisonRow& row) { return row.selector == selector && row.phase == phase; };
    if (std::any_of(rows_.begin(), rows_.end(), same)) return;
    ComparisonRow row{.title = title_of(selector) + (phase.empty() ? "" : " during " + phase),
                      .dimension = dimension_of(selector)};
    row.selector = std::move(selector);
    row.phase = phase;
    rows_.push_back(std::move(row));
  }
  // A row that is there only if any of what it counts was.
  void add_if_any(MetricSelector selector) {
    const std::size_t before = rows_.size();
    add(std::move(selector));
    if (rows_.size() > before) rows_.back().only_if_any = true;
  }
  std::vector<ComparisonRow> take() { return std::move(rows_); }

 private:
  std::vector<ComparisonRow> rows_;
};

MetricSelector select(Aggregation aggregation, std::string metric, std::vector<Label> labels = {}) {
  return {.aggregation = aggregation, .metric = std::move(metric), .labels = std::move(labels)};
}

MetricSelector percentile(double p) { return {.aggregation = Aggregation::percentile, .percentile = p, .metric = "latency"}; }

// Names of a kind over all variants, in the order of the first that has them.
template <class Spec, class Keep>
std::vector<std::string> names_of(const ScenarioFile& file, std::vector<Spec> Scenario::*list, Keep keep) {
  std::vector<std::string> names;
  for (const NamedScenario& variant : file.variants) {
    for (const Spec& spec : variant.scenario.*list) {
      if (keep(spec) && std::find(names.begin(), names.end(), spec.name) == names.end()) names.push_back(spec.name);
    }
  }
  return names;
}

void add_system_rows(const ScenarioFile& file, Rows& rows) {
  const auto every = [](const auto&) { return true; };
  for (const std::string& name :
       names_of(file, &Scenario::services, [](const ServiceSpec& spec) { return spec.autoscaler.chosen(); })) {
    rows.add(select(Aggregation::avg, "replicas", {{"service", name}}));
    rows.add(select(Aggregation::max, "replicas", {{"service", name}}));
  }
  for (const std::string& name :
       names_of(file, &Scenario::services, [](const ServiceSpec& spec) { return spec.serverless.has_value(); })) {
    rows.add(select(Aggregation::avg, "instances", {{"service", name}}));
    rows.add(select(Aggregation::max, "instances", {{"service", name}}));
    rows.add(select(Aggregation::rate, "cold_starts", {{"service", name}}));
  }
  for (const std::string& name : names_of(file, &Scenario::services, every))
    rows.add(select(Aggregation::avg, "cpu", {{"service", name}}));
  for (const std::string& name : names_of(file, &Scenario::caches, every))
    rows.add(select(Aggregation::avg, "hit_ratio", {{"cache", name}}));
}

std::vector<ComparisonRow> choose_rows(const ScenarioFile& file) {
  Rows rows;
  for (const NamedScenario& variant : file.variants) {
    for (const ObjectiveSpec& objective : variant.scenario.objectives) rows.add(objective.that.selector, objective.that.phase);
  }
  for (const double p : {50.0, 95.0, 99.0}) rows.add(percentile(p));
  rows.add(select(Aggregation::rate, "errors"));
  rows.add_if_any(select(Aggregation::rate, "throttled"));
  rows.add(select(Aggregation::rate, "requests"));
  add_system_rows(file, rows);
  rows.add(select(Aggregation::rate, "cost"));
  rows.add(select(Aggregation::last, "cost_per_user"));
  return rows.take();
}

MetricSelector selector_in(const Scenario& scenario, MetricSelector selector) {
  const auto is_meant = [&](const ServiceSpec& service) {
    return service.serverless && selector.labels == std::vector<Label>{{"service", service.name}};
  };
  if (selector.metric == "replicas" && std::any_of(scenario.services.begin(), scenario.services.end(), is_meant))
    selector.metric = "instances";
  return selector;
}

TimeSpan span_of(const ComparisonRow& row, const RunResult& run) {
  Condition condition;
  condition.phase = row.phase;
  return headroom::span_of(condition, run);
}

// Mean of what the instruments know each value to lie between; empty for empty ones.
ValueBounds known_of(const ComparisonRow& row, std::size_t variant, const std::vector<RunResult>& runs) {
  ValueBounds sum;
  double count = 0.0;
  for (const RunResult& run : runs) {
    const std::optional<ValueBounds> bounds = evaluate_bounds(row.selectors[variant], run, span_of(row, run));
    if (!bounds) continue;
    sum.low += bounds->low;
    sum.high += bounds->high;
    count += 1.0;
  }
  return count == 0.0 ? sum : ValueBounds{sum.low / count, sum.high / count};
}

// Of runs that met other random numbers.
std::optional<MeanDifference> difference_of_strangers(const ByReplication& values, const ByReplication& reference) {
  if (values.empty() || reference.empty()) return std::nullopt;
  return welch_difference(values_in(values), values_in(reference));
}

void measure(ComparisonRow& row, const ScenarioFile& file, const Study& study) {
  for (const NamedScenario& variant : file.variants) row.selectors.push_back(selector_in(variant.scenario, row.selector));
  std::optional<ByReplication> reference;
  for (std::size_t v = 0; v < study.runs.size(); ++v) {
    const ByReplication values = values_of(row, v, study.runs[v]);
    ComparisonCell cell;
    if (!values.empty()) cell.value = t_interval(values_in(values));
    cell.known = known_of(row, v, study.runs[v]);
    cell.paired = file.variants[v].scenario.seed == file.variants.front().scenario.seed;
    if (reference) cell.difference = cell.paired ? difference_of(values, *reference) : difference_of_strangers(values, *reference);
    if (!reference) reference = values;
    row.cells.push_back(cell);
  }
}

bool has_data(const ComparisonRow& row) {
  return std::any_of(row.cells.begin(), row.cells.end(), [&](const ComparisonCell& cell) {
    return cell.value.count > 0 && (!row.only_if_any || cell.value.mean > 0.0);
  });
}

// Half of what is left open by the buckets of histograms; nothing for what is kept exactly.
double resolution(const ComparisonCell& cell) { return (cell.known.high - cell.known.low) / 2.0; }

Standing standing_of(const ComparisonCell& cell, const ComparisonCell& reference, bool rejected) {
  const PairedDifference& difference = *cell.difference;
  // The middles of neighbouring buckets are a nanosecond further apart than the half widths: no difference to speak of.
  constexpr double touching = 1.001;
  if (std::fabs(difference.difference.mean) <= touching * (resolution(cell) + resolution(reference))) return Standing::equal;
  if (rejected) return Standing::differs;
  const bool more_would_tell = difference.difference.count < fewest_runs && p_value_with(difference, enough_runs_to_tell) < 0.05;
  return more_would_tell ? Standing::too_few_runs : Standing::equal;
}

// One family of hypotheses: every difference of the table that has an interval.
void mark_standings(std::vector<ComparisonRow>& rows) {
  std::vector<std::pair<ComparisonCell*, const ComparisonCell*>> cells;  // with their reference
  std::vector<double> p_values;
  for (ComparisonRow& row : rows) {
    for (ComparisonCell& cell : row.cells) {
      if (!cell.difference || !cell.difference->difference.known) continue;
      cells.emplace_back(&cell, &row.cells.front());
      p_values.push_back(cell.difference->p_value);
    }
  }
  const std::vector<bool> rejected = holm_rejects(p_values);
  for (std::size_t i = 0; i < cells.size(); ++i)
    cells[i].first->standing = standing_of(*cells[i].first, *cells[i].second, rejected[i]);
}

}  // namespace

std::optional<double> row_value(const ComparisonRow& row, std::size_t variant, const RunResult& run) {
  return evaluate(row.selectors[variant], run, span_of(row, run));
}

ByReplication values_of(const ComparisonRow& row, std::size_t variant, const std::vector<RunResult>& runs) {
  ByReplication values;
  for (const RunResult& run : runs) {
    if (const std::optional<double> value = row_value(row, variant, run)) values[run.replication] = *value;
  }
  return values;
}

std::optional<PairedDifference> difference_of(const ByReplication& values, const ByReplication& reference) {
  std::vector<double> own, other;
  for (const auto& [replication, value] : values) {
    const auto match = reference.find(replication);
    if (match == reference.end()) continue;
    own.push_back(value);
    other.push_back(match->second);
  }
  if (own.empty()) return std::nullopt;
  return paired_difference(own, other);
}

std::vector<double> values_in(const ByReplication& values) {
  std::vector<double> list;
  for (const auto& [replication, value] : values) list.push_back(value);
  return list;
}

std::vector<ComparisonRow> compare_variants(const ScenarioFile& file, const Study& study) {
  std::vector<ComparisonRow> rows = choose_rows(file);
  for (ComparisonRow& row : rows) measure(row, file, study);
  std::erase_if(rows, [](const ComparisonRow& row) { return !has_data(row); });
  mark_standings(rows);
  return rows;
}

}  // namespace headroom
