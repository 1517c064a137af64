// RequestPlane: everything that happens per request. A seam of its own: the exact plane simulates every request; other planes
// may carry flows. The infrastructure plane drives it with one rule: advance, then change.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/cluster/blueprint.hpp"
#include "sim/core/time.hpp"
#include "sim/measure/bill.hpp"
#include "sim/measure/run_result.hpp"

namespace headroom {

struct ReplicaSample {
  double busy_core_seconds = 0.0;  // since the replica was added
  Bytes memory;                    // in use now
  std::uint32_t in_flight = 0;     // in slots and in its backlog
};

struct ReplicaRef {
  Index service = no_index;
  Index replica = no_index;  // stable for the life of the replica; may be reused after remove_replica
};

// What a replica may use, and requests.
struct ReplicaSize {
  double cores = 1.0;
  double cpu_request = 1.0;
  Bytes memory;  // limit; 0: not modelled
};

struct NodeRef {
  Index pool = no_index;
  std::uint32_t node = 0;  // never used again in the pool
  double cores = 0.0;      // that it has to give, where it is not of the pool's own type; 0: it is
};

enum class ProbeAnswer : std::uint8_t { answered, waits, refused };

struct ReplicaDisk;

class RequestPlane {
 public:
  virtual ~RequestPlane() = default;

  // Simulates everything up to and including `until`; never goes back.
  virtual void advance_to(SimTime until) = 0;
  virtual SimTime now() const = 0;

  // Changes; they take effect at now().
  // Registers a new replica with the balancer (or lets a worker take messages). Returns its identifier. Zones are numbered within
  // a region; a replica that needs no node is in none. A container that starts again finds its pod's disk.
  virtual Index add_replica(Index service, Index zone, std::shared_ptr<ReplicaDisk> disk) = 0;
  Index add_replica(Index service, Index zone = no_index) { return add_replica(service, zone, nullptr); }
  // Where a replica that was just added runs.
  virtual void run_on(ReplicaRef replica, NodeRef node) = 0;
  // From now on; only of services whose blueprint has a vertical autoscaler. What is over a smaller memory limit by then is found
  // when more comes.
  virtual void resize(ReplicaRef replica, const ReplicaSize& size) = 0;
  // Out of the balancer; what is in it goes on (its backlog too).
  virtual void drain_replica(ReplicaRef replica) = 0;
  // Back with the balancer after drain_replica.
  virtual void restore_replica(ReplicaRef replica) = 0;
  // Gone: what is still in it fails with reason "lost".
  virtual void remove_replica(ReplicaRef replica) = 0;
  // Of a replica that was removed or killed, before another is added; none where nothing outlives a container.
  virtual std::shared_ptr<ReplicaDisk> take_disk(ReplicaRef gone) = 0;

  // Online resharding of a database (resharding.hpp, shard_copies.hpp), in this order.
  // The new shards are there, without keys.
  virtual void begin_resharding(Index database) = 0;
  // So much of this move of the plan is copied, of 1.
  virtual void copied(Index database, Index move, double share) = 0;
  // All is: the new shards have the keys, the others are asked no more.
  virtual void end_resharding(Index database) = 0;
  // Takes those nodes of these others away that are idle. Returns how many are left.
  virtual int draining_nodes(Index database) = 0;
  // Whether the shard has a node for that.
  virtual bool takes_writes(Index database, Index shard) const = 0;

  // Observations.
  // Whether the balancer may choose it; workers choose themselves.
  virtual bool gets_requests(ReplicaRef) const { return true; }
  virtual bool is_idle(ReplicaRef replica) const = 0;
  virtual ReplicaSample sample(ReplicaRef replica) const = 0;
  // Of a request that was sent to the replica at `sent`, no later than now, and takes no time in a slot: whether it has been
  // answered by now. One that is sent now to a full backlog never is.
  virtual ProbeAnswer answer_to_probe(ReplicaRef replica, SimTime sent) const = 0;
  // Replicas killed by the plane itself since the last call (out of memory); they are removed already.
  virtual std::vector<ReplicaRef> take_killed() = 0;
  // Before a recorder tick: brings sampled instruments (memory, cache bytes, age of queues) up to date.
  virtual void refresh_instruments() = 0;

  // Of the workloads: their named phases, the users behind them, and whether their rates are constant over the run.
  virtual std::vector<PhaseResult> phases() const = 0;
  virtual double users() const = 0;
  virtual bool stationary() const = 0;

  // Core-seconds that replicas of the service have used up to now, those that are gone among them.
  virtual double core_seconds(Index) const { return 0.0; }
  // Replica-seconds at work up to now, in the same way: of each replica the share of its slots in use; of one that runs a language
  // model all of it while its engine makes a step, whatever the size of the batch, and nothing while the batch is empty.
  virtual double busy_replica_seconds(Index) const { return 0.0; }
  // What has been used up to the last refresh of the instruments comes to by its quantities.
  virtual std::vector<Charge> charges() const { return {}; }

  // Where the time of users' requests went that ended after `from`; none from a plane that follows none.
  virtual std::vector<CriticalPath> critical_paths(SimTime from) const {
    (void)from;
    return {};
  }
  // End of the run: ledger entries, events.
  virtual void finish(RunResult& result) = 0;
};

}  // namespace headroom
