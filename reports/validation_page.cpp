// The page that leads to the reports of what was validated.
#include <filesystem>
#include <string_view>

#include <fmt/format.h>

#include "reports/answer.hpp"
#include "reports/chart_page.hpp"
#include "reports/validation.hpp"

namespace headroom {
namespace {

struct Column {
  std::string title;
  bool is_number = false;
};

std::string head(const std::vector<Column>& columns) {
  std::string text = "<thead><tr>";
  for (const Column& one : columns)
    text += fmt::format("<th scope=\"col\"{}>{}</th>", one.is_number ? " class=\"number\"" : "", escaped_html(one.title));
  return text + "</tr></thead><tbody>";
}

std::string cell(const std::string& text, const Column& column) {
  if (text.empty()) return "<td></td>";
  return fmt::format("<td{} data-label=\"{}\">{}</td>", column.is_number ? " class=\"number\"" : "", escaped_html(column.title),
                     escaped_html(text));
}

std::string verdict_cell(Ending ending) {
  const std::string_view outcome = ending == Ending::held ? "pass" : ending == Ending::open ? "inconclusive" : "fail";
  const std::string_view mark = ending == Ending::held ? "✓" : ending == Ending::open ? "?" : "✗";
  return fmt::format("<td><span class=\"badge {}\">{} {}</span></td>", outcome, mark, to_text(ending));
}

// The report lies in a folder below the page's.
std::string link_to(const ValidatedScenario& scenario, const std::string& text) {
  if (scenario.folder.empty()) return escaped_html(text);
  const std::string place = std::filesystem::path{scenario.folder}.filename().string() + "/report.html";
  return fmt::format("<a href=\"{}\">{}</a>", escaped_html(place), escaped_html(text));
}

std::string scenarios_table(const Validation& validation) {
  const std::vector<Column> columns{{"scenario"},
                                    {"verdict"},
                                    {"held", true},
                                    {"missed", true},
                                    {"open", true},
                                    {"advisory missed", true},
                                    {"cost per user", true},
                                    {"worst margin", true}};
  std::string text = head(columns);
  for (const ValidatedScenario& scenario : validation.scenarios) {
    for (const ValidatedVariant& variant : scenario.variants) {
      const Verdict* const worst = worst_margin(variant);
      text += fmt::format("<tr><th scope=\"row\">{}</th>", link_to(scenario, title_of(scenario, variant))) +
              verdict_cell(variant.ending);
      std::size_t column = 2;
      for (const Outcome outcome : {Outcome::pass, Outcome::fail, Outcome::inconclusive})
        text += cell(std::to_string(count_of(variant, outcome)), columns[column++]);
      text += cell(std::to_string(count_of(variant, Outcome::fail, false)), columns[5]) +
              cell(cost_text(variant, "±"), columns[6]) + cell(worst == nullptr ? "" : margin_text(*worst), columns[7]) + "</tr>";
      for (const std::string& problem : variant.problems)
        text += fmt::format("<tr><td></td><td colspan=\"7\">{}</td></tr>", escaped_html(problem));
    }
  }
  return "<section><h2>Scenarios</h2><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Scenarios\"><table "
         "class=\"plan cards\">" +
         text + "</tbody></table></div></section>\n";
}

std::string baseline_table(const Validation& validation) {
  if (!validation.baseline) return "";
  const std::vector<Column> columns{{"scenario"}, {"objective"}, {"before", true}, {"now", true}, {"change", true}, {"standing"}};
  std::string text = head(columns);
  for (const BaselineRow& row : validation.baseline->rows) {
    text += fmt::format("<tr><th scope=\"row\">{}</th>", escaped_html(row.scenario + ", " + row.variant)) +
            cell(row.subject, columns[1]) + cell(before_text(row), columns[2]) + cell(now_text(row), columns[3]) +
            cell(change_text(row), columns[4]) + cell(standing_text(row), columns[5]) + "</tr>";
  }
  text =
      "<section><h2>Against the baseline</h2><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Against the "
      "baseline\"><table class=\"plan cards\">" +
      text + "</tbody></table></div>";
  for (const std::string& remark : validation.baseline->remarks) text += fmt::format("<p>{}</p>", escaped_html(remark));
  return text + "</section>\n";
}

}  // namespace

std::string to_html(const Validation& validation) {
  return chart_page({.title = "Validation",
                     .heading = answer_line(validation),
                     .facts = fmt::format("{} scenarios", validation.scenarios.size()),
                     .body = scenarios_table(validation) + baseline_table(validation),
                     .data = nullptr,
                     .script = ""});
}

}  // namespace headroom
