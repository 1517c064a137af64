// The page of a search for the cheapest: cost against the objective's value, and what was simulated.
#include <fmt/format.h>

#include "planning/cheapest.hpp"
#include "planning/drawing.hpp"
#include "planning/html_table.hpp"
#include "planning/svg.hpp"
#include "reports/chart_page.hpp"
#include "reports/display.hpp"
#include "reports/objective_unit.hpp"

namespace headroom {
namespace {

std::string scatter(const CheapestPlan& plan) {
  const ObjectiveSpec& objective = plan.scenario.scenario.objectives[plan.objective];
  const Dimension dimension = objective.that.lasting ? Dimension::time : dimension_of(objective.that.selector);
  std::vector<double> values{objective.that.lasting ? to_seconds(*objective.that.lasting) : objective.that.limit.value};
  for (const TriedConfiguration& one : plan.tried) {
    if (one.on_front) values.push_back(one.against.mean);
  }
  const DisplayUnit unit = objective_unit(objective.that, dimension, values);
  std::vector<ScatterPoint> points;
  for (std::size_t at = 0; at < plan.tried.size(); ++at) {
    const TriedConfiguration& one = plan.tried[at];
    if (one.cost.count == 0 || one.against.count == 0) continue;
    points.push_back({one.cost.mean, one.against.mean / unit.size, one.against.low / unit.size, one.against.high / unit.size,
                      fmt::format("{}: {} USD/month, {}", one.name, number_text(one.cost.mean), display(one.against.mean, unit)),
                      one.on_front, plan.answer == at});
  }
  const std::string title = title_of(objective.that.selector) + (unit.name.empty() ? "" : ", " + unit.name);
  return svg::for_both_screens(
      [&](double width) { return scatter_svg(points, "US dollars per month", title, values.front() / unit.size, width); });
}

}  // namespace

std::string cheapest_page(const CheapestPlan& plan) {
  std::string body = "<p class=\"answer\">" + escaped_html(cheapest_sentence(plan)) + "</p>";
  for (const std::string& remark : cheapest_remarks(plan)) body += "<p class=\"note\">" + escaped_html(remark) + "</p>";
  body +=
      "<section><h2>Cost against " + escaped_html(plan.scenario.scenario.objectives[plan.objective].that.text) + "</h2>" +
      scatter(plan) +
      "<p class=\"note\">Each point is a configuration with the interval of its value; the line joins the front, hollow points "
      "are not on it, the broken line is the limit, the large point the answer. Values far above the limit stand at the upper "
      "edge.</p></section>";
  body += "<section><h2>Configurations that were simulated</h2>" +
          html_table(cheapest_rows(plan, "±"), "Configurations, by cost") + "</section>";
  return chart_page(
      {.title = "cheapest of " + plan.scenario.scenario.name,
       .heading = "The cheapest " + plan.scenario.scenario.name + " that keeps its objectives",
       .facts = fmt::format("{} · {} configurations · {} runs", plan.scenario.name, count_text(plan.tried.size()), plan.runs),
       .body = body,
       .data = nullptr,
       .script = ""});
}

}  // namespace headroom
