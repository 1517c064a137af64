#include "planning/bottleneck.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "reports/display.hpp"

namespace headroom {

double scaled_out_utilization(const StationLoad& load) {
  const double used = std::max(load.utilization, load.peak_utilization);
  return load.capacity_at_limit > 0.0 ? used * load.capacity / load.capacity_at_limit : used;
}

double mean_utilization_at_limit(const StationLoad& load) {
  return load.capacity_at_limit > 0.0 ? load.demand / load.capacity_at_limit : load.utilization;
}

std::optional<StationLoad> first_bottleneck(const Explanation& explanation) {
  const auto worst = std::ranges::max_element(explanation.stations, {}, scaled_out_utilization);
  return worst == explanation.stations.end() ? std::nullopt : std::optional{*worst};
}

std::string bottleneck_text(const StationLoad& load) {
  const std::string used = display(scaled_out_utilization(load), Dimension::ratio);
  const bool grows = load.capacity_at_limit > load.capacity * (1.0 + 1e-9);
  const std::string at_first = display(std::max(load.utilization, load.peak_utilization), Dimension::ratio);
  return fmt::format("{} ({}, {} used{})", load.station, load.resource, grows ? at_first : used,
                     grows ? " of what it starts with, " + used + " scaled out" : "");
}

}  // namespace headroom
