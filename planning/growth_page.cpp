// The page of a growth plan: utilization of what fills up first, over the months.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "planning/curves.hpp"
#include "planning/growth.hpp"
#include "planning/html_table.hpp"
#include "reports/chart_page.hpp"

namespace headroom {
namespace {

constexpr std::size_t most_lines = 6;

Curves curves_of(const GrowthPlan& plan) {
  // Those that are used most in the end.
  std::vector<std::size_t> order;
  for (std::size_t s = 0; s < plan.stations.size(); ++s) order.push_back(s);
  std::ranges::stable_sort(order, std::greater{}, [&](std::size_t s) { return plan.months.back().used[s]; });
  order.resize(std::min(order.size(), most_lines));
  Curves curves{.label = "Utilization of the stations that fill up first, month by month",
                .level = 100.0 * plan.target,
                .level_name = "run out"};
  double most = curves.level;
  for (std::size_t m = 0; m < plan.months.size(); ++m) {
    curves.at.push_back(static_cast<double>(m));
    curves.places.push_back(plan.months[m].forecast.name);
  }
  for (const std::size_t s : order) {
    Curve& line = curves.lines.emplace_back(Curve{plan.stations[s].station + " (" + plan.stations[s].resource + ")", {}});
    for (const PlannedMonth& month : plan.months) {
      line.values.emplace_back(100.0 * month.used[s]);
      most = std::max(most, 100.0 * month.used[s]);
    }
  }
  curves.high = std::max(1.1 * curves.level, std::min(1.05 * most, 3.0 * curves.level));
  return curves;
}

}  // namespace

std::string growth_page(const GrowthPlan& plan) {
  std::string body = "<p class=\"answer\">" + escaped_html(growth_sentence(plan)) + "</p>";
  for (const std::string& remark : growth_remarks(plan)) body += "<p class=\"note\">" + escaped_html(remark) + "</p>";
  body += "<section><h2>Utilization at the peak, scaled out</h2>" + curves_html(curves_of(plan)) +
          "<p class=\"note\">At the broken line a component has run out; what is used far beyond it stands at the upper "
          "edge.</p></section>";
  if (!plan.running_out.empty())
    body +=
        "<section><h2>What runs out</h2>" + html_table(component_rows(plan), "Components, the first one first") + "</section>";
  body += "<section><h2>Month by month</h2>" + html_table(month_rows(plan, "±"), "Months; a verdict where one was simulated") +
          "</section>";
  return chart_page({.title = "growth of " + plan.scenario.scenario.name,
                     .heading = "When " + plan.scenario.scenario.name + " runs out",
                     .facts = fmt::format("{} · {} · {} runs", plan.scenario.name, plan.forecast.source, plan.runs),
                     .body = body,
                     .data = nullptr,
                     .script = ""});
}

}  // namespace headroom
