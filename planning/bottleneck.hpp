// The station that arithmetic expects to give way first, once everything is scaled out as far as it may be.
#pragma once

#include <optional>

#include "scenarios/explain.hpp"

namespace headroom {

// Of its capacity at its limit, at the peak of the run. 1: no more comes through.
double scaled_out_utilization(const StationLoad& load);
// The same at the mean demand. Above 1 what waits grows for as long as the run is.
double mean_utilization_at_limit(const StationLoad& load);
// None where nothing has a capacity.
std::optional<StationLoad> first_bottleneck(const Explanation& explanation);

// "services/api (cpu, 97 % used)", "services/api (cpu, 130 % used of what it starts with, 43 % scaled out)".
std::string bottleneck_text(const StationLoad& load);

}  // namespace headroom
