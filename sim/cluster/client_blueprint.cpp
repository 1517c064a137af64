#include "sim/cluster/client_blueprint.hpp"

namespace headroom {

namespace {

bool is_good(const RetryBudgetBlueprint& budget) {
  return budget.share >= 0.0 && budget.share <= 1000.0 && budget.least >= 0.0 && budget.least <= 1e6 && budget.window >= std::chrono::seconds{1};
}

bool is_good(const CircuitBreakerBlueprint& breaker) {
  const bool rates =
      breaker.failure_rate > 0.0 && breaker.failure_rate <= 1.0 && breaker.slow_rate > 0.0 && breaker.slow_rate <= 1.0;
  const bool counts = breaker.calls >= 1 && breaker.seconds.value_or(1) >= 1 && breaker.minimum_calls >= 1;
  return rates && counts && breaker.half_open_calls >= 1 && breaker.open >= Duration{} &&
         breaker.consecutive_failures.value_or(1) >= 1;
}

bool is_good(const BulkheadBlueprint& bulkhead) { return bulkhead.calls >= 1 && bulkhead.longest_wait >= Duration{}; }

bool is_good(const HedgeBlueprint& hedge) {
  const bool percentile =
      hedge.percentile > 0.0 && hedge.percentile < 100.0 && hedge.minimum_calls >= 1 && hedge.calls >= hedge.minimum_calls;
  return (hedge.after ? *hedge.after > Duration{} : percentile) && (!hedge.budget || is_good(*hedge.budget));
}

}  // namespace

std::vector<std::string> check_client(const ClientBlueprint& client) {
  std::vector<std::string> problems;
  const auto check = [&](const auto& part, const char* problem) {
    if (part && !is_good(*part)) problems.push_back("client " + client.name + ": " + problem);
  };
  check(client.retry_budget, "its budget is no number of retries, or of no window of a second at least");
  check(client.circuit_breaker, "its circuit breaker opens at no share of calls, or never closes again");
  check(client.bulkhead, "its bulkhead lets nobody call");
  check(client.hedge, "its second requests are sent at no time, or never");
  return problems;
}

}  // namespace headroom
