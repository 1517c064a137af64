#include "sim/cluster/service_client.hpp"

namespace headroom {

ServiceClient::ServiceClient(const ClientBlueprint& described, Recorder& recorder) : options{described} {
  const std::vector<Label> labels{{"client", options.name}};
  const auto rejected = [&](const char* reason) {
    return &recorder.share("calls_rejected", {{"client", options.name}, {"reason", reason}});
  };
  if (options.retry_budget) retries_denied = &recorder.share("retries_denied", labels);
  if (options.circuit_breaker) {
    rejected_by_circuit = rejected("circuit_open");
    circuits_open = &recorder.gauge("circuits_open", labels);
    circuits_half_open = &recorder.gauge("circuits_half_open", labels);
    circuits_opened = &recorder.counter("circuits_opened", labels);
  }
  if (options.bulkhead) {
    rejected_by_bulkhead = rejected("bulkhead_full");
    bulkhead = &recorder.level_share("bulkhead", labels);
    bulkhead_wait = &recorder.durations("bulkhead_wait", labels);
  }
  if (options.hedge) {
    hedges = &recorder.share("hedges", labels);
    hedges_won = &recorder.share("hedges_won", labels);
    hedges_denied = &recorder.share("hedges_denied", labels);
  }
}

void ServiceClient::begin(Index replica, SimTime now) {
  if (of_replica.size() <= replica) of_replica.resize(replica + 1);
  Own& own = of_replica[replica];
  own = {};
  if (options.retry_budget) own.retry_budget.emplace(*options.retry_budget, now);
  if (options.circuit_breaker) own.circuit_breaker.emplace(*options.circuit_breaker);
  if (options.bulkhead) bulkhead->whole.add(now, options.bulkhead->calls);
  if (!options.hedge) return;
  if (options.hedge->budget) own.hedge_budget.emplace(*options.hedge->budget, now);
  if (!options.hedge->after) own.latencies.emplace(options.hedge->percentile, options.hedge->calls);
}

void ServiceClient::end(Index replica, SimTime now) {
  Own& own = of_replica[replica];
  if (own.circuit_breaker) show_circuit(own.circuit_breaker->state(), CircuitBreaker::State::closed, now);
  if (options.bulkhead) {
    bulkhead->part.add(now, -static_cast<double>(own.calls));
    bulkhead->whole.add(now, -options.bulkhead->calls);
  }
  own = {};
}

void ServiceClient::take_place(Index replica, ClientCall& call, SimTime now) {
  ++call.places;
  ++of_replica[replica].calls;
  bulkhead->part.add(now, 1.0);
}

void ServiceClient::give_place(Index replica, SimTime now) {
  --of_replica[replica].calls;
  bulkhead->part.add(now, -1.0);
}

void ServiceClient::count_hedge(const ClientCall& call) const {
  const auto count = [](Share& share, bool part, bool whole) {
    share.part += part ? 1.0 : 0.0;
    share.whole += whole ? 1.0 : 0.0;
  };
  count(*hedges, call.hedged, true);
  count(*hedges_won, call.hedge_won, call.hedged);
}

void ServiceClient::show_circuit(CircuitBreaker::State before, CircuitBreaker::State after, SimTime now) const {
  if (before == after) return;
  const auto add = [&](CircuitBreaker::State state, double change) {
    if (state == CircuitBreaker::State::open) circuits_open->add(now, change);
    if (state == CircuitBreaker::State::half_open) circuits_half_open->add(now, change);
  };
  add(before, -1.0);
  add(after, 1.0);
  if (after == CircuitBreaker::State::open) circuits_opened->add();
}

}  // namespace headroom
