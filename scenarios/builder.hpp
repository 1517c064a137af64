// From a checked Scenario to a Blueprint: names become indices. Never throws for a scenario that read_scenario returned.
#pragma once

#include "scenarios/scenario.hpp"
#include "sim/cluster/blueprint.hpp"

namespace headroom {

Blueprint build_blueprint(const Scenario& scenario);

}  // namespace headroom
