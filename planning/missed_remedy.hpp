// What to buy for an objective that is missed while no component is used up yet: more of what binds it, simulated.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "planning/remedy.hpp"
#include "planning/trials.hpp"
#include "planning/tried_load.hpp"

namespace headroom {

struct MissedRemedy {
  std::string objective;           // that is meant: the one that decides
  std::string component;           // that binds the objective: "services/api"; empty: nothing is known of it
  bool has_number = false;         // the component has a count that could be larger
  std::optional<Remedy> then;      // with what was found to be enough; none: nothing was
  bool is_least = false;           // nothing between `then` and what is not enough was left to try
  std::uint64_t verified_by = 0;   // fresh replications in which `then` is enough as well; 0: it was not verified
  std::vector<std::string> other;  // required objectives that are missed with `then` all the same
  // Copies more than there are, the most of each kind; 0: none. Not enough; not told apart by as many replications as are
  // allowed, or a run did not complete; not allowed by the scenario (the fewest of them).
  int not_enough = 0, unclear = 0, refused = 0;
};

struct MissedQuestion {
  std::uint64_t replications = 5;
  std::uint64_t at_most = 40;
  std::function<void(const std::string&)> note;  // may be empty
};

// For the objective of `missed` that decides: copies of its binding component are doubled until it holds at that load, then
// halved back to the least that does, each simulated with sequential replications. What is found is simulated once more with
// fresh replications, as each look at the first ones was a chance to be wrong; if those do not agree, the search goes on above
// it.
MissedRemedy remedy_of_missed(Trials& trials, const TriedLoad& missed, const MissedQuestion& question);

}  // namespace headroom
