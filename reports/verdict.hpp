// The verdict on an objective: pass, fail, or inconclusive, with its value, its interval and what the runs could resolve.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/binding.hpp"
#include "scenarios/scenario.hpp"
#include "sim/measure/error_budget.hpp"
#include "sim/measure/evaluate.hpp"
#include "sim/measure/run_result.hpp"
#include "sim/measure/statistics.hpp"

namespace headroom {

enum class Outcome { pass, fail, inconclusive };
std::string_view to_text(Outcome outcome);

// Part of the explanation of every verdict that rests on one run.
inline constexpr std::string_view one_run_explanation = "one run gives no interval";

// The error budget of an objective with a window, over the runs in which it could be counted.
struct BudgetVerdict {
  Interval burn;               // of the budget of the window, if it went on like this: 1 is all of it
  double used_by_runs = 0.0;   // by one run, of the budget of the window; mean
  double slice_seconds = 0.0;  // 0: counted in requests
  struct Alert {
    BurnWindows windows;
    bool looked_at = false;                     // in some run
    double fastest = 0.0;                       // of all runs
    std::size_t fired = 0;                      // in so many runs
    std::optional<double> first_fired_seconds;  // the earliest of them
  };
  std::vector<Alert> alerts;
};

struct Verdict {
  ObjectiveSpec objective;
  Outcome outcome = Outcome::inconclusive;
  Interval value;  // over replications, in the base unit of `dimension`; count 0: nothing was observed
  // The smallest and largest that `value.mean` can be, as far as the instruments tell: percentiles come from a histogram, all
  // else is exact.
  ValueBounds known;
  Dimension dimension = Dimension::count;
  // How far inside the limit, by margin_scale(): (limit - value) / limit for "<"; negative when missed.
  std::optional<double> margin;
  std::optional<Binding> binding;  // of what is not kept, in a report; judge() leaves it out
  std::string explanation;       // "0.01 % errors needs 29,956 clean requests; the runs saw 12,000"; may be empty
  std::optional<BudgetVerdict> budget;
};

// Judges one objective over the replications of one variant. The interval straddles the limit: inconclusive. One run only: the
// value decides, and the explanation says that one run gives no interval. Nothing observed: inconclusive, and says so.
//
// A percentile is known to its bucket of the histogram only. It keeps an upper limit when the interval of the buckets' upper ends
// does, misses it when that of the lower ends does, and is inconclusive between: the verdict does not rest on where in its bucket
// it lies.
//
// With "for", the value is the longest time over which the condition did not hold, against that duration. A `time_to` that is
// not reached in some run took infinitely long there: it misses every upper limit. So does the latency of a run in which requests
// ended and none was served; one that is kept while more than 1 % were not served says so.
Verdict judge(const ObjectiveSpec& objective, std::span<const RunResult> runs);
// Of required objectives: fail if one failed, else inconclusive if one is, else pass.
Outcome overall(std::span<const Verdict> verdicts);

// Requests without one failure that show, with the given confidence, that the true share of failures is below `share`:
// (1 - share)^n <= 1 - confidence. 0.01 % needs 29,956. `share` in (0, 1).
std::uint64_t clean_requests_needed(double share, double confidence = 0.95);

}  // namespace headroom
