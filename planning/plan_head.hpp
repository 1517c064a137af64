// What plan.json says first, whatever the kind of plan.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "planning/trials.hpp"

namespace headroom {

struct PlanHead {
  std::string_view kind;  // "limit", as after `headroom plan`
  std::string answer;     // a sentence
  Outcome outcome = Outcome::inconclusive;
  Trials::Stop stopped = Trials::Stop::none;
  std::uint64_t runs = 0;
  std::vector<std::string> remarks;
};

// {"kind", "scenario", "variant", "seed", "answer", "outcome", "stopped", "runs", "remarks"}.
nlohmann::json to_json(const PlanHead& head, const NamedScenario& scenario);

// Why a search ended before it was done: "no", "out of time", "interrupted".
std::string_view to_text(Trials::Stop stop);
// The same in a sentence: "the time was over", "interrupted".
std::string_view stop_words(Trials::Stop stop);

}  // namespace headroom
