// Objectives with an error budget: only a share of what is good, or of what is bad, leaves one.
#include <string>

#include "scenarios/checks.hpp"
#include "sim/core/units.hpp"
#include "sim/measure/error_budget.hpp"

namespace headroom {
namespace {

void check_slices(const ObjectiveSpec& objective, Reading& reading) {
  for (const char* const field : {"slice", "slice_target"}) {
    if (!reading.is_given(&objective, field)) continue;
    reading.issue(&objective, field, "has no meaning: the budget is counted in requests", "write \"budgeting\": \"timeslices\"");
  }
}

void check_budget(const ObjectiveSpec& objective, Duration run, Reading& reading) {
  const bool in_slices = objective.budgeting == "timeslices";
  if (*objective.window < run) {
    reading.issue(&objective, "window", "is " + to_text(*objective.window) + ", shorter than the run of " + to_text(run) + ", which is one part of it",
                  "write the time that the budget is for, for example \"30 d\"");
  }
  if (!in_slices) check_slices(objective, reading);
  if (in_slices && objective.slice > *objective.window) {
    reading.issue(&objective, "slice",
                  "is " + to_text(objective.slice) + ", longer than the window of " + to_text(*objective.window));
  }
  if (find_metric(objective.that.selector.metric) == nullptr || error_budget_target(objective.that)) return;
  reading.issue(&objective, "window",
                "is for objectives that allow a share of requests to fail, and this one does not: " + objective.that.text,
                "write \"that\": \"rate availability > 99.9 %\", or errors, late or throttled below a share, without \"for\"");
}

}  // namespace

void check_objectives(const Scenario& scenario, Reading& reading) {
  for (const ObjectiveSpec& objective : scenario.objectives) {
    if (objective.window) {
      check_budget(objective, scenario.duration, reading);
      continue;
    }
    for (const char* const field : {"budgeting", "slice", "slice_target"}) {
      if (!reading.is_given(&objective, field)) continue;
      reading.issue(&objective, field, "has no meaning without \"window\", the time that the error budget is for",
                    "write \"window\": \"30 d\"");
    }
  }
}

}  // namespace headroom
