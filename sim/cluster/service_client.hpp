// Clients of services as the exact plane has them: what each replica of a caller keeps, and what is counted of them all.
#pragma once

#include <optional>
#include <vector>

#include "sim/cluster/circuit_breaker.hpp"
#include "sim/cluster/client_blueprint.hpp"
#include "sim/cluster/recent_latencies.hpp"
#include "sim/cluster/retry_budget.hpp"
#include "sim/cluster/task.hpp"
#include "sim/measure/recorder.hpp"

namespace headroom {

// A try of a call through a client; of the caller.
struct ClientCall {
  SimTime begun{};
  bool live = false;                                          // under way
  bool judged = false;                                        // the circuit breaker wants to know how it ends
  Index places = 0;                                           // that it has in the bulkhead
  Index hedge = no_index;                                     // the second request, while nobody has answered it
  bool may_hedge = false, hedged = false, hedge_won = false;  // for the counts, when it is over
  SimTime hedge_at = end_of_time;                             // when that is to be sent
  SimTime answer_at = end_of_time;  // when the answer to the first arrives, if that is after hedge_at; Task::outcome has it
};

struct ServiceClient {
  // Of one replica of a caller; begins anew with it.
  struct Own {
    std::optional<RetryBudget> retry_budget;
    std::optional<CircuitBreaker> circuit_breaker;
    std::optional<RetryBudget> hedge_budget;
    std::optional<RecentLatencies> latencies;  // where a hedge is sent after a percentile of them
    Index calls = 0;                           // under way, where there is a bulkhead
    TaskList line;                             // callers that wait for one of them to end
  };

  ServiceClient(const ClientBlueprint& described, Recorder& recorder);

  void begin(Index replica, SimTime now);
  // Of a replica that dies, whose calls nobody waits for any more.
  void end(Index replica, SimTime now);
  // Counts that a circuit breaker has gone from one state to another, or has not.
  void show_circuit(CircuitBreaker::State before, CircuitBreaker::State after, SimTime now) const;
  // Of the bulkhead, which has one.
  void take_place(Index replica, ClientCall& call, SimTime now);
  void give_place(Index replica, SimTime now);

  // Of a try that might have been hedged, when it is over.
  void count_hedge(const ClientCall& call) const;

  ClientBlueprint options;
  std::vector<Own> of_replica;  // by the replicas' slots, as far as they have it
  Share* retries_denied = nullptr;
  Share *rejected_by_circuit = nullptr, *rejected_by_bulkhead = nullptr;
  Gauge *circuits_open = nullptr, *circuits_half_open = nullptr;
  Counter* circuits_opened = nullptr;
  Share *hedges = nullptr, *hedges_won = nullptr, *hedges_denied = nullptr;
  LevelShare* bulkhead = nullptr;
  DurationInstrument* bulkhead_wait = nullptr;
};

}  // namespace headroom
