// Services, databases, queues, locks, caches and keys, every name resolved to an index: part of a Blueprint.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/cluster/step_blueprint.hpp"
#include "sim/core/distribution.hpp"
#include "sim/core/registry.hpp"
#include "sim/core/time.hpp"
#include "sim/core/units.hpp"
#include "sim/seams/autoscaler.hpp"
#include "sim/seams/balancer.hpp"
#include "sim/seams/cache_policy.hpp"
#include "sim/seams/shard_policy.hpp"

namespace headroom {

struct EndpointBlueprint {
  std::string name;   // "api.feed"
  Index service = no_index;
  Steps steps;
};

// Who of those that wait for a slot is next (sim/cluster/backlog.hpp).
enum class Discipline : std::uint8_t { fifo, lifo, priority, fair };

struct ServiceBlueprint {
  std::string name;
  Index region = 0;
  Index node_pool = no_index;       // none: replicas need no node
  int replicas = 1;                 // at the start, ready at time 0
  IntegerRange replica_limits{0, 1'000'000};  // whatever the autoscaler asks for
  int concurrency = 1;              // slots per replica
  std::optional<std::int64_t> backlog;            // requests that may wait per replica; none: any number
  std::optional<Distribution> wait_limit;  // a request that has waited this long for a slot fails; drawn per request
  Discipline discipline = Discipline::fifo;
  double cpu = 1.0;                 // cores per replica, also its request on the node; may be a fraction
  int gpus = 0;                     // per replica: whole ones, requested of its node
  Bytes memory;                     // limit and request; 0: not modelled
  Bytes memory_base;                // in use by an idle replica
  Bytes memory_per_task;            // per request in a slot
  Bytes image;
  Distribution start_up;            // from container start to ready to be probed
  Duration readiness_period{};      // a probe every so often; registration happens at the first probe after start-up. 0: at once
  Duration drain_limit{std::chrono::seconds{30}};  // grace period: in-flight work is lost only if it is exceeded
  PolicyChoice balancer = choice_of<Balancer>();        // unchosen: round-robin is filled in by the reader
  PolicyChoice autoscaler = choice_of<Autoscaler>();    // unchosen: no control loop
  DollarsPerSecond price;           // per replica, for services without a node pool
  // A worker service takes messages from a queue instead of requests from a balancer.
  Index queue = no_index;
  Index worker_endpoint = no_index;
  int batch = 1;                    // messages taken at a time into the replica's own backlog
  Index language_model = no_index;  // each replica runs an engine of it, for the generate steps of its own endpoints
};

// How a database with replicas replaces a primary that is gone.
struct FailoverBlueprint {
  Duration detection{std::chrono::seconds{10}};
  Duration promotion{std::chrono::seconds{20}};  // from then until a replica takes the writes
  std::optional<Duration> recovery;  // from then until the failed node is back, as a replica; none: never
};

// How a shard's other nodes learn of a write. Without it they have it at once.
enum class Acknowledged : std::uint8_t { at_once, by_first, by_all };  // a write is answered when so many replicas have it
struct DataReplicationBlueprint {
  Distribution lag;                 // from the commit until a replica has applied it, in the order of commits; drawn per replica
  Acknowledged acknowledged = Acknowledged::at_once;
};

// A kind of query that takes other times than the plain read and write.
struct OperationBlueprint {
  std::string name;
  bool write = false;
  Distribution cpu, wait;           // as read_cpu and read_wait
};

struct DatabaseBlueprint {
  std::string name;
  Index region = 0;
  PolicyChoice sharding = choice_of<ShardPolicy>();
  int shards = 1;
  int replicas = 1;                 // per shard; writes go to the first, reads are spread over all
  int pool = 20;                    // connections per shard replica
  std::optional<std::int64_t> backlog;
  std::optional<Distribution> wait_limit;
  double cpu = 1.0;                 // cores per shard replica
  Distribution read_cpu, write_cpu;  // core-seconds
  Distribution read_wait, write_wait;  // time without CPU (disk), holding the connection
  std::vector<OperationBlueprint> operations;
  DollarsPerSecond price;           // per shard replica
  std::optional<FailoverBlueprint> failover;
  std::optional<DataReplicationBlueprint> replication;  // needs replicas
  std::optional<Duration> repair;   // without failover: from the failure of a primary until it is back
};

struct QueueBlueprint {
  std::string name;
  int priorities = 1;               // classes; 0 is served first; higher numbers clamp to the last
  std::optional<std::int64_t> limit;  // messages that wait; a publish to a full queue fails, or …
  bool publishers_wait = false;     // … its publisher waits for room, first come first served
  Distribution delay;               // after publication, before anybody may take it; drawn per message
  // A message that was taken and is not finished after so long may be taken again, though its worker may still be at it; so does one
  // whose work failed or was lost. None: each message is delivered once, and ends with that.
  std::optional<Duration> visibility;
  std::optional<int> deliveries;    // needs visibility: after so many it is a dead letter. None: any number
  Index dead_letters = no_index;    // queue that dead letters go to; none: they are only counted
};

// A store of leases, by key.
struct LockBlueprint {
  std::string name;
  Distribution latency;             // of an operation: to take, to ask again, to give back
  DollarsPerSecond price;
};

enum class CacheScope { shared, replica, region };

struct CacheBlueprint {
  std::string name;
  CacheScope scope = CacheScope::shared;
  Bytes capacity;                   // per instance: the tier, each replica, each region's edge
  PolicyChoice policy = choice_of<CachePolicy>();
  std::optional<Duration> time_to_live;
  Distribution latency;             // of a look-up, hit or miss
  DollarsPerSecond price;           // per instance (scope shared and region)
};

// What keys are drawn for: one value for everything a request does, one per subject (user, tenant, monitor), one per task
// (each branch of a for_each its own), or what the workload's arrival brings (trace).
enum class KeyPer { request, subject, task, arrival };

struct KeyBlueprint {
  std::string name;                 // "artist"
  std::uint64_t items = 1;
  double zipf = 0.0;                // popularity exponent
  KeyPer per = KeyPer::request;
  Distribution size;                // bytes of the object under a key; the same key has always the same size
};

}  // namespace headroom
