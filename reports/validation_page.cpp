// The page that leads to the reports of what was validated.
#include <filesystem>

#include <fmt/format.h>

#include "reports/answer.hpp"
#include "reports/chart_page.hpp"
#include "reports/validation.hpp"

namespace headroom {
namespace {

std::string head(const std::vector<std::string>& titles) {
  std::string text = "<thead><tr>";
  for (const std::string& title : titles) text += fmt::format("<th scope=\"col\">{}</th>", escaped_html(title));
  return text + "</tr></thead>";
}

std::string cell(const std::string& text, bool is_number = false) {
  return fmt::format("<td{}>{}</td>", is_number ? " class=\"number\"" : "", escaped_html(text));
}

// The report lies in a folder below the page's.
std::string link_to(const ValidatedScenario& scenario, const std::string& text) {
  if (scenario.folder.empty()) return escaped_html(text);
  const std::string place = std::filesystem::path{scenario.folder}.filename().string() + "/report.html";
  return fmt::format("<a href=\"{}\">{}</a>", escaped_html(place), escaped_html(text));
}

std::string scenarios_table(const Validation& validation) {
  std::string text = head({"scenario", "verdict", "held", "missed", "open", "advisory missed", "cost per user", "worst margin"});
  for (const ValidatedScenario& scenario : validation.scenarios) {
    for (const ValidatedVariant& variant : scenario.variants) {
      const Verdict* const worst = worst_margin(variant);
      text += fmt::format("<tr><th scope=\"row\">{}</th>", link_to(scenario, title_of(scenario, variant))) +
              cell(std::string{to_text(variant.ending)});
      for (const Outcome outcome : {Outcome::pass, Outcome::fail, Outcome::inconclusive})
        text += cell(std::to_string(count_of(variant, outcome)), true);
      text += cell(std::to_string(count_of(variant, Outcome::fail, false)), true) + cell(cost_text(variant, "±"), true) +
              cell(worst == nullptr ? "" : margin_text(*worst), true) + "</tr>";
      for (const std::string& problem : variant.problems)
        text += fmt::format("<tr><td></td><td colspan=\"7\">{}</td></tr>", escaped_html(problem));
    }
  }
  return "<section><h2>Scenarios</h2><div class=\"scroll\"><table>" + text + "</table></div></section>\n";
}

std::string baseline_table(const Validation& validation) {
  if (!validation.baseline) return "";
  std::string text = head({"scenario", "objective", "before", "now", "change", ""});
  for (const BaselineRow& row : validation.baseline->rows) {
    text += fmt::format("<tr><th scope=\"row\">{}</th>", escaped_html(row.scenario + ", " + row.variant)) + cell(row.subject) +
            cell(before_text(row), true) + cell(now_text(row), true) + cell(change_text(row), true) + cell(standing_text(row)) +
            "</tr>";
  }
  text = "<section><h2>Against the baseline</h2><div class=\"scroll\"><table>" + text + "</table></div>";
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
