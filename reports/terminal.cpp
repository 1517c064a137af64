// The table for a terminal: plain ASCII, at most 100 columns, the most important line last.
#include <algorithm>

#include <fmt/format.h>

#include "reports/answer.hpp"
#include "reports/display.hpp"
#include "reports/study_report.hpp"

namespace headroom {
namespace {

constexpr std::size_t widest_line = 100;

// ANSI colours, or nothing.
class Paint {
 public:
  explicit Paint(bool colour) : colour_{colour} {}
  std::string operator()(Outcome outcome, const std::string& text) const {
    return wrap(outcome == Outcome::pass ? "32" : outcome == Outcome::fail ? "31" : "33", text);
  }
  std::string strong(const std::string& text) const { return wrap("1", text); }
  std::string faint(const std::string& text) const { return wrap("2", text); }

 private:
  std::string wrap(const char* code, const std::string& text) const { return colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : text; }
  bool colour_;
};

// Characters, not bytes: names may be written in any script.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string padded(std::string text, std::size_t width) {
  const std::size_t used = width_of(text);
  if (used < width) text.append(width - used, ' ');
  return text;
}

std::string trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

// Cells that go under one variant, with what colours them.
struct Column {
  std::string title;
  std::vector<std::string> cells;
  std::vector<std::optional<Outcome>> colours;
  std::size_t width() const {
    std::size_t width = width_of(title);
    for (const std::string& cell : cells) width = std::max(width, width_of(cell));
    return width;
  }
};

// A table whose columns wrap into blocks below each other when they do not fit beside each other.
std::string table_text(const std::string& heading, const std::vector<std::string>& titles, const std::vector<Column>& columns, const Paint& paint) {
  std::size_t first = width_of(heading);
  for (const std::string& title : titles) first = std::max(first, width_of(title));
  std::string text;
  for (std::size_t begin = 0; begin < columns.size();) {
    std::size_t end = begin, used = first;
    while (end < columns.size() && (end == begin || used + 3 + columns[end].width() <= widest_line)) used += 3 + columns[end++].width();
    const auto line = [&](const std::string& title, auto cell) {
      std::string row = padded(title, first);
      for (std::size_t c = begin; c < end; ++c) row += "   " + cell(columns[c]);
      text += trimmed(std::move(row)) + "\n";
    };
    line(heading, [&](const Column& column) { return paint.strong(padded(column.title, column.width())); });
    for (std::size_t r = 0; r < titles.size(); ++r) {
      line(titles[r], [&](const Column& column) {
        const std::string cell = padded(column.cells[r], column.width());
        return column.colours[r] ? paint(*column.colours[r], cell) : cell;
      });
    }
    text += "\n";
    begin = end;
  }
  return text;
}

bool is_equal(const ComparisonCell& cell) { return cell.difference && cell.difference->difference.known && !cell.distinguishable; }

std::string comparison_text(const StudyReport& report, const Paint& paint) {
  std::vector<Column> columns(report.file.variants.size());
  std::vector<std::string> titles;
  bool any_equal = false;
  for (std::size_t v = 0; v < columns.size(); ++v) columns[v].title = report.file.variants[v].name;
  for (const ComparisonRow& row : report.comparison) {
    titles.push_back(row.title);
    std::vector<double> means;
    for (const ComparisonCell& cell : row.cells) means.push_back(cell.value.mean);
    const DisplayUnit unit = unit_for(row.dimension, means);
    for (std::size_t v = 0; v < columns.size(); ++v) {
      const ComparisonCell& cell = row.cells[v];
      any_equal = any_equal || is_equal(cell);
      columns[v].cells.push_back(cell.value.count == 0 ? "-" : display(cell.value, unit, "+-") + (is_equal(cell) ? " =" : ""));
      columns[v].colours.emplace_back();
    }
  }
  std::string text = table_text("", titles, columns, paint);
  if (any_equal) text += paint.faint(fmt::format("=  not distinguishable from {} (paired, 95 %, Holm)", report.file.variants.front().name)) + "\n\n";
  return text;
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

// One variant: a line per objective with its interval and margin.
std::string verdicts_of_one(const std::vector<Verdict>& verdicts, const Paint& paint) {
  std::size_t title_width = 0, value_width = 0, bounds_width = 0;
  std::vector<std::string> bounds;
  for (const Verdict& verdict : verdicts) {
    bounds.push_back(bounds_text(verdict.value, unit_for(verdict.dimension, {&verdict.value.mean, 1})));
    title_width = std::max(title_width, width_of(objective_title(verdict.objective)));
    value_width = std::max(value_width, width_of(value_text(verdict, "")));
    bounds_width = std::max(bounds_width, width_of(bounds.back()));
  }
  std::string text = "OBJECTIVES\n";
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    const std::string remark = remark_of(verdicts[i]);
    std::string line = "  " + paint(verdicts[i].outcome, mark_of(verdicts[i].outcome)) + " " +
                       padded(objective_title(verdicts[i].objective), title_width) + "  " + padded(value_text(verdicts[i], ""), value_width) +
                       (bounds_width == 0 ? "" : "  " + padded(bounds[i], bounds_width));
    const bool fits = 5 + title_width + 2 + value_width + (bounds_width == 0 ? 0 : 2 + bounds_width) + 2 + width_of(remark) <= widest_line;
    if (fits) line += "  " + remark;
    text += trimmed(std::move(line)) + "\n";
    if (!fits) text += "       " + remark + "\n";
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

std::string verdicts_of_many(const StudyReport& report, const Paint& paint) {
  const std::vector<std::string> titles = all_objectives(report);
  std::vector<Column> columns(report.verdicts.size());
  std::vector<std::string> remarks;
  for (std::size_t v = 0; v < columns.size(); ++v) {
    Column& column = columns[v];
    column.title = report.file.variants[v].name;
    column.cells.assign(titles.size(), "");
    column.colours.assign(titles.size(), std::nullopt);
    for (const Verdict& verdict : report.verdicts[v]) {
      const std::string title = objective_title(verdict.objective);
      const auto row = static_cast<std::size_t>(std::find(titles.begin(), titles.end(), title) - titles.begin());
      column.cells[row] = mark_of(verdict.outcome) + " " + value_text(verdict, "");
      column.colours[row] = verdict.outcome;
      const std::string remark = remark_of(verdict);
      if (verdict.outcome == Outcome::pass || remark.empty()) continue;
      const std::string subject = "  " + column.title + ": " + title + ":";
      const bool fits = width_of(subject) + 1 + width_of(remark) <= widest_line;
      remarks.push_back(fmt::format("{}{}{}\n", subject, fits ? " " : "\n       ", remark));
    }
  }
  std::string text = table_text("OBJECTIVES", titles, columns, paint);
  for (const std::string& remark : remarks) text += remark;
  return text + (remarks.empty() ? "" : "\n");
}

std::string upper(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return result;
}

std::string outcome_text(const StudyReport& report, const Paint& paint) {
  const std::vector<VariantAnswer> answers = answers_of(report);
  std::string text;
  std::size_t name_width = 0;
  for (const VariantAnswer& answer : answers) name_width = std::max(name_width, width_of(answer.variant));
  for (const VariantAnswer& answer : answers) {
    const std::string word = paint(answer.outcome, padded(upper(to_text(answer.outcome)), 12));
    text += word + "  " + (answers.size() > 1 ? padded(answer.variant, name_width) + "   " : "") + answer.summary + "\n";
  }
  return answers.size() > 1 ? text + paint.strong(answer_line(report)) + "\n" : text;
}

std::string heading(const StudyReport& report, const Paint& paint) {
  const Scenario& scenario = report.file.variants.front().scenario;
  std::size_t fewest = report.study.runs.front().size(), most = fewest;
  for (const auto& runs : report.study.runs) fewest = std::min(fewest, runs.size()), most = std::max(most, runs.size());
  const std::string runs = fewest == most ? std::to_string(most) : fmt::format("{} to {}", fewest, most);
  const std::string left = fmt::format("{}  {}, {} replication{}, seed {}", scenario.name, span_text(to_seconds(scenario.duration)), runs,
                                       most == 1 ? "" : "s", scenario.seed);
  const std::string right = fmt::format("{:.1f} s", report.wall_seconds);
  const std::size_t gap = width_of(left) + right.size() + 2 < widest_line ? widest_line - width_of(left) - right.size() : 2;
  return paint.strong(left) + std::string(gap, ' ') + right + "\n\n";
}

}  // namespace

std::string to_terminal(const StudyReport& report, bool colour) {
  const Paint paint{colour};
  std::string text = heading(report, paint) + comparison_text(report, paint);
  if (!all_objectives(report).empty()) {
    text += report.verdicts.size() == 1 ? verdicts_of_one(report.verdicts.front(), paint) : verdicts_of_many(report, paint);
  }
  const std::vector<std::string> caveats = caveats_of(report);
  for (const std::string& caveat : caveats) text.append("!  ").append(caveat).append("\n");
  return text + (caveats.empty() ? "" : "\n") + outcome_text(report, paint);
}

}  // namespace headroom
