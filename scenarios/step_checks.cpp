// Steps: fields that belong to another action, actions where they cannot be, cycles of calls.
#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "scenarios/checks.hpp"
#include "scenarios/resolve.hpp"
#include "scenarios/routes.hpp"
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
    Belonging{"timeout", "call, request"},
    Belonging{"retry", "call, request"},
    Belonging{"on_failure", "call, request"},
    Belonging{"at_most", "for_each"},
    Belonging{"steps", "for_each, lock, when_changed, limit, write_cache"},
    Belonging{"key", "cache, lock, write_cache, invalidate, transfer"},
    Belonging{"on_miss", "cache"},
    Belonging{"read", "query, store"},
    Belonging{"write", "query, store"},
    Belonging{"priority", "publish"},
    Belonging{"lease", "lock"},
    Belonging{"renew", "lock"},
    Belonging{"on_held", "lock"},
    Belonging{"poll", "lock"},
    Belonging{"input", "generate"},
    Belonging{"output", "generate"},
    Belonging{"cached", "generate"},
    Belonging{"patience", "request"},
    Belonging{"per", "for_each"},
    Belonging{"since", "when_changed"},
    Belonging{"cost", "limit"},
    Belonging{"on_limit", "limit"},
    Belonging{"longest_wait", "limit"},
    Belonging{"mode", "write_cache"},
    Belonging{"delay", "write_cache"},
    Belonging{"bytes", "transfer"},
    Belonging{"compression", "transfer"},
    Belonging{"bit_rate", "transfer"},
    Belonging{"generation", "cache, write_cache, invalidate"},
    Belonging{"consistency", "query"},
    Belonging{"operation", "query"},
    Belonging{"age", "query"},
    Belonging{"request_size", "query, cache, publish"},
    Belonging{"response_size", "query, cache"},
    Belonging{"client", "call"},
    Belonging{"fallback", "call"},
};

constexpr std::array<std::string_view, 20> actions{"compute",  "wait",     "think",   "call",     "request",      "parallel",
                                                   "for_each", "choose",   "cache",   "query",    "publish",      "lock",
                                                   "respond",  "generate", "store",   "when_changed", "limit",
                                                   "write_cache", "invalidate", "transfer"};

// Actions that work on a replica, which a journey does not have; and those of a user, which a service does not have.
constexpr std::array<std::string_view, 13> of_services{"compute", "call",     "cache", "query",        "lock",
                                                       "respond", "generate", "store", "when_changed", "limit",
                                                       "write_cache", "invalidate", "transfer"};
constexpr std::array<std::string_view, 2> of_journeys{"request", "think"};

template <std::size_t n>
bool is_among(const std::array<std::string_view, n>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Whether a word is among those of "cache, lock".
bool is_listed(std::string_view words, std::string_view word) {
  for (std::size_t at = words.find(word); at != std::string_view::npos; at = words.find(word, at + 1)) {
    const bool begins = at == 0 || words[at - 1] == ' ', ends = at + word.size() == words.size() || words[at + word.size()] == ',';
    if (begins && ends) return true;
  }
  return false;
}

class StepChecker {
 public:
  StepChecker(const Scenario& scenario, Reading& reading) : scenario_{scenario}, reading_{reading} {
    for (const RouteSpec& route : scenario.routes) {
      for (const std::string& endpoint : routed_endpoints(scenario, route)) {
        for (const ToService& service : route.services)
          routed_[route.name + "." + endpoint].push_back(service.name + "." + endpoint);
      }
    }
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
  void check_limit(const StepSpec& step);
  void check_write(const StepSpec& step);
  void check_choose(const StepSpec& step);
  void check_store(const StepSpec& step);
  void check_sizes(const StepSpec& step);
  void check_callees(const StepSpec& step);
  void check_callee(const StepSpec& step, std::string_view field, const std::string& callee);
  void report_cycle(const ClosingEdge& edge);

  const Scenario& scenario_;
  Reading& reading_;
  std::map<std::string, std::vector<std::string>> routed_;  // endpoints behind "route.endpoint"
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
  if (step.cache) check_sizes(step);
  if (step.store) check_store(step);
  check_callees(step);
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
    if (!reading_.is_given(&step, one.field) || is_listed(one.actions, action)) continue;
    reading_.issue(&step, one.field, "belongs to " + std::string{one.actions} + ", not to " + std::string{action}, "remove it");
  }
}

void StepChecker::check_needs(const StepSpec& step) {
  const auto needs = [&](bool has_action, std::string_view field, const std::string& what) {
    if (has_action && !reading_.is_given(&step, field)) reading_.issue(&step, field, "is missing: " + what);
  };
  needs(step.cache.has_value(), "key", "which key is looked up");
  needs(step.for_each.has_value(), "steps", "what is done each time");
  needs(step.when_changed.has_value(), "steps", "what is done when it has changed");
  if (step.retry && step.retry->base > step.retry->at_most) {
    reading_.issue(&*step.retry, "base", "is " + to_text(step.retry->base) + ", more than the longest back-off, " + to_text(step.retry->at_most),
                   "write \"at_most\": \"" + to_text(step.retry->base) + "\" or more");
  }
  if (step.limit) check_limit(step);
  if (step.lock) check_lock(step);
  if (step.write_cache) check_write(step);
  const bool has_bytes = reading_.is_given(&step, "bytes"), has_key = reading_.is_given(&step, "key");
  if (step.transfer && has_bytes == has_key) {
    reading_.issue(&step, "transfer", has_key ? "has both \"bytes\" and \"key\"" : "has neither \"bytes\" nor \"key\"",
                   "say how much is sent, or the key of the object: \"bytes\": \"2 MB\"");
  }
  const KeySpec* sent = step.transfer && has_key ? find_named(scenario_.keys, step.key->name) : nullptr;
  if (sent != nullptr && !reading_.is_given(sent, "size"))
    reading_.issue(&step, "key", "is " + sent->name + ", whose objects have no size", "give the key one: \"size\": \"100 kB\"");
  needs(step.invalidate && !reading_.is_given(&step, "generation"), "key", "what is forgotten, if it is not a \"generation\"");
  needs(step.generate.has_value(), "input", "how many tokens the model reads");
  needs(step.generate.has_value(), "output", "how many tokens it writes");
  const bool reads = reading_.is_given(&step, "read"), writes = reading_.is_given(&step, "write");
  if ((step.query || step.store) && reads == writes) {
    reading_.issue(&step, step.query ? "query" : "store",
                   reads ? "has both \"read\" and \"write\"" : "has neither \"read\" nor \"write\"",
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

void StepChecker::check_limit(const StepSpec& step) {
  const std::string on_limit = step.on_limit.value_or("fail");
  if (step.longest_wait && on_limit != "wait") {
    reading_.issue(&step, "longest_wait", "has no meaning when on_limit is " + on_limit + ": nobody waits", "write \"on_limit\": \"wait\"");
  }
  if (on_limit == "skip" && !reading_.is_given(&step, "steps")) {
    reading_.issue(&step, "on_limit", "is skip, but there are no steps to skip", "add \"steps\": […]");
  }
}

void StepChecker::check_write(const StepSpec& step) {
  const auto needs = [&](const char* field, const char* what) {
    if (!reading_.is_given(&step, field)) reading_.issue(&step, field, std::string{"is missing: "} + what);
  };
  needs("key", "what is written");
  needs("mode", "through, behind, around or aside");
  needs("steps", "the write to what lies behind the cache");
  const bool is_behind = step.mode && *step.mode == "behind";
  if (step.mode && !is_behind && reading_.is_given(&step, "delay"))
    reading_.issue(&step, "delay", "has no meaning for " + *step.mode + ": only what is written behind waits", "remove it");
  if (is_behind && !reading_.is_given(&step, "delay"))
    reading_.issue(&step, "delay", "is missing: how long what is written behind waits for more", "write \"delay\": \"1 s\"");
  if (is_behind && reading_.is_given(&step, "generation")) {
    reading_.issue(&step, "generation", "does not go with a write behind: its entry would be written though it had ended",
                   "remove it, or write through");
  }
}

void StepChecker::check_choose(const StepSpec& step) {
  double total = 0.0;
  for (const OptionSpec& option : *step.choose) total += option.weight;
  if (step.choose->empty()) reading_.issue(&step, "choose", "has no options", "give at least one: {\"weight\": 1, \"steps\": […]}");
  else if (!(total > 0.0)) reading_.issue(&step, "choose", "has only options of weight 0", "give at least one a weight");
}

void StepChecker::check_sizes(const StepSpec& step) {
  const CacheSpec* cache = find_named(scenario_.caches, step.cache->name);
  if (cache == nullptr || cache->scope != "replica") return;
  for (const char* field : {"request_size", "response_size"}) {
    if (reading_.is_given(&step, field))
      reading_.issue(&step, field, "has no meaning for a cache of the scope replica: nothing leaves the replica", "remove it");
  }
}

void StepChecker::check_store(const StepSpec& step) {
  const StoreSpec* store = find_named(scenario_.stores, step.store->name);
  if (store == nullptr || store->key.name.empty()) return;
  for (const auto& [field, key] : {std::pair{"read", &step.read}, {"write", &step.write}}) {
    if (!*key || (*key)->name == store->key.name) continue;
    reading_.issue(&step, field,
                   "is " + (*key)->name + ", but the objects of " + store->name + " are those of " + store->key.name,
                   "write \"" + std::string{field} + "\": \"" + store->key.name + "\"");
  }
}

void StepChecker::check_callees(const StepSpec& step) {
  if (!step.call && !step.request) return;
  const std::string& callee = step.call ? step.call->name : step.request->name;
  const std::string_view field = step.call ? "call" : "request";
  const auto routed = routed_.find(callee);
  if (routed == routed_.end()) return check_callee(step, field, callee);
  for (const std::string& endpoint : routed->second) check_callee(step, field, endpoint);
}

void StepChecker::check_callee(const StepSpec& step, std::string_view field, const std::string& callee) {
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
