// A scenario said back: every setting that was in force, defaults included, as (pointer with names, value).
#pragma once

#include <string>
#include <vector>

#include "scenarios/scenario.hpp"

namespace headroom {

struct Setting {
  std::string pointer;  // "/services/api/autoscaler/target"
  std::string value;    // "70 %"
};

// In the order of the scenario's own description. Assumptions and objectives are left out: reports show them by themselves.
std::vector<Setting> settings_of(const Scenario& scenario);

}  // namespace headroom
