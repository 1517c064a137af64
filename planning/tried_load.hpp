// A load that was simulated: what it was found to do, without the runs, and how a table says it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "planning/trials.hpp"

namespace headroom {

struct TriedLoad {
  double load = 0.0;  // value of the axis
  Outcome outcome = Outcome::inconclusive;
  std::uint64_t replications = 0;
  std::vector<Verdict> verdicts;
  double users = 0.0;         // 0: the workloads do not know
  Interval cost_per_user;     // US dollars per month; count 0: no price, or no users
  bool contradicted = false;  // fresh replications did not pass as the first ones did
  std::string incomplete;     // why it could not be simulated; empty: it was
};

TriedLoad tried_load(double load, const Trial& trial);

// The required objective that is missed, is unclear, or holds with least to spare, in this order; nullptr: there is none.
const Verdict* deciding(const TriedLoad& tried);

// "pass", "fail", "unclear", "not simulated", "not reached".
std::string outcome_text(const TriedLoad& tried);
// "13,400"; a dash where it is not known.
std::string users_text(const TriedLoad& tried);
// "0.71 USD/month"; a dash without prices or users.
std::string cost_per_user_text(const TriedLoad& tried, std::string_view plus_minus);
nlohmann::json tried_json(const TriedLoad& tried);

}  // namespace headroom
