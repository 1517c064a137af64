#include "scenarios/client_spec.hpp"

namespace headroom {

namespace {

RetryBudgetBlueprint budget_of(const RetryBudgetSpec& spec) { return {spec.share.value, spec.at_least.value, spec.window}; }

CircuitBreakerBlueprint breaker_of(const CircuitBreakerSpec& spec) {
  CircuitBreakerBlueprint breaker;
  breaker.failure_rate = spec.failure_rate.value_or(Ratio{breaker.failure_rate}).value;
  breaker.slow_rate = spec.slow_rate.value_or(Ratio{breaker.slow_rate}).value;
  breaker.slow = spec.slow.value_or(breaker.slow);
  breaker.calls = spec.calls.value_or(breaker.calls);
  breaker.seconds = spec.seconds;
  breaker.minimum_calls = spec.minimum_calls.value_or(breaker.minimum_calls);
  breaker.open = spec.open;
  breaker.half_open_calls = spec.half_open_calls;
  breaker.consecutive_failures = spec.consecutive_failures;
  return breaker;
}

HedgeBlueprint hedge_of(const HedgeSpec& spec) {
  HedgeBlueprint hedge{.after = spec.after};
  hedge.percentile = spec.percentile.value_or(0.0);
  hedge.calls = spec.calls.value_or(hedge.calls);
  hedge.minimum_calls = spec.minimum_calls.value_or(hedge.minimum_calls);
  if (spec.budget) hedge.budget = budget_of(*spec.budget);
  return hedge;
}

}  // namespace

void RetryBudgetSpec::describe(Fields& field) {
  field("share", share, "allowed for each call of the window, on top of \"at_least\"", between(0.0, 1000.0));
  field("at_least", at_least, "allowed whatever the number of calls; those of a whole window can be used at once",
        between(0.0, 1e6));
  field("window", window, "how long a call counts", between(std::chrono::seconds{1}, std::chrono::seconds{60}));
}

void CircuitBreakerSpec::describe(Fields& field) {
  field("consecutive_failures", consecutive_failures, "it opens after so many in a row, instead of at a rate", between(1, 1e6));
  field("failure_rate", failure_rate, "it opens at this share of failures (50 % without it)", between(0.001, 1.0));
  field("slow_rate", slow_rate, "it opens at this share of slow calls (100 % without it)", between(0.001, 1.0));
  field("slow", slow, "calls that take longer are slow (1 min without it)", more_than(0));
  field("calls", calls, "last calls that the rates are of (100 without it)", between(1, 1e6));
  field("seconds", seconds, "last seconds whose calls the rates are of, instead", between(1, 3600));
  field("minimum_calls", minimum_calls, "fewer calls say nothing (100 without it; at most those that the rates are of)",
        between(1, 1e6));
  field("open", open, "how long it stays open before it lets some calls try", at_least(Duration{}));
  field("half_open_calls", half_open_calls, "calls that may try then, before it opens again or closes", between(1, 1e6));
}

void BulkheadSpec::describe(Fields& field) {
  field("calls", calls, "of one replica, under way at a time", between(1, 1e6));
  field("longest_wait", longest_wait, "for the end of another; then the call is rejected", at_least(Duration{}));
}

void HedgeSpec::describe(Fields& field) {
  field("after", after, "a second request is sent when there is no answer after so long", more_than(0));
  field("percentile", percentile, "the same, after this percentile of what the replica's last calls took", Range{1.0, 99.999});
  field("calls", calls, "percentile: last calls that it is of (1000 without it)", between(1, 1e5));
  field("minimum_calls", minimum_calls, "percentile: nothing is sent before so many have been answered (100 without it)",
        between(1, 1e5));
  field("budget", budget, "how many may be sent, as of retries; any number without it");
}

void ClientSpec::describe(Fields& field) {
  field.required("name", name, "name of the client; calls that go through it name it with \"client\"");
  field("retry_budget", retry_budget, "retries that the calls allow for; without it as many as the calls say");
  field("circuit_breaker", circuit_breaker, "lets no call through while they fail or are slow");
  field("bulkhead", bulkhead, "bound on the calls under way");
  field("hedge", hedge, "a second request for an answer that is late; the first answer counts");
}

ClientBlueprint build_client(const ClientSpec& spec) {
  ClientBlueprint client{.name = spec.name};
  if (spec.retry_budget) client.retry_budget = budget_of(*spec.retry_budget);
  if (spec.circuit_breaker) client.circuit_breaker = breaker_of(*spec.circuit_breaker);
  if (spec.bulkhead) client.bulkhead = {spec.bulkhead->calls, spec.bulkhead->longest_wait};
  if (spec.hedge) client.hedge = hedge_of(*spec.hedge);
  return client;
}

}  // namespace headroom
