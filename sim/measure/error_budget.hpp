// The error budget of a service level objective, in OpenSLO's terms: what a run used of it, how fast, and when alerts would fire.
//
//   budget = 1 - target, of the requests (Occurrences) or the slices of time (Timeslices) of the window
//   burn   = bad share / budget: 1 uses the budget up exactly by the end of the window
//   used by the run = burn × run / window, used over the window if it went on like this = burn
//
// Alerts are the multi-window pairs of burn_rate.hpp over what the budget is counted in, looked at whenever the run was recorded or
// a slice ended. They fire at the shares of the budget of The Site Reliability Workbook, chapter 5 (table 5-8: 14.4, 6 and 1 times
// are those of a window of 30 days). Pairs with a long window that exceeds the run are left out, and so are pairs whose short
// window holds fewer than two records or slices. Source: OpenSLO specification v1, SLO: budgetingMethod, timeSliceTarget,
// timeSliceWindow (github.com/OpenSLO/OpenSLO).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "sim/core/condition.hpp"
#include "sim/core/time.hpp"
#include "sim/measure/burn_rate.hpp"
#include "sim/measure/evaluate.hpp"

namespace headroom {

struct ErrorBudgetTerms {
  Condition objective;  // one that error_budget_target() knows
  Duration window{};
  bool in_slices = false;      // Timeslices
  Duration slice{};            // no shorter than the recorded windows, or as long as those
  double slice_target = 0.95;  // share of good requests from which a slice is good
};

struct BurnAlert {
  BurnWindows windows;
  bool looked_at = false;                     // else it was left out
  double fastest = 0.0;                       // burn: the smaller of both windows, at its largest
  std::optional<double> first_fired_seconds;  // none: never
};

struct ErrorBudget {
  double burn = 0.0;           // over the run
  double used_by_run = 0.0;    // of the budget of the window
  double slice_seconds = 0.0;  // 0: in requests
  std::vector<BurnAlert> alerts;
};

// Over 1 h and 5 min when 2 % of the budget go in the long one, over 6 h and 30 min when 5 % do, over 3 d and 6 h when 10 % do:
// factor = share × window / long window. At least 1: what burns slower lasts to the end. None that is longer than the window.
std::vector<BurnWindows> workbook_pairs(Duration window);

// The share of what is good that a condition promises: `availability > 99.9 %`, `errors < 0.1 %`, the same of late and throttled,
// over the whole span. None for any other condition, and for a promise of all or nothing.
std::optional<double> error_budget_target(const Condition& condition);

// None where nothing was seen in the span.
std::optional<ErrorBudget> error_budget(const ErrorBudgetTerms& terms, const RunResult& run, TimeSpan span);

}  // namespace headroom
