// Clients: ones that do something, circuit breakers that open for one reason, hedges that are sent at one time.
#include <string>

#include "scenarios/checks.hpp"
#include "scenarios/resolve.hpp"
#include "scenarios/step_walk.hpp"
#include "sim/core/units.hpp"

namespace headroom {

namespace {

void check_budget(const RetryBudgetSpec& budget, const std::string& of_what, Reading& reading) {
  if (budget.share.value > 0.0 || budget.at_least.value > 0.0 || !reading.is_read(&budget, "share")) return;
  reading.issue(&budget, "share", "is 0, and so is \"at_least\": nothing is ever " + of_what,
                "leave out what is not to happen, or write \"share\": 0.2");
}

void check_breaker(const CircuitBreakerSpec& breaker, Reading& reading) {
  if (reading.is_given(&breaker, "consecutive_failures")) {
    for (const char* field : {"failure_rate", "slow_rate", "slow", "calls", "seconds", "minimum_calls"}) {
      if (reading.is_given(&breaker, field))
        reading.issue(&breaker, field, "has no meaning with \"consecutive_failures\", which need no rate", "remove one of them");
    }
    return;
  }
  if (reading.is_given(&breaker, "seconds") && reading.is_given(&breaker, "calls"))
    reading.issue(&breaker, "seconds", "has no meaning with \"calls\": the rates are of the last calls or of the last seconds",
                  "remove one of them");
  if (reading.is_given(&breaker, "slow_rate") && !reading.is_given(&breaker, "slow"))
    reading.issue(&breaker, "slow_rate", "is given without \"slow\": what is a slow call", "write \"slow\": \"1 s\"");
}

void check_hedge(const HedgeSpec& hedge, Reading& reading) {
  const bool after = reading.is_given(&hedge, "after"), percentile = reading.is_given(&hedge, "percentile");
  if (after == percentile) {
    reading.issue(&hedge, after ? "percentile" : "after",
                  after ? "has no meaning with \"after\": the second request is sent at one time or the other"
                        : "is missing, and so is \"percentile\": when the second request is sent",
                  after ? "remove one of them" : "write \"after\": \"50 ms\" or \"percentile\": 95");
  }
  for (const char* field : {"calls", "minimum_calls"}) {
    if (reading.is_given(&hedge, field) && !percentile)
      reading.issue(&hedge, field, "has no meaning without \"percentile\"", "remove it");
  }
  const HedgeBlueprint defaults;
  const int kept = hedge.calls.value_or(defaults.calls), needed = hedge.minimum_calls.value_or(defaults.minimum_calls);
  if (hedge.percentile && kept < needed) {
    reading.issue(&hedge, hedge.minimum_calls ? "minimum_calls" : "calls",
                  "leaves only " + std::to_string(kept) + " calls kept of the " + std::to_string(needed) +
                      " that are needed: nothing is ever sent",
                  "give \"calls\" as many as \"minimum_calls\" at least");
  }
  if (hedge.budget) check_budget(*hedge.budget, "sent", reading);
}

class CallChecker {
 public:
  CallChecker(const Scenario& scenario, Reading& reading) : scenario_{scenario}, reading_{reading} {}

  void check(const std::vector<StepSpec>& steps) {
    for (const StepSpec& step : steps) {
      if (step.call) check_call(step);
      for_each_inner(step, [this](const std::vector<StepSpec>& inner) { check(inner); });
    }
  }

 private:
  void check_call(const StepSpec& step) {
    if (reading_.is_given(&step, "fallback") && step.on_failure)
      reading_.issue(&step, "on_failure", "has no meaning with \"fallback\": that is what is done then", "remove one of them");
    const ClientSpec* client = step.client ? find_named(scenario_.clients, step.client->name) : nullptr;
    if (client == nullptr || !client->hedge || !client->hedge->after || !step.timeout || *client->hedge->after < *step.timeout)
      return;
    reading_.issue(&step, "client",
                   "is " + client->name + ", which sends a second request after " + to_text(*client->hedge->after) +
                       ", and the time-out is over after " + to_text(*step.timeout),
                   "send it earlier, or give the call more time");
  }

  const Scenario& scenario_;
  Reading& reading_;
};

}  // namespace

void check_clients(const Scenario& scenario, Reading& reading) {
  for (const ClientSpec& client : scenario.clients) {
    const auto given = [&](const char* field) { return reading.is_given(&client, field); };
    if (!given("retry_budget") && !given("circuit_breaker") && !given("bulkhead") && !given("hedge") && !client.name.empty())
      reading.issue(&client, "name", "is all there is: the client does nothing",
                    "give it a \"retry_budget\", a \"circuit_breaker\", a \"bulkhead\" or a \"hedge\"");
    if (client.retry_budget) check_budget(*client.retry_budget, "tried again", reading);
    if (client.circuit_breaker) check_breaker(*client.circuit_breaker, reading);
    if (client.hedge) check_hedge(*client.hedge, reading);
  }
  CallChecker calls{scenario, reading};
  for (const ServiceSpec& service : scenario.services) {
    for (const EndpointSpec& endpoint : service.endpoints) calls.check(endpoint.steps);
  }
}

}  // namespace headroom
