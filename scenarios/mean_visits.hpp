// What one execution of an endpoint or a journey asks of everything else, on average and without queueing: time, CPU, calls,
// messages, queries and look-ups. The arithmetic under `explain`.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/cluster/blueprint.hpp"

namespace headroom {

struct MeanQueries {
  QueryStep query;
  double count = 0.0;
};

struct MeanLookups {
  Index cache = no_index;
  Index key = no_index;
  Index behind = no_index;  // the cache of the same key whose miss this look-up follows
  double count = 0.0;
  double bytes = 0.0;       // of all, there and back
};

struct MeanGenerations {
  Index model = no_index;
  double count = 0.0;
  double input = 0.0, output = 0.0;  // tokens of one
  double cached = 0.0;               // share of the input
};
// From the first to the last of its tokens' making, undisturbed.
double generation_seconds(const LanguageModelBlueprint& model, const MeanGenerations& generations);
// What one takes of an engine's time when `batch` of them are in the making side by side.
double engine_seconds(const EngineBlueprint& engine, const MeanGenerations& generations, double batch);

// Time that a request spends at a load balancer, alone there.
double load_balancer_seconds(const LoadBalancerBlueprint& balancer);

struct MeanLocks {
  Index lock = no_index;
  Index key = no_index;
  double seconds = 0.0;  // that it is held, by those who wait for it
};

struct MeanTokens {
  Index limit = no_index;
  double tokens = 0.0;
};

// Calls of an endpoint, or of one behind a route, from one region.
struct MeanCalls {
  Index endpoint = no_index;
  double count = 0.0;
  Index from = 0;
};

struct MeanStores {
  Index store = no_index;
  bool write = false;
  double count = 0.0;
  double bytes = 0.0;  // of all
};
struct MeanOperations {
  Index cache = no_index;
  Index key = no_index;  // none: a whole generation
  double count = 0.0;
};
struct MeanTransfers {
  Index link = no_index;
  double count = 0.0;
  double bytes = 0.0;  // of all
};

struct MeanVisit {
  double seconds = 0.0;           // from its start to its end: what a slot is held for
  double response_seconds = 0.0;  // to its answer
  double cpu_seconds = 0.0;
  std::vector<double> calls;      // by endpoint
  std::vector<double> publishes;  // by queue
  std::vector<double> published;  // by queue: bytes
  std::vector<MeanQueries> queries;
  std::vector<MeanLookups> lookups;
  std::vector<MeanGenerations> generations;
  std::vector<MeanLocks> locks;
  std::vector<MeanTokens> tokens;
  std::vector<MeanStores> stores;
  std::vector<MeanCalls> calls_by_region;  // the same calls, by where they come from
  std::vector<MeanOperations> operations;
  std::vector<MeanTransfers> transfers;
};

// Probability of a miss at a look-up.
using MissRatio = std::function<double(const MeanLookups&)>;

// Conventions: a parallel step takes as long as the longest mean of its branches (a lower bound of the mean of the longest), a
// for_each ceil(count / at_most) rounds of its body, a call the round trip and the callee's time to answer, at most its time-out; a limit
// refuses nothing, and what looks for changes is asked by the workloads in proportion to what they begin. A route leads where it does
// while everything is up; a read of a store finds the ages of the start. No call fails, so none is tried again or falls back; one is
// hedged if its mean time is more than the delay, or as often as the percentile says, and at most by the share of the budget.
class MeanVisits {
 public:
  // check_blueprint() accepts the blueprint.
  // `rhythms`: of all workloads, by their shares of what is begun; what is left of the shares to 1 has none.
  MeanVisits(const Blueprint& blueprint, MissRatio miss_ratio, std::vector<Rhythm> rhythms = {});
  const MeanVisit& endpoint(Index index) const { return endpoints_[index]; }
  MeanVisit journey(Index workload, const JourneyBlueprint& journey) const;
  // Time of one operation on a connection: CPU (never faster than one core) and what it waits for.
  static double query_seconds(const DatabaseBlueprint& database, const QueryStep& query);
  static double query_core_seconds(const DatabaseBlueprint& database, const QueryStep& query);
  // Of a read, as the ages at the start have it; of a write.
  double store_seconds(const StoreBlueprint& store, bool write) const;
  // Calls that cannot be answered in time even without queueing.
  const std::vector<std::string>& remarks() const { return remarks_; }

 private:
  class Walk;
  struct CallShare {
    Index endpoint;
    double share;
  };
  // Where a call leads while everything is up.
  std::vector<CallShare> callees(const CallStep& step, Index from) const;
  // Second requests for each call of something that takes so long to answer.
  double hedged_share(const CallStep& step, double seconds) const;
  void visit(Index endpoint);
  double chance_of_change(const WhenChangedStep& step) const;
  double round_trip(Index a, Index b) const { return to_seconds(blueprint_.network.round_trip[a][b]); }

  const Blueprint& blueprint_;
  MissRatio miss_ratio_;
  std::vector<Rhythm> rhythms_;
  std::vector<MeanVisit> endpoints_;
  std::vector<bool> visited_;
  std::vector<std::string> remarks_;
};

// Instances of a serverless service that requests keep busy, with their slots full: Little's law. `rates`: of visits by endpoint.
double instances_at_work(const Blueprint& blueprint, const MeanVisits& visits, const std::vector<double>& rates, Index service);

}  // namespace headroom
