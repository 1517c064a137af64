// summary.md: for a pull request or a step summary, verdicts first.
#include <algorithm>

#include <fmt/format.h>

#include "reports/answer.hpp"
#include "reports/bill.hpp"
#include "reports/display.hpp"
#include "reports/markdown_table.hpp"
#include "reports/ranking.hpp"
#include "reports/settings_differences.hpp"
#include "reports/study_report.hpp"

namespace headroom {
namespace {

std::string verdicts_table(const StudyReport& report) {
  const bool many = report.file.variants.size() > 1;
  std::vector<std::string> titles{"verdict", "objective"};
  if (many) titles.insert(titles.begin(), "variant");
  titles.insert(titles.end(), {"value", "margin", "remark"});
  std::string text = table_head(titles, {"value", "margin"});
  for (std::size_t v = 0; v < report.file.variants.size(); ++v) {
    for (const Verdict& verdict : report.verdicts[v]) {
      std::vector<std::string> cells{std::string{mark_of(verdict.outcome)}, verdict.objective.that.text};
      if (verdict.objective.severity == "advisory") cells.back() += " (advisory)";
      if (many) cells.insert(cells.begin(), report.file.variants[v].name);
      cells.insert(cells.end(), {value_text(verdict, "±"), margin_text(verdict), explanation_text(verdict)});
      text += row_text(cells);
    }
  }
  return text;
}

std::string comparison_table(const StudyReport& report) {
  std::vector<std::string> names;
  for (const NamedScenario& variant : report.file.variants) names.push_back(variant.name);
  std::vector<std::string> titles = names;
  titles.insert(titles.begin(), "measure");
  std::string text = table_head(titles, names);
  bool any_equal = false, any_too_few = false;
  for (const ComparisonRow& row : report.comparison) {
    std::vector<double> means;
    for (const ComparisonCell& cell : row.cells) means.push_back(cell.value.mean);
    const DisplayUnit unit = unit_for(row.dimension, means);
    std::vector<std::string> cells{row.title};
    for (const ComparisonCell& cell : row.cells) {
      const bool equal = cell.standing == Standing::equal, too_few = cell.standing == Standing::too_few_runs;
      any_equal = any_equal || equal;
      any_too_few = any_too_few || too_few;
      cells.push_back(cell.value.count == 0 ? "" : display(cell.value, unit, "±") + (equal ? " ≈" : too_few ? " ❔" : ""));
    }
    text += row_text(cells);
  }
  const std::string& reference = report.file.variants.front().name;
  if (any_equal) text += "\n≈ " + equal_legend(report) + "\n";
  if (any_too_few) text += "\n❔ " + too_few_legend(reference) + "\n";
  return text;
}

}  // namespace

std::string to_markdown(const StudyReport& report) {
  const Scenario& scenario = report.file.variants.front().scenario;
  std::string text = "# " + cell_text(scenario.name) + "\n\n";
  for (const VariantAnswer& answer : answers_of(report)) {
    text += fmt::format("- **{}** {}.\n", cell_text(answer.variant), cell_text(answer.sentence));
  }
  text += ranking_markdown(report);
  const bool any_objective =
      std::any_of(report.verdicts.begin(), report.verdicts.end(), [](const auto& list) { return !list.empty(); });
  if (any_objective) text += "\n## Verdicts\n\n" + verdicts_table(report);
  if (!report.is_tournament) text += settings_markdown(report);
  text += "\n## Comparison\n\n" + comparison_table(report);
  text += bill_markdown(report);
  for (const std::string& caveat : caveats_of(report)) text += "\n> " + cell_text(caveat) + "\n";
  text += fmt::format("\n{} simulated, seed {}, headroom {}\n", span_text(to_seconds(scenario.duration)), scenario.seed,
                      headroom_version());
  return text;
}

}  // namespace headroom
