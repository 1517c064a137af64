#include "reports/validation.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "reports/answer.hpp"
#include "reports/display.hpp"
#include "reports/objective_value.hpp"
#include "sim/measure/evaluate.hpp"

namespace headroom {
namespace {

Ending ending_of(Outcome outcome) {
  return outcome == Outcome::pass ? Ending::held : outcome == Outcome::fail ? Ending::missed : Ending::open;
}

// A run that ended with 1 found a fault of ours; whatever else did not complete.
Ending ending_of(const std::vector<FailedRun>& failed, std::size_t variant) {
  Ending worst = Ending::held;
  for (const FailedRun& run : failed) {
    if (run.request.variant == variant) worst = std::max(worst, run.exit_code == 1 ? Ending::broken : Ending::incomplete);
  }
  return worst;
}

ValidatedVariant validated_variant(const ScenarioFile& file, const Study& study, std::size_t v, std::vector<Verdict> verdicts) {
  const std::vector<RunResult>& runs = study.runs[v];
  ValidatedVariant variant{.name = file.variants[v].name, .runs = runs.size()};
  variant.ending = std::max(ending_of(overall(verdicts)), ending_of(study.failed, v));
  for (Verdict& verdict : verdicts) {
    ValidatedObjective objective{.verdict = std::move(verdict), .values = {}, .place = {}};
    for (const RunResult& run : runs) {
      if (const auto value = objective_value(objective.verdict.objective, run)) objective.values[run.replication] = *value;
    }
    variant.objectives.push_back(std::move(objective));
  }
  const MetricSelector per_user{.aggregation = Aggregation::last, .metric = "cost_per_user"};
  for (const RunResult& run : runs) {
    variant.run_seconds += run.wall_seconds;
    if (const auto cost = evaluate(per_user, run, span_of({}, run))) variant.cost_per_user[run.replication] = *cost;
  }
  for (const FailedRun& failed : study.failed) {
    if (failed.request.variant == v)
      variant.problems.push_back(fmt::format("replication {} did not complete: {}", failed.request.replication, failed.message));
  }
  return variant;
}

std::string names_of(const Validation& validation, Ending ending) {
  std::string names;
  for (const ValidatedScenario& scenario : validation.scenarios) {
    if (ending_of(scenario) == ending) names += (names.empty() ? "" : ", ") + scenario.name;
  }
  return names;
}

std::string_view what_they_do(Ending ending, bool one) {
  switch (ending) {
    case Ending::held: return one ? "keeps every required objective" : "keep every required objective";
    case Ending::open: return one ? "cannot be told" : "cannot be told";
    case Ending::missed: return one ? "misses a required objective" : "miss a required objective";
    case Ending::incomplete: return one ? "was not completed" : "were not completed";
    case Ending::broken: return one ? "met an internal error" : "met an internal error";
    case Ending::interrupted: break;
  }
  return one ? "was interrupted" : "were interrupted";
}

}  // namespace

std::string_view to_text(Ending ending) {
  switch (ending) {
    case Ending::held: return "pass";
    case Ending::open: return "inconclusive";
    case Ending::missed: return "fail";
    case Ending::incomplete: return "not completed";
    case Ending::broken: return "internal error";
    case Ending::interrupted: break;
  }
  return "interrupted";
}

ValidatedScenario validated(const ScenarioFile& file, const Study& study, std::vector<std::vector<Verdict>> verdicts,
                            const std::vector<std::vector<TextPlace>>& places) {
  ValidatedScenario scenario{.name = file.variants.front().scenario.name, .path = file.path, .folder = {}, .about = {}};
  for (std::size_t v = 0; v < file.variants.size(); ++v) {
    scenario.variants.push_back(validated_variant(file, study, v, std::move(verdicts[v])));
    std::vector<ValidatedObjective>& objectives = scenario.variants.back().objectives;
    for (std::size_t i = 0; i < objectives.size(); ++i)
      objectives[i].place = places.empty() ? TextPlace{file.path, 0, 0} : places[v][i];
    if (study.interrupted) scenario.variants.back().ending = Ending::interrupted;
  }
  return scenario;
}

Ending ending_of(const ValidatedScenario& scenario) {
  Ending worst = Ending::held;
  for (const ValidatedVariant& variant : scenario.variants) worst = std::max(worst, variant.ending);
  return worst;
}

Ending ending_of(const Validation& validation) {
  Ending worst = Ending::held;
  for (const ValidatedScenario& scenario : validation.scenarios) worst = std::max(worst, ending_of(scenario));
  const bool regressed = validation.fails_on_regression && validation.baseline && validation.baseline->worse() > 0;
  return regressed ? std::max(worst, Ending::missed) : worst;
}

std::size_t count_of(const ValidatedVariant& variant, Outcome outcome, bool required) {
  return static_cast<std::size_t>(std::ranges::count_if(variant.objectives, [&](const ValidatedObjective& one) {
    return (one.verdict.objective.severity == "required") == required && one.verdict.outcome == outcome;
  }));
}

const Verdict* worst_margin(const ValidatedVariant& variant) {
  const Verdict* worst = nullptr;
  for (const ValidatedObjective& one : variant.objectives) {
    if (one.verdict.objective.severity != "required" || !one.verdict.margin) continue;
    if (worst == nullptr || *one.verdict.margin < *worst->margin) worst = &one.verdict;
  }
  return worst;
}

std::string cost_text(const ValidatedVariant& variant, std::string_view plus_minus) {
  if (variant.cost_per_user.empty()) return "";
  const Interval cost = t_interval(values_in(variant.cost_per_user));
  return display(cost, unit_for(Dimension::money_rate, {&cost.mean, 1}), plus_minus);
}

std::string what_was_seen(const Verdict& verdict) {
  std::string text = value_text(verdict, "±");
  for (const std::string& more : {margin_text(verdict), explanation_text(verdict)}) text += more.empty() ? "" : "; " + more;
  return text;
}

std::string title_of(const ValidatedScenario& scenario, const ValidatedVariant& variant) {
  const bool is_plain = scenario.variants.size() == 1 && variant.name == "base";
  return is_plain ? scenario.name : scenario.name + ", " + variant.name;
}

std::string answer_line(const Validation& validation) {
  const std::size_t all = validation.scenarios.size();
  const std::string scenarios = all == 1 ? "scenario" : "scenarios";
  std::string text;
  for (const Ending ending : {Ending::interrupted, Ending::broken, Ending::incomplete, Ending::missed, Ending::open}) {
    const auto is_it = [&](const ValidatedScenario& one) { return ending_of(one) == ending; };
    const auto count = std::ranges::count_if(validation.scenarios, is_it);
    if (count == 0) continue;
    text += text.empty() ? fmt::format("{} of {} {} ", count, all, scenarios) : fmt::format("; {} ", count);
    text += fmt::format("{}: {}", what_they_do(ending, count == 1), names_of(validation, ending));
  }
  if (text.empty()) {
    text = all == 1 ? "the one scenario keeps every required objective"
                    : fmt::format("all {} scenarios keep every required objective", all);
  }
  if (!validation.baseline || validation.baseline->worse() == 0) return text;
  const std::size_t worse = validation.baseline->worse();
  return text + fmt::format("; {} value{} worse than the baseline", worse, worse == 1 ? " is" : "s are");
}

}  // namespace headroom
