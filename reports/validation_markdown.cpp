// What a validation says in a pull request or a step summary.
#include <algorithm>

#include <fmt/format.h>

#include "reports/answer.hpp"
#include "reports/markdown_table.hpp"
#include "reports/study_report.hpp"
#include "reports/validation.hpp"

namespace headroom {
namespace {

// GitHub refuses more than 1,024 KB of a step; other steps and multi-byte characters need room too.
constexpr std::size_t most_bytes = 900'000;

std::string_view mark_of(Ending ending) {
  switch (ending) {
    case Ending::held: return "✅ pass";
    case Ending::open: return "❔ inconclusive";
    case Ending::missed: return "❌ fail";
    case Ending::incomplete: return "⛔ not completed";
    case Ending::broken: return "💥 internal error";
    case Ending::interrupted: break;
  }
  return "⛔ interrupted";
}

std::string scenarios_table(const Validation& validation) {
  const std::vector<std::string> numbers{"held", "missed", "open", "advisory missed", "cost per user", "worst margin"};
  std::vector<std::string> titles = numbers;
  titles.insert(titles.begin(), {"verdict", "scenario"});
  std::string text = table_head(titles, numbers);
  for (const ValidatedScenario& scenario : validation.scenarios) {
    for (const ValidatedVariant& variant : scenario.variants) {
      const auto counted = [&](Outcome outcome, bool required = true) {
        return std::to_string(count_of(variant, outcome, required));
      };
      const Verdict* const worst = worst_margin(variant);
      text += row_text({std::string{mark_of(variant.ending)}, title_of(scenario, variant), counted(Outcome::pass),
                        counted(Outcome::fail), counted(Outcome::inconclusive), counted(Outcome::fail, false),
                        cost_text(variant, ""), worst == nullptr ? "" : margin_text(*worst)});
    }
  }
  return text;
}

std::string baseline_section(const Validation& validation) {
  if (!validation.baseline) return "";
  std::string text = "\n## Against the baseline\n\n";
  if (!validation.baseline->rows.empty()) {
    text += table_head({"scenario", "objective", "before", "now", "change", ""}, {"before", "now", "change"});
    for (const BaselineRow& row : validation.baseline->rows) {
      const std::string standing = standing_text(row);
      text += row_text({row.scenario + ", " + row.variant, row.subject + (row.required ? "" : " (advisory)"), before_text(row),
                        now_text(row), change_text(row), row.is_worse ? "**" + standing + "**" : standing});
    }
  }
  for (const std::string& remark : validation.baseline->remarks) text += "\n> " + cell_text(remark) + "\n";
  return text;
}

std::string details_of(const ValidatedScenario& scenario) {
  std::string text =
      fmt::format("\n<details><summary>{}: {}</summary>\n\n", cell_text(scenario.name), to_text(ending_of(scenario)));
  text += table_head({"variant", "verdict", "objective", "value", "margin", "remark"}, {"value", "margin"});
  std::string problems;
  for (const ValidatedVariant& variant : scenario.variants) {
    for (const ValidatedObjective& one : variant.objectives) {
      const Verdict& verdict = one.verdict;
      const std::string advisory = verdict.objective.severity == "advisory" ? " (advisory)" : "";
      text += row_text({variant.name, std::string{headroom::mark_of(verdict.outcome)}, verdict.objective.that.text + advisory,
                        value_text(verdict, "±"), margin_text(verdict), explanation_text(verdict)});
    }
    for (const std::string& problem : variant.problems)
      problems += fmt::format("\n- {}: {}", cell_text(variant.name), cell_text(problem));
  }
  if (!scenario.changes.empty()) problems += "\n\nChanged since the baseline:\n\n```\n" + scenario.changes + "```";
  return text + problems + fmt::format("\n\n`{}`, seed {}\n\n</details>\n", cell_text(scenario.path), scenario.about.seed);
}

}  // namespace

std::string to_markdown(const Validation& validation) {
  std::string text = fmt::format("# {}: {}\n\n", mark_of(ending_of(validation)), cell_text(answer_line(validation)));
  text += scenarios_table(validation) + baseline_section(validation);
  std::size_t told = 0;
  for (const ValidatedScenario& scenario : validation.scenarios) {
    const std::string details = details_of(scenario);
    if (text.size() + details.size() > most_bytes) break;
    text += details;
    ++told;
  }
  const std::size_t left = validation.scenarios.size() - told;
  if (left > 0) text += fmt::format("\nThe details of {} more scenarios would not fit here.\n", left);
  return text + fmt::format("\nheadroom {}\n", headroom_version());
}

}  // namespace headroom
