// Steps: fields that belong to another action, actions where they cannot be, cycles of calls.
#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "scenarios/checks.hpp"
#include "scenarios/step_walk.hpp"
#include "sim/core/graph.hpp"

namespace headroom {

namespace {

// A field of a step and the actions it belongs to.
struct Belonging {
  std::string_view field;
  std::string_view actions;
};

constexpr std::array belongings{
    Belonging{"timeout", "call, request"}, Belonging{"retry", "call, request"}, Belonging{"on_failure", "call, request"},
    Belonging{"at_most", "for_each"},      Belonging{"steps", "for_each, lock"}, Belonging{"key", "cache, lock"},
    Belonging{"on_miss", "cache"},         Belonging{"read", "query"},          Belonging{"write", "query"},
    Belonging{"priority", "publish"},      Belonging{"lease", "lock"},          Belonging{"renew", "lock"},
    Belonging{"on_held", "lock"},          Belonging{"poll", "lock"},           Belonging{"input", "generate"},
    Belonging{"output", "generate"},       Belonging{"cached", "generate"},    Belonging{"consistency", "query"},
    Belonging{"operation", "query"},
};

constexpr std::array<std::string_view, 14> actions{"compute", "wait",  "think",   "call", "request", "parallel", "for_each",
                                                   "choose",  "cache", "query", "publish", "lock", "respond", "generate"};

// Actions that work on a replica, which a journey does not have; and those of a user, which a service does not have.
constexpr std::array<std::string_view, 7> of_services{"compute", "call", "cache", "query", "lock", "respond", "generate"};
constexpr std::array<std::string_view, 2> of_journeys{"request", "think"};

template <std::size_t n>
bool is_among(const std::array<std::string_view, n>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

class StepChecker {
 public:
  StepChecker(const Scenario& scenario, Reading& reading) : reading_{reading} {
    for (const ServiceSpec& service : scenario.services) {
      for (const EndpointSpec& endpoint : service.endpoints) {
        const std::string name = service.name + "." + endpoint.name;
        number_of_.emplace(name, static_cast<std::uint32_t>(number_of_.size()));
        if (service.consumes && !service.consumes->queue.name.empty()) queue_of_[name] = service.consumes->queue.name;
      }
    }
    calls_.resize(number_of_.size());
  }

  void check_endpoint(const std::string& name, const std::vector<StepSpec>& steps) {
    journey_ = false;
    endpoint_ = name;
    check(steps);
  }
  void check_journey(const std::vector<StepSpec>& steps) {
    journey_ = true;
    check(steps);
  }
  void check_cycles();

 private:
  struct Call {
    std::uint32_t endpoint;
    const StepSpec* step;
  };

  void check(const std::vector<StepSpec>& steps) {
    for (const StepSpec& step : steps) check(step);
  }
  void check(const StepSpec& step);
  void check_place(const StepSpec& step, std::string_view action);
  void check_belonging(const StepSpec& step, std::string_view action);
  void check_needs(const StepSpec& step);
  void check_lock(const StepSpec& step);
  void check_choose(const StepSpec& step);
  void check_callee(const StepSpec& step);
  void report_cycle(const ClosingEdge& edge);

  Reading& reading_;
  std::map<std::string, std::uint32_t> number_of_;  // of endpoints, in file order
  std::map<std::string, std::string> queue_of_;     // of the endpoints of workers
  std::vector<std::vector<Call>> calls_;            // by number of the caller
  std::string endpoint_;
  bool journey_ = false;
};

void StepChecker::check(const StepSpec& step) {
  const auto action = std::find_if(actions.begin(), actions.end(), [&](std::string_view name) { return reading_.is_given(&step, name); });
  if (action == actions.end()) return;  // reported when it was read, and so are several
  for_each_inner(step, [this](const std::vector<StepSpec>& inner) { check(inner); });
  if (std::any_of(action + 1, actions.end(), [&](std::string_view name) { return reading_.is_given(&step, name); })) return;
  check_place(step, *action);
  check_belonging(step, *action);
  check_needs(step);
  if (step.choose) check_choose(step);
  check_callee(step);
}

void StepChecker::check_place(const StepSpec& step, std::string_view action) {
  if (journey_ && is_among(of_services, action)) {
    const std::string right = action == "call" ? "write \"request\"" : "put it into an endpoint and request that";
    reading_.issue(&step, action, "cannot stand in a journey: a user has no replica to do it on", right);
  }
  if (!journey_ && is_among(of_journeys, action)) {
    reading_.issue(&step, action, "can stand in a journey only", action == "request" ? "write \"call\"" : "write \"wait\"");
  }
}

void StepChecker::check_belonging(const StepSpec& step, std::string_view action) {
  for (const Belonging& one : belongings) {
    if (!reading_.is_given(&step, one.field) || one.actions.find(action) != std::string_view::npos) continue;
    reading_.issue(&step, one.field, "belongs to " + std::string{one.actions} + ", not to " + std::string{action}, "remove it");
  }
}

void StepChecker::check_needs(const StepSpec& step) {
  const auto needs = [&](bool has_action, std::string_view field, const std::string& what) {
    if (has_action && !reading_.is_given(&step, field)) reading_.issue(&step, field, "is missing: " + what);
  };
  needs(step.cache.has_value(), "key", "which key is looked up");
  needs(step.for_each.has_value(), "steps", "what is done each time");
  if (step.lock) check_lock(step);
  needs(step.generate.has_value(), "input", "how many tokens the model reads");
  needs(step.generate.has_value(), "output", "how many tokens it writes");
  const bool reads = reading_.is_given(&step, "read"), writes = reading_.is_given(&step, "write");
  if (step.query && reads == writes) {
    reading_.issue(&step, "query", reads ? "has both \"read\" and \"write\"" : "has neither \"read\" nor \"write\"",
                   "name the key in exactly one of them: \"read\": \"artist\"");
  }
  if (step.query && writes && !reads && step.consistency)
    reading_.issue(&step, "consistency", "has no meaning for a write: every write goes to the primary", "remove it");
  if (step.respond && !*step.respond && reading_.is_read(&step, "respond")) reading_.issue(&step, "respond", "is false", "write true, or remove the step");
}

void StepChecker::check_lock(const StepSpec& step) {
  const auto needs = [&](const char* field, const char* what) {
    if (!reading_.is_given(&step, field)) reading_.issue(&step, field, std::string{"is missing: "} + what);
  };
  needs("key", "what is locked");
  needs("steps", "what is done under the lock");
  needs("lease", "when another may take it from a holder that crashed");
  if (step.renew && step.lease && *step.renew >= *step.lease) {
    reading_.issue(&step, "renew", "is " + to_text(*step.renew) + ", and the lease has run out after " + to_text(*step.lease),
                   "renew well before that, say after a third of it");
  }
  if (step.poll && step.on_held.value_or("wait") != "wait") {
    reading_.issue(&step, "poll", "has no meaning when on_held is " + *step.on_held + ": nobody asks again", "remove it");
  }
}

void StepChecker::check_choose(const StepSpec& step) {
  double total = 0.0;
  for (const OptionSpec& option : *step.choose) total += option.weight;
  if (step.choose->empty()) reading_.issue(&step, "choose", "has no options", "give at least one: {\"weight\": 1, \"steps\": […]}");
  else if (!(total > 0.0)) reading_.issue(&step, "choose", "has only options of weight 0", "give at least one a weight");
}

void StepChecker::check_callee(const StepSpec& step) {
  if (!step.call && !step.request) return;
  const std::string& callee = step.call ? step.call->name : step.request->name;
  const std::string_view field = step.call ? "call" : "request";
  const auto worker = queue_of_.find(callee);
  if (worker != queue_of_.end()) {
    reading_.issue(&step, field, callee + " is work of a consumer, which takes it from the queue \"" + worker->second + "\"",
                   "publish to the queue instead");
  }
  const auto known = number_of_.find(callee);
  if (!journey_ && known != number_of_.end()) calls_[number_of_.at(endpoint_)].push_back({known->second, &step});
}

void StepChecker::check_cycles() {
  Successors callees;
  for (const std::vector<Call>& calls : calls_) {
    callees.emplace_back();
    for (const Call& call : calls) callees.back().push_back(call.endpoint);
  }
  for (const ClosingEdge& edge : closing_edges(callees)) report_cycle(edge);
}

void StepChecker::report_cycle(const ClosingEdge& edge) {
  std::vector<std::string> names(number_of_.size());
  for (const auto& [name, number] : number_of_) names[number] = name;
  std::string cycle;
  for (const std::uint32_t endpoint : edge.path) cycle += names[endpoint] + " -> ";
  reading_.issue(calls_[edge.path.back()][edge.edge].step, "call", "closes a cycle of calls: " + cycle + names[edge.path.front()],
                 "a request would never end; remove one of the calls");
}

}  // namespace

void check_steps(const Scenario& scenario, Reading& reading) {
  StepChecker checker{scenario, reading};
  for (const ServiceSpec& service : scenario.services) {
    for (const EndpointSpec& endpoint : service.endpoints) checker.check_endpoint(service.name + "." + endpoint.name, endpoint.steps);
  }
  for (const WorkloadSpec& workload : scenario.workloads) {
    for (const JourneySpec& journey : workload.journeys) checker.check_journey(journey.steps);
  }
  checker.check_cycles();
}

}  // namespace headroom
