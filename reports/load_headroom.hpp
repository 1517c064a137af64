// How much more load a scenario has room for, by arithmetic: the answer that needs no run, beside those that do.
#pragma once

#include <optional>
#include <string>

#include "scenarios/scenario.hpp"

namespace headroom {

struct LoadHeadroom {
  double load =
      0.0;  // times the scenario's load at which the first station is fully used at the peak; below 1: it is short already
  std::string station;      // "services/api"
  std::string resource;     // "cpu", "slots"
  bool scaled_out = false;  // counted at the most that its autoscaler may ask for and its nodes have room for
};

// From the traffic equations (scenarios/explain.hpp): what lines, bursts and start-ups take is not in it, so that objectives may
// be missed earlier. None where nothing has a capacity that could be reached, or a file that the scenario names is not there any
// more.
std::optional<LoadHeadroom> load_headroom(const Scenario& scenario);

// "by mean demand alone services/api (cpu), scaled out, is used up at 1.8x this load; …": never the number alone. Empty for none.
std::string headroom_sentence(const std::optional<LoadHeadroom>& headroom);

}  // namespace headroom
