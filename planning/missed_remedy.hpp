// What to buy for an objective that is missed while no component is used up yet: more of what binds it, simulated.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "planning/remedy.hpp"
#include "planning/trials.hpp"
#include "planning/tried_load.hpp"

namespace headroom {

struct MissedRemedy {
  std::string component;       // that binds the objective: "services/api"; empty: nothing is known of it
  bool has_number = false;     // the component has a count that could be larger
  std::optional<Remedy> then;  // with the least that was found to be enough; none: none was
  int most_tried = 0;          // copies more than there are; 0: nothing was simulated
};

struct MissedQuestion {
  std::uint64_t replications = 5;
  std::uint64_t at_most = 40;
  std::function<void(const std::string&)> note;  // may be empty
};

// For the objective of `missed` that decides: copies of its binding component are doubled until it holds at that load, then
// halved back to the least that does, each simulated with sequential replications.
MissedRemedy remedy_of_missed(Trials& trials, const TriedLoad& missed, const MissedQuestion& question);

}  // namespace headroom
