// The steps of all endpoints, workers and journeys, compiled to one flat list of instructions.
//
// A Task is an execution: a position in this list. Branches of `parallel` and bodies of `for_each` lie inline and end with `end`;
// the forking task goes on behind them. Every random step has a key of its own, named by where it stands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/cluster/blueprint.hpp"
#include "sim/core/random.hpp"

namespace headroom {

enum class Op : std::uint8_t {
  compute,       // a: demand
  wait,          // a: demand
  call,          // a: call site
  fork,          // a: fork site
  for_each,      // a: for_each site
  choose,        // a: choice
  jump,          // b: target
  cache_lookup,  // a: cache site; b: target on a hit
  cache_fill,    // a: cache site
  publish,       // a: publish site
  ask_lock,      // a: lock site
  take_lock,     // a: lock site
  release_lock,  // a: lock site
  respond,
  generate,      // a: generate site
  snapshot,      // of a query, before it reads; a: database
  commit,        // of a query that has written; a: database
  end,           // of a branch, an endpoint, a worker, a journey
  use_store,     // a: store site
  restart,       // of a repeating journey; b: its entry
  when_changed,  // a: change site
  pass_limit,    // a: limit site
  invalidate,    // a: cache site
  write_behind,  // a: cache site; b: behind the steps, which begin at the next instruction
  begin_write,   // a: cache site
  transfer,      // a: transfer site
  send_query,    // of a query that has waited for a connection
  return_connection,  // of its caller, behind the call
  forward,       // of a request at a load balancer
  await_other_owner,  // of a query, before its end; a: database
  skip_fallback,      // behind a call that has one; b: behind that
  call_by_client,     // a: call site
};

struct Instruction {
  Op op;
  Index a = no_index;
  Index b = no_index;
};

struct Demand {
  Distribution value;
  std::uint64_t key = 0;  // of its draws
  double draw(std::uint64_t subject) const { return value.sample_of(key, subject); }
};

// Bytes of a step's own, each way.
struct SizeSite {
  Demand request, response;
};

struct CallSite {
  Index target = no_index;      // into Program::targets; where a route chooses, its first
  Index key = no_index;         // routes a query to its shard
  Duration timeout{};           // zero: none
  RetryPolicy retry;
  bool ignore_failure = false;
  bool at_primary = false;      // of a read
  std::uint64_t jitter_key = 0;
  std::optional<Demand> patience;
  Index route = no_index;       // chooses the target
  bool pooled = false;          // a query that needs one of its client's connections
  Index age = no_index;         // into Program::demands: of what a query asks for; none: now
  Index sizes = no_index;       // into Program::sizes: of a query; none: not modelled
  Index client = no_index;      // that it goes through
  Index fallback = no_index;    // instruction: what is done when it has failed
};

struct ForkSite {
  std::vector<Index> entries;
  Index after = no_index;
};

struct ForEachSite {
  Demand count;
  KeyPer per = KeyPer::task;
  Index at_most = 1;
  Index entry = no_index;
  Index after = no_index;
};

struct Choice {
  std::vector<double> cumulative;  // last is 1
  std::vector<Index> entries;
  std::uint64_t key = 0;
};

struct CacheSite {
  Index cache = no_index;
  Index key = no_index;         // none: a whole generation is invalidated
  Index generation = no_index;  // key space whose values have generations of their entries; none: they have none
  Duration delay{};             // of a write behind
  bool writes_behind = false;
  Index outer = no_index;       // the cache site among whose on_miss it stands
  Index sizes = no_index;       // into Program::sizes; none: not modelled
};

struct PublishSite {
  Index queue = no_index;
  int priority = -1;  // -1: the request's
  Index sizes = no_index;  // into Program::sizes; none: not modelled
};

struct LockSite {
  Index lock = no_index;
  Index key = no_index;
  Duration lease{}, renew{};  // renew zero: never
  OnHeld on_held = OnHeld::wait;
  Duration poll{};
  Index after = no_index;
  Index outer = no_index;  // the lock site among whose steps it stands
};

struct ChangeSite {
  double rate = 0.0;  // per second
  Duration since{};   // zero: the workload's rhythm
  std::uint64_t key = 0;
  Index after = no_index;
};

struct LimitSite {
  Index limit = no_index;
  Demand cost;
  OnLimit on_limit = OnLimit::fail;
  Duration longest_wait{};  // zero where it does not wait
  Index after = no_index;
};

struct GenerateSite {
  Index model = no_index;
  Demand input, output;  // tokens
  double cached = 0.0;
};

struct StoreSite {
  Index store = no_index;
  bool write = false;
};

struct TransferSite {
  Index link = no_index;
  Index key = no_index;  // none: the demand
  Demand bytes;
  double compression = 1.0;
  double limit = 0.0;    // bytes per second; 0: none
  Index group = 0;       // of flows with the same limit on this link
};

// Something that can be called: an endpoint of a service, a read, a write or an operation of a database, the worker of a queue.
struct CallTarget {
  std::string name;
  Index server = no_index;      // services first, then databases: index into both lists joined
  Index entry = no_index;
  bool write = false;           // databases: goes to the shard's first replica
};

struct JourneyCode {
  Index entry = no_index;
  // A journey that is one request and nothing else needs no task of its own: its call site, else none.
  Index only_call = no_index;
  Index only_publish = no_index;

  bool is_session() const { return only_call == no_index && only_publish == no_index; }
};

struct Program {
  std::vector<Instruction> code;
  std::vector<Demand> demands;
  std::vector<CallSite> calls;
  std::vector<ForkSite> forks;
  std::vector<ForEachSite> for_eaches;
  std::vector<Choice> choices;
  std::vector<CacheSite> cache_sites;
  std::vector<PublishSite> publishes;
  std::vector<LockSite> lock_sites;
  std::vector<Index> lock_around;                    // per instruction: the innermost lock site among whose steps it stands
  std::vector<Index> load_around;                    // per instruction: the innermost cache site among whose on_miss it stands
  std::vector<GenerateSite> generates;
  std::vector<ChangeSite> changes;
  std::vector<LimitSite> limit_sites;
  std::vector<StoreSite> store_sites;
  std::vector<TransferSite> transfers;
  std::vector<SizeSite> sizes;
  std::vector<CallTarget> targets;                   // endpoints of the blueprint, then read and write of each database, then operations
  std::vector<std::vector<JourneyCode>> journeys;    // [workload][journey]
  std::vector<bool> server_forks;                    // per server: whether its endpoints run branches side by side
  Index send_query = no_index;                       // instruction
  std::vector<Index> load_balancer_entries;          // what a request does at each before it goes on
};

// `repeats[w]`: the journeys of workload w start over. The blueprint must have passed check_blueprint.
Program compile(const Blueprint& blueprint, const std::vector<bool>& repeats, RandomStreams& streams);

inline Index read_target(const Blueprint& blueprint, Index database) {
  return static_cast<Index>(blueprint.endpoints.size()) + 2 * database;
}
inline Index write_target(const Blueprint& blueprint, Index database) { return read_target(blueprint, database) + 1; }
inline Index operation_target(const Blueprint& blueprint, Index database, Index operation) {
  Index target = read_target(blueprint, static_cast<Index>(blueprint.databases.size())) + operation;
  for (Index i = 0; i < database; ++i) target += static_cast<Index>(blueprint.databases[i].operations.size());
  return target;
}

}  // namespace headroom
