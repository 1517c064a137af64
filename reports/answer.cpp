#include "reports/answer.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "reports/comparison.hpp"
#include "reports/display.hpp"
#include "reports/margin.hpp"
#include "reports/objective_unit.hpp"
#include "sim/core/upper_limit.hpp"

namespace headroom {
namespace {

bool is_required(const Verdict& verdict) { return verdict.objective.severity == "required"; }

std::size_t count_of(const std::vector<Verdict>& verdicts, Outcome outcome) {
  return static_cast<std::size_t>(std::count_if(verdicts.begin(), verdicts.end(), [&](const Verdict& verdict) {
    return is_required(verdict) && verdict.outcome == outcome;
  }));
}

// "p(95) latency < 300 ms (1.92 s), …": at most three, so that a sentence stays one.
std::string reasons(const std::vector<Verdict>& verdicts, Outcome outcome) {
  std::string text;
  std::size_t said = 0;
  for (const Verdict& verdict : verdicts) {
    if (!is_required(verdict) || verdict.outcome != outcome) continue;
    if (++said > 3) return text + ", …";
    const std::string value = verdict.value.count == 0 ? verdict.explanation : value_text(verdict, "");
    text += (text.empty() ? "" : ", ") + verdict.objective.that.text + (value.empty() ? "" : " (" + value + ")");
  }
  return text;
}

std::string objectives_text(std::size_t number) { return fmt::format("{} objective{}", number, number == 1 ? "" : "s"); }

VariantAnswer answer_of(const std::string& name, const std::vector<Verdict>& verdicts, std::size_t runs) {
  VariantAnswer answer{.variant = name, .outcome = overall(verdicts), .runs = runs, .summary = {}, .sentence = {}};
  const std::size_t failed = count_of(verdicts, Outcome::fail);
  const std::size_t open = count_of(verdicts, Outcome::inconclusive);
  const std::size_t required = failed + open + count_of(verdicts, Outcome::pass);
  const std::string all = objectives_text(required);
  if (required == 0) {
    answer.summary = "no required objectives";
    answer.sentence = "has no required objectives to keep";
  } else if (answer.outcome == Outcome::fail) {
    answer.summary = fmt::format("{} of {} missed", failed, all) + (open > 0 ? fmt::format(", {} inconclusive", open) : "");
    answer.sentence = fmt::format("misses {} of {}: {}", failed, all, reasons(verdicts, Outcome::fail));
    if (open > 0) answer.sentence += fmt::format("; {} cannot be told", open);
  } else if (answer.outcome == Outcome::inconclusive) {
    answer.summary = fmt::format("{} of {} inconclusive", open, all);
    answer.sentence = fmt::format("leaves {} of {} open: {}", open, all, reasons(verdicts, Outcome::inconclusive));
  } else {
    answer.summary = fmt::format("{} of {} hold{}", required, all, required == 1 ? "s" : "");
    answer.sentence =
        required == 1 ? "keeps its one required objective" : fmt::format("keeps all {} required objectives", required);
  }
  return answer;
}

}  // namespace

std::vector<VariantAnswer> answers_of(const StudyReport& report) {
  std::vector<VariantAnswer> answers;
  for (std::size_t v = 0; v < report.file.variants.size(); ++v) {
    answers.push_back(answer_of(report.file.variants[v].name, report.verdicts[v], report.study.runs[v].size()));
  }
  return answers;
}

std::string answer_line(const StudyReport& report) {
  const std::vector<VariantAnswer> answers = answers_of(report);
  if (answers.size() == 1) return answers.front().summary;
  std::string names;
  std::size_t passed = 0;
  for (const VariantAnswer& answer : answers) {
    if (answer.outcome != Outcome::pass) continue;
    ++passed;
    names += (names.empty() ? ": " : ", ") + answer.variant;
  }
  if (passed == 0) return fmt::format("none of {} variants is shown to keep every required objective", answers.size());
  return fmt::format("{} of {} variants keep{} every required objective{}", passed, answers.size(), passed == 1 ? "s" : "",
                     names);
}

std::vector<std::string> caveats_of(const StudyReport& report) {
  std::vector<std::string> caveats;
  if (report.study.interrupted) caveats.emplace_back("The study was interrupted: it rests on the runs that had finished.");
  for (const FailedRun& failed : report.study.failed) {
    const std::string& name = report.file.variants[failed.request.variant].name;
    caveats.push_back(fmt::format("Replication {} of {} did not complete: {}", failed.request.replication, name, failed.message));
  }
  const Scenario& first = report.file.variants.front().scenario;
  for (const NamedScenario& variant : report.file.variants) {
    if (variant.scenario.seed == first.seed) continue;
    caveats.push_back(fmt::format("{} has seed {}, and {} has {}: their runs met other random numbers and are compared as "
                                  "independent samples (Welch), which tells less; --seed N pairs them.",
                                  variant.name, variant.scenario.seed, report.file.variants.front().name, first.seed));
  }
  const auto lonely = [](const std::vector<RunResult>& runs) { return runs.size() == 1; };
  if (std::any_of(report.study.runs.begin(), report.study.runs.end(), lonely)) {
    caveats.emplace_back("One run gives no interval: values could differ with other random numbers (--replications).");
  }
  return caveats;
}

bool is_paired(const StudyReport& report) {
  const auto& variants = report.file.variants;
  return std::ranges::all_of(variants, [&](const NamedScenario& one) { return one.scenario.seed == variants.front().scenario.seed; });
}

std::string equal_legend(const StudyReport& report) {
  return "not distinguishable from " + report.file.variants.front().name + (is_paired(report) ? " (paired by replication, " : " (") +
         "95 %, Holm)";
}

std::string too_few_legend(const std::string& reference) {
  return fmt::format("too few runs to tell it from {}: {} runs that go on like these would; try --replications {}", reference,
                     enough_runs_to_tell, enough_runs_to_tell);
}

std::string value_text(const Verdict& verdict, std::string_view plus_minus) {
  if (verdict.value.count == 0) return "-";
  const bool is_breach = verdict.objective.that.lasting.has_value();
  if (is_breach && verdict.value.mean == 0.0) return "never broken";
  const DisplayUnit unit = objective_unit(verdict.objective.that, verdict.dimension, {&verdict.value.mean, 1});
  const std::string value = plus_minus.empty() ? display(verdict.value.mean, unit) : display(verdict.value, unit, plus_minus);
  return is_breach ? "broken for " + value : value;
}

std::string margin_text(const Verdict& verdict) {
  if (!verdict.margin) return "";
  const Condition& condition = verdict.objective.that;
  // Of a time that a promise was broken for there is no "144x the limit": the limit is on something else.
  if (condition.lasting) return verdict.value.mean == 0.0 ? "" : "allowed under " + span_text(to_seconds(*condition.lasting));
  const double margin = *verdict.margin;
  if (margin == 0.0)
    return verdict.outcome != Outcome::fail ? "at the limit"
           : is_upper_limit(condition)      ? "at the limit, must be below"
                                            : "at the limit, must be above";
  const std::string_view of = margin_scale(condition).of;
  const std::string what = of.empty() ? "the limit" : fmt::format("the {}", of);
  if (margin <= -1.0) return number_text(1.0 - margin) + "x " + what;
  constexpr double smallest_shown = 5e-5;  // less reads as "0 %"
  if (std::fabs(margin) < smallest_shown) return margin < 0.0 ? "just beyond the limit" : "just inside the limit";
  const std::string share = display(std::fabs(margin), Dimension::ratio);
  if (margin < 0.0) return share + " beyond " + what;
  return share + (of.empty() ? "" : " of " + what) + " to spare";
}

std::string explanation_text(const Verdict& verdict) {
  std::string text = verdict.explanation == one_run_explanation ? "" : verdict.explanation;
  if (!verdict.binding || verdict.binding->sentence.empty()) return text;
  return text + (text.empty() ? "" : "; ") + (verdict.outcome == Outcome::fail ? "because " : "") + verdict.binding->sentence;
}

std::string warm_up_text(const std::vector<RunResult>& runs) {
  if (runs.empty()) return "";
  const auto less = [](const RunResult& a, const RunResult& b) { return a.warm_up_seconds < b.warm_up_seconds; };
  const auto [shortest, longest] = std::minmax_element(runs.begin(), runs.end(), less);
  std::string span = span_text(shortest->warm_up_seconds);
  if (longest->warm_up_seconds != shortest->warm_up_seconds) span += " to " + span_text(longest->warm_up_seconds);
  return runs.front().warm_up_rule + (longest->warm_up_seconds > 0.0 ? ", " + span + " deleted" : "");
}

}  // namespace headroom
