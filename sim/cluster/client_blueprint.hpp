// Clients of services, on the caller's side: what a replica that calls others keeps of those it calls, so as not to ask too much
// of them nor to wait in vain. Part of a Blueprint.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/core/time.hpp"

namespace headroom {

// Retries are allowed for a share of the calls, and so many per second besides. Defaults: Finagle's.
struct RetryBudgetBlueprint {
  double share = 0.2;
  double least = 10.0;                        // retries per second
  Duration window{std::chrono::seconds{10}};  // how long a call allows for its share of a retry
};

// Defaults: resilience4j's.
struct CircuitBreakerBlueprint {
  double failure_rate = 0.5;  // it opens at this share of failures
  double slow_rate = 1.0;     // or of calls that take longer than `slow`
  Duration slow{std::chrono::seconds{60}};
  int calls = 100;                          // that are looked at: the last ones …
  std::optional<int> seconds;               // … or those of the last seconds
  int minimum_calls = 100;                  // fewer say nothing
  Duration open{std::chrono::seconds{60}};  // then it lets some try
  int half_open_calls = 10;                 // so many
  std::optional<int> consecutive_failures;  // it opens after so many in a row, instead
};

struct BulkheadBlueprint {
  int calls = 25;           // of one replica, at a time
  Duration longest_wait{};  // for the end of another
};

// A second request for the same answer, where the first has none after a time; the first answer counts.
struct HedgeBlueprint {
  std::optional<Duration> after;                 // none: after …
  double percentile = 0.0;                       // … this percentile of what the replica's last calls took
  int calls = 1000;                              // that many
  int minimum_calls = 100;                       // before so many have been answered nothing is sent
  std::optional<RetryBudgetBlueprint> budget{};  // none: any number
};

struct ClientBlueprint {
  std::string name;
  std::optional<RetryBudgetBlueprint> retry_budget{};
  std::optional<CircuitBreakerBlueprint> circuit_breaker{};
  std::optional<BulkheadBlueprint> bulkhead{};
  std::optional<HedgeBlueprint> hedge{};
};

// Sentences about what cannot run.
std::vector<std::string> check_client(const ClientBlueprint& client);

}  // namespace headroom
