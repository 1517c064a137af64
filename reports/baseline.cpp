#include "reports/baseline.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "reports/display.hpp"
#include "reports/validation.hpp"
#include "sim/core/upper_limit.hpp"

namespace headroom {
namespace {

bool same_replications(const ByReplication& a, const ByReplication& b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](const auto& x, const auto& y) { return x.first == y.first; });
}

// One value on both sides, as far as they have it.
struct Pair {
  const ByReplication* before = nullptr;
  const ByReplication* now = nullptr;
  bool same_seed = false;
  double resolution = 0.0;  // that histograms leave open
  bool more_is_worse = true;
};

void measure(BaselineRow& row, const Pair& pair) {
  if (pair.before != nullptr) row.value_before = t_interval(values_in(*pair.before));
  if (pair.now != nullptr) row.value_now = t_interval(values_in(*pair.now));
  if (row.value_before.count == 0 || row.value_now.count == 0) return;
  row.paired = pair.same_seed && same_replications(*pair.before, *pair.now);
  const std::vector<double> before = values_in(*pair.before), now = values_in(*pair.now);
  row.change = row.paired ? paired_difference(now, before) : welch_difference(now, before);
}

// A row whose standing has to wait for Holm's correction over all of them.
struct Drafted {
  BaselineRow row;
  Pair pair;
};

class Rows {
 public:
  explicit Rows(double tolerance) { result_.tolerance = tolerance; }

  void add(BaselineRow row, const Pair& pair) {
    measure(row, pair);
    drafted_.push_back({std::move(row), pair});
  }
  void remark(std::string text) { result_.remarks.push_back(std::move(text)); }

  BaselineComparison finish() {
    std::vector<double> p_values;
    for (const Drafted& one : drafted_) {
      if (one.row.change && one.row.change->difference.known) p_values.push_back(one.row.change->p_value);
    }
    const std::vector<bool> rejected = holm_rejects(p_values);
    std::size_t tested = 0;
    for (Drafted& one : drafted_) {
      const bool known = one.row.change && one.row.change->difference.known;
      if (known) one.row.standing = standing_of(one, rejected[tested++]);
      judge(one);
      result_.rows.push_back(std::move(one.row));
    }
    return std::move(result_);
  }

 private:
  static Standing standing_of(const Drafted& one, bool rejected) {
    const MeanDifference& change = *one.row.change;
    // As in the comparison of variants: neighbouring buckets are a nanosecond further apart than their half widths.
    constexpr double touching = 1.001;
    if (std::fabs(change.difference.mean) <= touching * one.pair.resolution) return Standing::equal;
    if (rejected) return Standing::differs;
    const bool more_would_tell = change.difference.count < fewest_runs && p_value_with(change, enough_runs_to_tell) < 0.05;
    return more_would_tell ? Standing::too_few_runs : Standing::equal;
  }

  void judge(Drafted& one) const {
    BaselineRow& row = one.row;
    if (!row.change) {
      row.is_worse = row.before == Outcome::pass && row.now == Outcome::fail;
      return;
    }
    const double moved = row.change->difference.mean;
    const bool beyond = std::fabs(moved) > result_.tolerance * std::fabs(row.value_before.mean);
    if (row.standing != Standing::differs || !beyond) return;
    ((moved > 0.0) == one.pair.more_is_worse ? row.is_worse : row.is_better) = true;
  }

  std::vector<Drafted> drafted_;
  BaselineComparison result_;
};

const ValidatedVariant* variant_named(const std::string& name, const ValidatedScenario& scenario) {
  const auto found = std::ranges::find(scenario.variants, name, &ValidatedVariant::name);
  return found == scenario.variants.end() ? nullptr : &*found;
}

const ValidatedObjective* objective_named(const std::string& text, const ValidatedVariant& variant) {
  const auto is_it = [&](const ValidatedObjective& one) { return one.verdict.objective.that.text == text; };
  const auto found = std::ranges::find_if(variant.objectives, is_it);
  return found == variant.objectives.end() ? nullptr : &*found;
}

double half_bucket(const ValidatedObjective* one) {
  return one == nullptr ? 0.0 : (one->verdict.known.high - one->verdict.known.low) / 2.0;
}

// Either may be nullptr, not both.
void add_objective(Rows& rows, const ValidatedScenario& scenario, const std::string& variant, const ValidatedObjective* before,
                   const ValidatedObjective* now, bool same_seed) {
  const Verdict& verdict = (now != nullptr ? now : before)->verdict;
  BaselineRow row{.scenario = scenario.name,
                  .variant = variant,
                  .path = scenario.path,
                  .subject = verdict.objective.that.text,
                  .required = verdict.objective.severity == "required",
                  .dimension = verdict.dimension,
                  .is_breach = verdict.objective.that.lasting.has_value()};
  if (before != nullptr) row.before = before->verdict.outcome;
  if (now != nullptr) row.now = now->verdict.outcome;
  rows.add(std::move(row), {.before = before == nullptr ? nullptr : &before->values,
                            .now = now == nullptr ? nullptr : &now->values,
                            .same_seed = same_seed,
                            .resolution = half_bucket(before) + half_bucket(now),
                            .more_is_worse = is_upper_limit(verdict.objective.that)});
}

void add_variant(Rows& rows, const ValidatedScenario& scenario, const ValidatedVariant& before, const ValidatedVariant& now,
                 bool same_seed) {
  for (const ValidatedObjective& one : now.objectives)
    add_objective(rows, scenario, now.name, objective_named(one.verdict.objective.that.text, before), &one, same_seed);
  for (const ValidatedObjective& one : before.objectives) {
    if (objective_named(one.verdict.objective.that.text, now) == nullptr)
      add_objective(rows, scenario, now.name, &one, nullptr, same_seed);
  }
  if (before.cost_per_user.empty() && now.cost_per_user.empty()) return;
  rows.add({.scenario = scenario.name,
            .variant = now.name,
            .path = scenario.path,
            .subject = std::string{cost_subject},
            .dimension = Dimension::money_rate},
           {.before = &before.cost_per_user, .now = &now.cost_per_user, .same_seed = same_seed});
}

bool is_regression(const BaselineRow& row) { return row.required && row.is_worse; }

std::string value_text(const Interval& value, const BaselineRow& row) {
  if (value.count == 0) return "-";
  if (row.is_breach && value.mean == 0.0) return "never broken";
  return display(value.mean, unit_for(row.dimension, {&value.mean, 1}));
}

}  // namespace

std::size_t BaselineComparison::worse() const {
  return static_cast<std::size_t>(std::ranges::count_if(rows, is_regression));
}

std::vector<BaselineRow> BaselineComparison::worse_of(const std::string& path) const {
  std::vector<BaselineRow> found;
  std::ranges::copy_if(rows, std::back_inserter(found),
                       [&](const BaselineRow& row) { return row.path == path && is_regression(row); });
  return found;
}

const ValidatedScenario* accepted_of(const ValidatedScenario& scenario, std::span<const ValidatedScenario> accepted) {
  for (const auto key : {&ValidatedScenario::path, &ValidatedScenario::name}) {
    const auto found = std::ranges::find(accepted, scenario.*key, key);
    if (found != accepted.end()) return &*found;
  }
  return nullptr;
}

BaselineComparison compare_with_baseline(std::span<const ValidatedScenario> now, std::span<const ValidatedScenario> accepted,
                                         double tolerance) {
  Rows rows{tolerance};
  std::vector<const ValidatedScenario*> met;
  for (const ValidatedScenario& scenario : now) {
    const ValidatedScenario* const before = accepted_of(scenario, accepted);
    if (before == nullptr) {
      rows.remark(fmt::format("{} is not in the baseline", scenario.name));
      continue;
    }
    met.push_back(before);
    for (const ValidatedVariant& variant : scenario.variants) {
      const ValidatedVariant* const former = variant_named(variant.name, *before);
      if (former != nullptr)
        add_variant(rows, scenario, *former, variant, before->about.seed == scenario.about.seed);
      else
        rows.remark(fmt::format("{} of {} is not in the baseline", variant.name, scenario.name));
    }
  }
  for (const ValidatedScenario& former : accepted) {
    if (std::ranges::find(met, &former) == met.end())
      rows.remark(fmt::format("{} is in the baseline and was not validated", former.name));
  }
  return rows.finish();
}

std::string before_text(const BaselineRow& row) { return value_text(row.value_before, row); }
std::string now_text(const BaselineRow& row) { return value_text(row.value_now, row); }

std::string change_text(const BaselineRow& row) {
  if (!row.change) return "";
  const double moved = row.change->difference.mean, from = row.value_before.mean;
  if (moved == 0.0) return "none";
  if (from == 0.0 || row.is_breach) return signed_text(moved, unit_for(row.dimension, {&moved, 1}));
  return signed_text(moved / std::fabs(from), unit_for(Dimension::ratio, std::vector<double>{moved / from}));
}

std::string standing_text(const BaselineRow& row) {
  const bool turned = row.before && row.now && row.before != row.now;
  const std::string verdicts = turned ? fmt::format(", {} -> {}", to_text(*row.before), to_text(*row.now)) : "";
  const bool is_cost = row.subject == cost_subject;
  if (!is_cost && !row.before) return "new";
  if (!is_cost && !row.now) return "gone";
  if (row.is_worse) return "worse" + verdicts;
  if (row.is_better) return "better" + verdicts;
  switch (row.standing) {
    case Standing::differs: return "within the tolerance" + verdicts;
    case Standing::equal: return "not distinguishable" + verdicts;
    case Standing::too_few_runs: return "too few runs to tell" + verdicts;
    case Standing::open: break;
  }
  return (row.change ? "one run cannot tell" : "nothing to compare") + verdicts;
}

std::string regression_text(const BaselineRow& row) {
  if (!row.change && row.before && row.now)
    return fmt::format("{} -> {}, worse than the baseline", to_text(*row.before), to_text(*row.now));
  return fmt::format("{} -> {} ({}), worse than the baseline", before_text(row), now_text(row), change_text(row));
}

}  // namespace headroom
