#include "reports/load_headroom.hpp"

#include <algorithm>
#include <exception>

#include <fmt/format.h>

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

std::string headroom_sentence(const std::optional<LoadHeadroom>& headroom) {
  if (!headroom) return "";
  const std::string where =
      fmt::format("{} ({}){}", headroom->station, headroom->resource, headroom->scaled_out ? ", scaled out" : "");
  if (headroom->load < 1.0)
    return fmt::format("for {}x this load by arithmetic: {} is short", number_text(headroom->load), where);
  return fmt::format("for {}x this load by arithmetic, without lines and bursts; first {}", number_text(headroom->load), where);
}

}  // namespace headroom
