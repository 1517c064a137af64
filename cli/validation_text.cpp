#include "cli/validation_text.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/text_table.hpp"
#include "reports/answer.hpp"
#include "reports/terminal_table.hpp"
#include "reports/text_layout.hpp"

namespace headroom::cli {
namespace {

std::string upper(std::string_view text) {
  std::string result{text};
  std::ranges::transform(result, result.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return result;
}

Outcome colour_of(Ending ending) {
  return ending == Ending::held ? Outcome::pass : ending == Ending::open ? Outcome::inconclusive : Outcome::fail;
}

std::string word_of(Ending ending, const Paint& paint) { return paint(colour_of(ending), upper(to_text(ending))); }

// The word stands last: what colours it does not widen a column.
std::string scenarios_table(const Validation& validation, const Paint& paint) {
  std::vector<std::vector<std::string>> rows{
      {"scenario", "held", "missed", "open", "advisory missed", "cost per user", "worst margin", ""}};
  for (const ValidatedScenario& scenario : validation.scenarios) {
    for (const ValidatedVariant& variant : scenario.variants) {
      const auto counted = [&](Outcome outcome, bool required = true) {
        return std::to_string(count_of(variant, outcome, required));
      };
      const Verdict* const worst = worst_margin(variant);
      const std::string cost = cost_text(variant, "");
      rows.push_back({title_of(scenario, variant), counted(Outcome::pass), counted(Outcome::fail), counted(Outcome::inconclusive),
                      counted(Outcome::fail, false), cost.empty() ? "-" : cost, worst == nullptr ? "-" : margin_text(*worst),
                      word_of(variant.ending, paint)});
    }
  }
  return text_table(rows, {1, 2, 3, 4, 5, 6});
}

// What is not kept, and what did not complete, each under its scenario.
std::string remarks_on(const ValidatedScenario& scenario, const ValidatedVariant& variant, const Paint& paint,
                       std::size_t width) {
  std::string text;
  const auto say = [&](Outcome outcome, const char* mark, const std::string& sentence) {
    text += "  " + paint(outcome, mark) + " " + wrapped(sentence, width, 7, 5) + "\n";
  };
  for (const std::string& problem : variant.problems) say(Outcome::fail, "! ", problem);
  for (const ValidatedObjective& one : variant.objectives) {
    const Verdict& verdict = one.verdict;
    if (verdict.outcome == Outcome::pass || (variant.runs == 0 && !variant.problems.empty())) continue;
    const std::string where = one.place.line > 0 ? fmt::format(" ({}:{})", one.place.file, one.place.line) : "";
    say(verdict.outcome, verdict.outcome == Outcome::fail ? "x " : "? ",
        verdict.objective.that.text + (verdict.objective.severity == "advisory" ? " (advisory)" : "") + where + ": " +
            what_was_seen(verdict));
  }
  return text.empty() ? "" : paint.strong(title_of(scenario, variant)) + "\n" + text;
}

std::string baseline_text(const Validation& validation, const Paint& paint, std::size_t width) {
  if (!validation.baseline) return "";
  std::vector<std::vector<std::string>> rows{{"AGAINST THE BASELINE", "", "before", "", "now", "change", ""}};
  for (const BaselineRow& row : validation.baseline->rows) {
    const std::string standing = standing_text(row);
    rows.push_back({row.scenario + ", " + row.variant, row.subject + (row.required ? "" : " (advisory)"), before_text(row), "->",
                    now_text(row), change_text(row),
                    row.is_worse    ? paint(Outcome::fail, standing)
                    : row.is_better ? paint(Outcome::pass, standing)
                                    : standing});
  }
  std::string text = rows.size() > 1 ? text_table(rows, {2, 4, 5}) : "AGAINST THE BASELINE\n";
  for (const std::string& remark : validation.baseline->remarks) text += "  " + wrapped(remark, width, 4, 2) + "\n";
  for (const ValidatedScenario& scenario : validation.scenarios) {
    if (!scenario.changes.empty()) text += fmt::format("changed in {} since the baseline:\n{}", scenario.name, scenario.changes);
  }
  return text + "\n";
}

}  // namespace

std::string validation_text(const Validation& validation, bool colour, std::size_t width) {
  const Paint paint{colour};
  std::string text = scenarios_table(validation, paint) + "\n", remarks;
  for (const ValidatedScenario& scenario : validation.scenarios) {
    for (const ValidatedVariant& variant : scenario.variants) remarks += remarks_on(scenario, variant, paint, width);
  }
  text += remarks + (remarks.empty() ? "" : "\n") + baseline_text(validation, paint, width);
  const Ending ending = ending_of(validation);
  return text + word_of(ending, paint) + "  " + wrapped(answer_line(validation), width, 6, upper(to_text(ending)).size() + 2) +
         "\n";
}

}  // namespace headroom::cli
