// Lists of steps inside a step: what every walk over steps goes down into.
#pragma once

#include "sim/cluster/blueprint.hpp"

namespace headroom {

// visit(const Steps&) for each branch, body, option and on_miss of one step, in order.
template <class Visit>
void for_each_inner(const Step& step, Visit&& visit) {
  if (const auto* parallel = std::get_if<ParallelStep>(&step.action)) {
    for (const Steps& branch : parallel->branches) visit(branch);
  } else if (const auto* loop = std::get_if<ForEachStep>(&step.action)) {
    visit(loop->body);
  } else if (const auto* choice = std::get_if<ChooseStep>(&step.action)) {
    for (const Steps& option : choice->options) visit(option);
  } else if (const auto* cache = std::get_if<CacheStep>(&step.action)) {
    visit(cache->on_miss);
  } else if (const auto* lock = std::get_if<LockStep>(&step.action)) {
    visit(lock->steps);
  } else if (const auto* changed = std::get_if<WhenChangedStep>(&step.action)) {
    visit(changed->steps);
  } else if (const auto* limit = std::get_if<LimitStep>(&step.action)) {
    visit(limit->steps);
  } else if (const auto* write = std::get_if<WriteCacheStep>(&step.action)) {
    visit(write->steps);
  } else if (const auto* call = std::get_if<CallStep>(&step.action)) {
    visit(call->fallback);
  }
}

// visit(const Action&) for each step of this kind, wherever it stands among the steps.
template <class Action, class Visit>
void for_each_action(const Steps& steps, const Visit& visit) {
  for (const Step& step : steps) {
    if (const auto* action = std::get_if<Action>(&step.action)) visit(*action);
    for_each_inner(step, [&](const Steps& inner) { for_each_action<Action>(inner, visit); });
  }
}

// Whether an endpoint of the service asks this database.
inline bool queries(const Blueprint& blueprint, Index service, Index database) {
  bool does = false;
  for (const EndpointBlueprint& endpoint : blueprint.endpoints) {
    if (endpoint.service != service) continue;
    for_each_action<QueryStep>(endpoint.steps, [&](const QueryStep& step) { does = does || step.database == database; });
  }
  return does;
}

}  // namespace headroom
