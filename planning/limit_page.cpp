// The page of a limit: how far inside its limit each required objective is, against the load.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "planning/html_table.hpp"
#include "planning/limit.hpp"
#include "reports/chart_page.hpp"

namespace headroom {
namespace {

using nlohmann::json;

// A curve per required objective that has a margin somewhere.
json curves_of(const LoadLimit& limit) {
  json loads = json::array(), lines = json::array();
  for (const TriedLoad& one : limit.tried) loads.push_back(limit.axis.shown(one.load));
  const std::vector<Verdict>& objectives = limit.documented().verdicts;
  for (std::size_t o = 0; o < objectives.size(); ++o) {
    if (objectives[o].objective.severity != "required") continue;
    json values = json::array();
    bool any = false;
    for (const TriedLoad& one : limit.tried) {
      const bool seen = o < one.verdicts.size() && one.verdicts[o].margin;
      any = any || seen;
      values.push_back(seen ? json(100.0 * *one.verdicts[o].margin) : json());
    }
    if (any) lines.push_back({{"label", objectives[o].objective.that.text}, {"values", std::move(values)}});
  }
  return {{"loads", std::move(loads)}, {"lines", std::move(lines)}};
}

constexpr std::string_view draw_script = R"JS(
const colour = (i) => getComputedStyle(document.documentElement).getPropertyValue("--c" + i).trim() || "#0072b2";
const place = document.querySelector("[data-margins]");
const ink = getComputedStyle(document.body).color;
new uPlot({
  width: Math.min(1200, place.clientWidth), height: 360,
  scales: { x: { time: false }, y: { range: (u, low, high) => [Math.max(-100, Math.min(low, -10)), Math.min(100, Math.max(high, 10))] } },
  axes: [{ stroke: ink, label: data.axis }, { stroke: ink, size: 70, values: (u, s) => s.map((v) => v + " %") }],
  series: [{ label: data.axis, value: (u, v) => (v == null ? "" : String(Number(v.toPrecision(4)))) },
    ...data.lines.map((line, i) => ({ label: line.label, stroke: colour(i), width: 2, points: { show: true },
      value: (u, v) => (v == null ? "" : v.toFixed(1) + " %") }))],
  hooks: { draw: [(u) => {
    const y = u.valToPos(0, "y", true);
    u.ctx.save(); u.ctx.strokeStyle = ink; u.ctx.setLineDash([6, 4]); u.ctx.beginPath();
    u.ctx.moveTo(u.bbox.left, y); u.ctx.lineTo(u.bbox.left + u.bbox.width, y); u.ctx.stroke(); u.ctx.restore();
  }] },
}, [data.loads, ...data.lines.map((line) => line.values)], place);
)JS";

}  // namespace

std::string limit_page(const LoadLimit& limit) {
  json data = curves_of(limit);
  data["axis"] = limit.axis.is_load() ? "load, times the documented" : limit.axis.pointer;
  std::string body = "<p><strong>" + escaped_html(limit_sentence(limit)) + "</strong></p>";
  for (const std::string& remark : limit_remarks(limit)) body += "<p class=\"note\">" + escaped_html(remark) + "</p>";
  body +=
      "<section><h2>Margins of the objectives against the load</h2><div data-margins role=\"img\" aria-label=\"How far inside "
      "its limit each objective is, by load; the numbers are in the table below\"></div><p class=\"note\">Above the broken line "
      "an objective holds: 20 % is a value that is a fifth of the limit away from it.</p></section>";
  body += "<section><h2>Loads that were simulated</h2>" + html_table(limit_rows(limit, "±"), "Loads, in order") + "</section>";
  return chart_page({.title = "limit of " + limit.scenario.scenario.name,
                     .heading = "How much " + limit.scenario.scenario.name + " carries",
                     .facts = fmt::format("{} · over {} · {} runs", limit.scenario.name, limit.axis.pointer, limit.runs),
                     .body = body,
                     .data = std::move(data),
                     .script = draw_script});
}

}  // namespace headroom
