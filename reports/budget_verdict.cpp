#include "reports/budget_verdict.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/display.hpp"

namespace headroom {
namespace {

using nlohmann::json;

std::string pair_text(const BurnWindows& windows) {
  return span_text(to_seconds(windows.long_window)) + " and " + span_text(to_seconds(windows.short_window));
}

void add(BudgetVerdict::Alert& alert, const BurnAlert& seen) {
  alert.windows = seen.windows;
  alert.looked_at = alert.looked_at || seen.looked_at;
  alert.fastest = std::max(alert.fastest, seen.fastest);
  if (!seen.first_fired_seconds) return;
  ++alert.fired;
  const double first = alert.first_fired_seconds.value_or(*seen.first_fired_seconds);
  alert.first_fired_seconds = std::min(first, *seen.first_fired_seconds);
}

std::string times_text(double burn) { return number_text(burn) + "x"; }

// The pair that was burnt fastest, against the factor it alerts at; and the pairs that the runs are too short for.
std::string alerts_text(const BudgetVerdict& budget) {
  if (budget.alerts.empty()) return "; its window is too short for burn-rate alerts (1 h at least)";
  const std::string too_short = budget.slice_seconds > 0.0 ? "too short, or the slices too long," : "too short";
  const BudgetVerdict::Alert* fastest = nullptr;
  std::string left_out, text;
  for (const BudgetVerdict::Alert& alert : budget.alerts) {
    if (!alert.looked_at) left_out += (left_out.empty() ? "" : ", ") + pair_text(alert.windows);
    if (alert.looked_at && (fastest == nullptr || alert.fastest > fastest->fastest)) fastest = &alert;
    if (alert.fired > 0) {
      text += fmt::format("; the alert at {:g}x over {} fires {} after the start", alert.windows.factor, pair_text(alert.windows),
                          span_text(*alert.first_fired_seconds));
    }
  }
  if (fastest != nullptr)
    text = fmt::format("; fastest burn {} over {}", times_text(fastest->fastest), pair_text(fastest->windows)) + text;
  if (fastest == nullptr) return "; the runs are " + too_short + " for burn-rate alerts (1 h and 5 min at least)";
  return text + (left_out.empty() ? "" : "; " + too_short + " for alerts over " + left_out);
}

}  // namespace

std::optional<BudgetVerdict> judge_budget(const ObjectiveSpec& objective, std::span<const RunResult> runs) {
  const ErrorBudgetTerms terms{.objective = objective.that,
                               .window = *objective.window,
                               .in_slices = objective.budgeting == "timeslices",
                               .slice = objective.slice,
                               .slice_target = objective.slice_target.value};
  std::vector<double> burns;
  BudgetVerdict verdict;
  for (const RunResult& run : runs) {
    const std::optional<ErrorBudget> budget = error_budget(terms, run, span_of(objective.that, run));
    if (!budget) continue;
    burns.push_back(budget->burn);
    verdict.used_by_runs += budget->used_by_run;
    verdict.slice_seconds = budget->slice_seconds;
    verdict.alerts.resize(budget->alerts.size());
    for (std::size_t i = 0; i < budget->alerts.size(); ++i) add(verdict.alerts[i], budget->alerts[i]);
  }
  if (burns.empty()) return std::nullopt;
  verdict.burn = t_interval(burns);
  verdict.used_by_runs /= static_cast<double>(burns.size());
  return verdict;
}

std::string budget_text(const BudgetVerdict& budget, Duration window) {
  const std::string counted =
      budget.slice_seconds > 0.0 ? fmt::format(", in slices of {}", span_text(budget.slice_seconds)) : std::string{};
  return fmt::format("error budget: {} of that of {} at this rate{} ({} by one run)", display(budget.burn.mean, Dimension::ratio),
                     span_text(to_seconds(window)), counted, display(budget.used_by_runs, Dimension::ratio)) +
         alerts_text(budget);
}

json budget_json(const Verdict& verdict) {
  if (!verdict.budget) return nullptr;
  const BudgetVerdict& budget = *verdict.budget;
  json burn{{"mean", budget.burn.mean}, {"observations", budget.burn.count}};
  if (budget.burn.known) burn.update({{"low", budget.burn.low}, {"high", budget.burn.high}});
  json alerts = json::array();
  for (const BudgetVerdict::Alert& alert : budget.alerts) {
    alerts.push_back({{"long_window_seconds", to_seconds(alert.windows.long_window)},
                      {"short_window_seconds", to_seconds(alert.windows.short_window)},
                      {"factor", alert.windows.factor},
                      {"looked_at", alert.looked_at},
                      {"fastest_burn", alert.looked_at ? json(alert.fastest) : json(nullptr)},
                      {"fired_in_runs", alert.fired},
                      {"first_fired_seconds", alert.first_fired_seconds ? json(*alert.first_fired_seconds) : json(nullptr)}});
  }
  return {{"window_seconds", to_seconds(*verdict.objective.window)},
          {"budgeting", verdict.objective.budgeting},
          {"slice_seconds", budget.slice_seconds > 0.0 ? json(budget.slice_seconds) : json(nullptr)},
          {"used_over_window_at_this_rate", std::move(burn)},
          {"used_by_one_run", budget.used_by_runs},
          {"alerts", std::move(alerts)}};
}

}  // namespace headroom
