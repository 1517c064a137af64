// The page of a limit: how far inside its limit each required objective is, against the load.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "planning/curves.hpp"
#include "planning/html_table.hpp"
#include "planning/limit.hpp"
#include "reports/chart_page.hpp"
#include "reports/display.hpp"

namespace headroom {
namespace {

// A curve per required objective that has a margin somewhere.
Curves curves_of(const LoadLimit& limit) {
  Curves curves{.label = "How far inside its limit each objective is, by load",
                .x_title = limit.axis.is_load() ? "load, times the documented" : limit.axis.pointer,
                .level_name = "the limit"};
  for (const TriedLoad& one : limit.tried) {
    curves.at.push_back(limit.axis.shown(one.load));
    curves.places.push_back(number_text(curves.at.back()));
  }
  const std::vector<Verdict>& objectives = limit.documented().verdicts;
  double least = 0.0, most = 0.0;
  for (std::size_t o = 0; o < objectives.size(); ++o) {
    if (objectives[o].objective.severity != "required") continue;
    Curve curve{objectives[o].objective.that.text, {}};
    for (const TriedLoad& one : limit.tried) {
      const bool seen = o < one.verdicts.size() && one.verdicts[o].margin;
      curve.values.push_back(seen ? std::optional{100.0 * *one.verdicts[o].margin} : std::nullopt);
      if (!seen) continue;
      least = std::min(least, *curve.values.back());
      most = std::max(most, *curve.values.back());
    }
    if (std::ranges::any_of(curve.values, [](const auto& value) { return value.has_value(); }))
      curves.lines.push_back(std::move(curve));
  }
  curves.low = std::max(-100.0, std::min(least, -10.0));
  curves.high = std::min(100.0, std::max(most, 10.0));
  return curves;
}

}  // namespace

std::string limit_page(const LoadLimit& limit) {
  std::string body = "<p class=\"answer\">" + escaped_html(limit_sentence(limit)) + "</p>";
  for (const std::string& remark : limit_remarks(limit)) body += "<p class=\"note\">" + escaped_html(remark) + "</p>";
  body += "<section><h2>Margins of the objectives against the load</h2>" + curves_html(curves_of(limit)) +
          "<p class=\"note\">Above the broken line an objective holds: 20 %: a fifth of the limit, or of the failures it allows, "
          "is to spare. "
          "What is more than the limit beyond it stands at the lower edge.</p></section>";
  body += "<section><h2>Loads that were simulated</h2>" + html_table(limit_rows(limit, "±"), "Loads, in order") + "</section>";
  return chart_page({.title = "limit of " + limit.scenario.scenario.name,
                     .heading = "How much " + limit.scenario.scenario.name + " carries",
                     .facts = fmt::format("{} · over {} · {} runs", limit.scenario.name, limit.axis.pointer, limit.runs),
                     .body = body,
                     .data = nullptr,
                     .script = ""});
}

}  // namespace headroom
