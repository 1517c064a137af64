#include "reports/load_headroom.hpp"

#include <algorithm>
#include <exception>

#include <fmt/format.h>

#include "reports/demand_bound.hpp"
#include "reports/display.hpp"
#include "scenarios/builder.hpp"
#include "scenarios/explain.hpp"

namespace headroom {

std::optional<LoadHeadroom> load_headroom(const Scenario& scenario) {
  Explanation explanation;
  try {
    explanation = explain(build_blueprint(scenario));
  } catch (const std::exception&) {
    return std::nullopt;  // a trace that lay beside the scenario when it was run
  }
  std::optional<LoadHeadroom> first;
  for (const StationLoad& station : explanation.stations) {
    const double used = std::max(station.utilization, station.peak_utilization);
    if (!(used > 0.0) || !(station.capacity > 0.0)) continue;
    const double load = station.capacity_at_limit / station.capacity / used;
    if (first && first->load <= load) continue;
    first = LoadHeadroom{load, station.station, station.resource, station.capacity_at_limit > station.capacity};
  }
  return first;
}

std::string demand_bound_text(const std::optional<LoadHeadroom>& headroom) {
  if (!headroom) return "";
  return fmt::format("{} ({}){} is used up at {}x this load", headroom->station, headroom->resource,
                     headroom->scaled_out ? ", scaled out," : "", number_text(headroom->load));
}

std::string limit_command(const std::string& scenario) {
  return "headroom plan limit " + (scenario.empty() ? "SCENARIO" : scenario);
}

std::string headroom_sentence(const std::optional<LoadHeadroom>& headroom) {
  if (!headroom) return "";
  const std::string known = "by mean demand alone " + demand_bound_text(headroom);
  if (headroom->load < 1.0) return known;
  return known + "; lines and bursts break objectives earlier, simulation finds where: " + limit_command("");
}

}  // namespace headroom
