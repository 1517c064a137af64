// The tables for a terminal: plain ASCII, as wide as they are told, the most important line last.
#include <algorithm>

#include <fmt/format.h>

#include "reports/answer.hpp"
#include "reports/bill.hpp"
#include "reports/display.hpp"
#include "reports/objective_unit.hpp"
#include "reports/machine_facts.hpp"
#include "reports/ranking.hpp"
#include "reports/scaling_waterfall.hpp"
#include "reports/settings_differences.hpp"
#include "reports/study_report.hpp"
#include "reports/terminal_table.hpp"
#include "reports/text_layout.hpp"

namespace headroom {
namespace {

// What the marks of the table mean, as far as it has them; the same in Markdown and on the page.
std::string legend(const StudyReport& report, const std::vector<TerminalColumn>& columns, const Paint& paint, std::size_t width) {
  const auto has = [&](const char* mark) {
    return std::any_of(columns.begin(), columns.end(), [&](const TerminalColumn& column) {
      return std::find(column.marks.begin(), column.marks.end(), mark) != column.marks.end();
    });
  };
  const std::string& reference = report.file.variants.front().name;
  std::string text;
  const auto say = [&](const std::string& sentence) { text += paint.faint(wrapped(sentence, width, 3)) + "\n"; };
  if (has("=")) say("=  " + equal_legend(report));
  if (has("?")) say("?  " + too_few_legend(reference));
  return text + (text.empty() ? "" : "\n");
}

std::string comparison_text(const StudyReport& report, const Paint& paint, std::size_t width) {
  std::vector<TerminalColumn> columns(report.file.variants.size());
  std::vector<std::string> titles;
  for (std::size_t v = 0; v < columns.size(); ++v) columns[v].title = report.file.variants[v].name;
  for (const ComparisonRow& row : report.comparison) {
    titles.push_back(row.title);
    std::vector<double> means;
    for (const ComparisonCell& cell : row.cells) means.push_back(cell.value.mean);
    const DisplayUnit unit = unit_for(row.dimension, means);
    for (std::size_t v = 0; v < columns.size(); ++v) {
      const ComparisonCell& cell = row.cells[v];
      columns[v].cells.push_back(cell.value.count == 0 ? "-" : display(cell.value, unit, "+-"));
      columns[v].marks.emplace_back(cell.standing == Standing::equal ? "=" : cell.standing == Standing::too_few_runs ? "?" : "");
      columns[v].colours.emplace_back();
    }
  }
  return table_text("", titles, columns, paint, width) + legend(report, columns, paint, width);
}

std::string trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::string mark_of(Outcome outcome) { return outcome == Outcome::pass ? "ok" : outcome == Outcome::fail ? "x " : "? "; }

std::string objective_title(const ObjectiveSpec& objective) {
  return objective.that.text + (objective.severity == "advisory" ? " (advisory)" : "");
}

std::string remark_of(const Verdict& verdict) {
  const std::string margin = margin_text(verdict);
  const std::string explanation = explanation_text(verdict);
  return margin + (margin.empty() || explanation.empty() ? "" : "; ") + explanation;
}

// One variant: a line per objective with its interval and margin; all that does not fit beside the objective stands below it, in
// every row or in none.
std::string verdicts_of_one(const std::vector<Verdict>& verdicts, const Paint& paint, std::size_t width) {
  std::size_t title_width = 0, value_width = 0, bounds_width = 0, remark_width = 0;
  std::vector<std::string> bounds;
  for (const Verdict& verdict : verdicts) {
    bounds.push_back(bounds_text(verdict.value, objective_unit(verdict.objective.that, verdict.dimension, {&verdict.value.mean, 1})));
    title_width = std::max(title_width, width_of(objective_title(verdict.objective)));
    value_width = std::max(value_width, width_of(value_text(verdict, "")));
    bounds_width = std::max(bounds_width, width_of(bounds.back()));
    remark_width = std::max(remark_width, width_of(remark_of(verdict)));
  }
  const bool fits = 5 + title_width + 2 + value_width + 2 + bounds_width + 2 + remark_width <= width;
  std::string text = "OBJECTIVES\n";
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    const std::string title = objective_title(verdicts[i].objective), value = value_text(verdicts[i], ""),
                      remark = remark_of(verdicts[i]);
    const std::string line = "  " + paint(verdicts[i].outcome, mark_of(verdicts[i].outcome)) + " ";
    if (fits) {
      const std::string interval = bounds_width == 0 ? "" : "  " + padded(bounds[i], bounds_width);
      text += trimmed(line + padded(title, title_width) + "  " + padded(value, value_width) + interval + "  " + remark) + "\n";
    } else {
      const std::string details = value + (bounds[i].empty() ? "" : "  " + bounds[i]) + (remark.empty() ? "" : "; " + remark);
      text += line + wrapped(title, width, 9, 5) + "\n       " + wrapped(details, width, 9, 7) + "\n";
    }
  }
  return text + "\n";
}

// Objectives of all variants in the order in which they first appear: a variant may have its own.
std::vector<std::string> all_objectives(const StudyReport& report) {
  std::vector<std::string> titles;
  for (const std::vector<Verdict>& verdicts : report.verdicts) {
    for (const Verdict& verdict : verdicts) {
      const std::string title = objective_title(verdict.objective);
      if (std::find(titles.begin(), titles.end(), title) == titles.end()) titles.push_back(title);
    }
  }
  return titles;
}

// What a variant does not keep, and why, under its name; and what is to be known of what it keeps.
std::string remarks_of(const std::string& name, const std::vector<Verdict>& verdicts, const Paint& paint, std::size_t width) {
  std::string text;
  for (const Verdict& verdict : verdicts) {
    const std::string remark = remark_of(verdict);
    if (remark.empty() || (verdict.outcome == Outcome::pass && explanation_text(verdict).empty())) continue;
    const std::string value = verdict.value.count == 0 ? "" : value_text(verdict, "") + ", ";
    text += "  " + paint(verdict.outcome, mark_of(verdict.outcome)) + " " +
            wrapped(objective_title(verdict.objective) + ": " + value + remark, width, 7, 5) + "\n";
  }
  return text.empty() ? "" : paint.strong(name) + "\n" + text;
}

std::string verdicts_of_many(const StudyReport& report, const Paint& paint, std::size_t width) {
  const std::vector<std::string> titles = all_objectives(report);
  std::vector<TerminalColumn> columns(report.verdicts.size());
  std::string remarks;
  for (std::size_t v = 0; v < columns.size(); ++v) {
    TerminalColumn& column = columns[v];
    column.title = report.file.variants[v].name;
    column.cells.assign(titles.size(), "");
    column.colours.assign(titles.size(), std::nullopt);
    for (const Verdict& verdict : report.verdicts[v]) {
      const auto row =
          static_cast<std::size_t>(std::find(titles.begin(), titles.end(), objective_title(verdict.objective)) - titles.begin());
      column.cells[row] = mark_of(verdict.outcome) + " " + value_text(verdict, "");
      column.colours[row] = verdict.outcome;
    }
    remarks += remarks_of(column.title, report.verdicts[v], paint, width);
  }
  return table_text("OBJECTIVES", titles, columns, paint, width) + remarks + (remarks.empty() ? "" : "\n");
}

std::string upper(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return result;
}

std::string outcome_text(const StudyReport& report, const Paint& paint, std::size_t width) {
  const std::vector<VariantAnswer> answers = answers_of(report);
  std::string text;
  std::size_t name_width = 0;
  for (const VariantAnswer& answer : answers) name_width = std::max(name_width, width_of(answer.variant));
  for (const VariantAnswer& answer : answers) {
    const std::string word = paint(answer.outcome, padded(upper(to_text(answer.outcome)), 12));
    const std::string subject = answers.size() > 1 ? padded(answer.variant, name_width) + "   " : "";
    text += word + "  " + subject + wrapped(answer.summary, width, 16, 14 + width_of(subject)) + "\n";
  }
  if (answers.size() > 1) return text + paint.strong(wrapped(answer_line(report), width, 2)) + "\n";
  // Before the verdict, which is the last line.
  const std::string room = headroom_sentence(report.headrooms.front());
  return (room.empty() ? "" : wrapped("room          " + room, width, 14) + "\n") + text;
}

std::string heading(const StudyReport& report, const Paint& paint, std::size_t width) {
  const Scenario& scenario = report.file.variants.front().scenario;
  std::size_t fewest = report.study.runs.front().size(), most = fewest;
  for (const auto& runs : report.study.runs) fewest = std::min(fewest, runs.size()), most = std::max(most, runs.size());
  const std::string runs = fewest == most ? std::to_string(most) : fmt::format("{} to {}", fewest, most);
  const std::string left = fmt::format("{}  {}, {} replication{}, seed {}", scenario.name,
                                       span_text(to_seconds(scenario.duration)), runs, most == 1 ? "" : "s", scenario.seed);
  const std::string right = fmt::format("{:.1f} s", report.wall_seconds);
  const std::size_t used = width_of(left) + right.size();
  const std::string facts = to_text(machine_facts_of(report.study));
  const std::string second = facts.empty() ? "" : paint.faint(wrapped(facts, width, 2)) + "\n";
  if (used + 2 > width) return paint.strong(wrapped(left, width, 2)) + "\n  " + right + "\n" + second + "\n";
  return paint.strong(left) + std::string(width - used, ' ') + right + "\n" + second + "\n";
}

}  // namespace

std::string to_terminal(const StudyReport& report, bool colour, std::size_t width) {
  const Paint paint{colour};
  std::string text = heading(report, paint, width) + (report.is_tournament ? "" : settings_text(report, width)) +
                     comparison_text(report, paint, width);
  if (!all_objectives(report).empty()) {
    text += report.verdicts.size() == 1 ? verdicts_of_one(report.verdicts.front(), paint, width)
                                        : verdicts_of_many(report, paint, width);
  }
  text += ranking_text(report, paint, width);
  if (report.file.variants.size() == 1) text += scaling_text(report, paint, width);
  text += bill_text(report, paint, width);
  const std::vector<std::string> caveats = caveats_of(report);
  for (const std::string& caveat : caveats) text += wrapped("!  " + caveat, width, 3) + "\n";
  return text + (caveats.empty() ? "" : "\n") + outcome_text(report, paint, width);
}

}  // namespace headroom
