// Lists of steps inside a step as a file spells it; sim/cluster/steps.hpp is the same for built ones.
#pragma once

#include "scenarios/scenario.hpp"

namespace headroom {

// visit(const std::vector<StepSpec>&) for each list of steps directly inside one step, whatever its action.
template <class Visit>
void for_each_inner(const StepSpec& step, Visit&& visit) {
  visit(step.steps);
  visit(step.on_miss);
  visit(step.fallback);
  if (step.parallel) {
    for (const auto& branch : *step.parallel) visit(branch);
  }
  if (step.choose) {
    for (const OptionSpec& option : *step.choose) visit(option.steps);
  }
}

// The first step, in file order, for which `is_it` holds; nullptr if there is none.
template <class Predicate>
const StepSpec* find_step(const std::vector<StepSpec>& steps, const Predicate& is_it) {
  for (const StepSpec& step : steps) {
    if (is_it(step)) return &step;
    const StepSpec* found = nullptr;
    for_each_inner(step, [&](const std::vector<StepSpec>& inner) {
      if (found == nullptr) found = find_step(inner, is_it);
    });
    if (found != nullptr) return found;
  }
  return nullptr;
}

}  // namespace headroom
