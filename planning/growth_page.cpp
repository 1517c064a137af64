// The page of a growth plan: utilization of what fills up first, over the months.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "planning/growth.hpp"
#include "planning/html_table.hpp"
#include "reports/chart_page.hpp"

namespace headroom {
namespace {

using nlohmann::json;

constexpr std::size_t most_lines = 6;

// Those that are used most in the end.
json lines_of(const GrowthPlan& plan) {
  std::vector<std::size_t> order;
  for (std::size_t s = 0; s < plan.stations.size(); ++s) order.push_back(s);
  std::ranges::stable_sort(order, std::greater{}, [&](std::size_t s) { return plan.months.back().used[s]; });
  order.resize(std::min(order.size(), most_lines));
  json lines = json::array();
  for (const std::size_t s : order) {
    json values = json::array();
    for (const PlannedMonth& month : plan.months) values.push_back(100.0 * month.used[s]);
    lines.push_back(
        {{"label", plan.stations[s].station + " (" + plan.stations[s].resource + ")"}, {"values", std::move(values)}});
  }
  return lines;
}

constexpr std::string_view draw_script = R"JS(
const colour = (i) => getComputedStyle(document.documentElement).getPropertyValue("--c" + i).trim() || "#0072b2";
const place = document.querySelector("[data-growth]");
const ink = getComputedStyle(document.body).color;
const x = data.months.map((_, i) => i);
new uPlot({
  width: Math.min(1200, place.clientWidth), height: 360,
  scales: { x: { time: false }, y: { range: (u, low, high) => [0, Math.max(110, Math.min(high * 1.05, 300))] } },
  axes: [{ stroke: ink, splits: () => x.filter((i) => i % Math.ceil(x.length / 8) === 0), values: (u, s) => s.map((i) => data.months[i]) },
    { stroke: ink, size: 70, values: (u, s) => s.map((v) => v + " %") }],
  series: [{ label: "month", value: (u, v) => (v == null ? "" : data.months[v]) },
    ...data.lines.map((line, i) => ({ label: line.label, stroke: colour(i), width: 2,
      value: (u, v) => (v == null ? "" : v.toFixed(1) + " %") }))],
  hooks: { draw: [(u) => {
    const y = u.valToPos(data.target, "y", true);
    u.ctx.save(); u.ctx.strokeStyle = ink; u.ctx.setLineDash([6, 4]); u.ctx.beginPath();
    u.ctx.moveTo(u.bbox.left, y); u.ctx.lineTo(u.bbox.left + u.bbox.width, y); u.ctx.stroke(); u.ctx.restore();
  }] },
}, [x, ...data.lines.map((line) => line.values)], place);
)JS";

}  // namespace

std::string growth_page(const GrowthPlan& plan) {
  json months = json::array();
  for (const PlannedMonth& month : plan.months) months.push_back(month.forecast.name);
  std::string body = "<p><strong>" + escaped_html(growth_sentence(plan)) + "</strong></p>";
  for (const std::string& remark : growth_remarks(plan)) body += "<p class=\"note\">" + escaped_html(remark) + "</p>";
  body +=
      "<section><h2>Utilization at the peak, scaled out</h2><div data-growth role=\"img\" aria-label=\"Utilization of the "
      "stations that fill up first, month by month; the numbers are in the table below\"></div><p class=\"note\">At the broken "
      "line a component has run out.</p></section>";
  if (!plan.running_out.empty())
    body +=
        "<section><h2>What runs out</h2>" + html_table(component_rows(plan), "Components, the first one first") + "</section>";
  body += "<section><h2>Month by month</h2>" + html_table(month_rows(plan, "±"), "Months; a verdict where one was simulated") +
          "</section>";
  return chart_page({.title = "growth of " + plan.scenario.scenario.name,
                     .heading = "When " + plan.scenario.scenario.name + " runs out",
                     .facts = fmt::format("{} · {} · {} runs", plan.scenario.name, plan.forecast.source, plan.runs),
                     .body = body,
                     .data = {{"months", std::move(months)}, {"target", 100.0 * plan.target}, {"lines", lines_of(plan)}},
                     .script = draw_script});
}

}  // namespace headroom
