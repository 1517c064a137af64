// The verdict on an objective: pass, fail, or inconclusive, with its value, its interval and what the runs could resolve.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "scenarios/scenario.hpp"
#include "sim/measure/run_result.hpp"
#include "sim/measure/statistics.hpp"

namespace headroom {

enum class Outcome { pass, fail, inconclusive };
std::string_view to_text(Outcome outcome);

struct Verdict {
  ObjectiveSpec objective;
  Outcome outcome = Outcome::inconclusive;
  Interval value;                        // over replications, in the base unit of `dimension`
  Dimension dimension = Dimension::count;
  std::optional<double> margin;          // how far inside the limit: (limit - value) / limit for "<"; negative when missed
  std::string explanation;               // "0.01 % errors needs 29,956 clean requests; the runs saw 12,000"; may be empty
};

// Judges one objective over the replications of one variant. The interval straddles the limit: inconclusive. One run only: the
// value decides, and the explanation says that one run gives no interval. Nothing observed: inconclusive, and says so.
Verdict judge(const ObjectiveSpec& objective, std::span<const RunResult> runs);
// Of required objectives: fail if one failed, else inconclusive if one is, else pass.
Outcome overall(std::span<const Verdict> verdicts);

}  // namespace headroom
