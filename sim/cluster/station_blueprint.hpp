// Services, databases, queues, locks, caches and keys, every name resolved to an index: part of a Blueprint.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/cluster/step_blueprint.hpp"
#include "sim/core/distribution.hpp"
#include "sim/core/registry.hpp"
#include "sim/core/time.hpp"
#include "sim/core/units.hpp"
#include "sim/seams/admission_policy.hpp"
#include "sim/seams/autoscaler.hpp"
#include "sim/seams/balancer.hpp"
#include "sim/seams/cache_policy.hpp"
#include "sim/seams/shard_policy.hpp"
#include "sim/seams/vertical_autoscaler.hpp"

namespace headroom {

struct EndpointBlueprint {
  std::string name;   // "api.feed"
  Index service = no_index;
  Steps steps;
  Distribution request_size{}, response_size{};  // bytes; 0: not modelled
};

// Who of those that wait for a slot is next (sim/cluster/backlog.hpp).
enum class Discipline : std::uint8_t { fifo, lifo, priority, fair };

// A request that the kubelet sends to a container every so often, to see whether it answers. It stands in the line of the replica
// behind those that came before it, takes a slot and no time, and fails when it has no answer after `timeout`.
struct ProbeBlueprint {
  Duration period{std::chrono::seconds{10}};
  Duration timeout{std::chrono::seconds{1}};  // no more than the period
  Duration initial_delay{};         // of the first, after the start of the container
  int failures = 3;                 // in a row, until the probe has failed
  int successes = 1;                // in a row, until it has passed
};

// A service whose replicas are instances: the platform starts one when a request finds no free slot, and takes it away when it has
// been idle for long.
struct ServerlessBlueprint {
  int floor = 0;                    // instances that are there from the start to the end
  int most = 1000;                  // at a time, the floor among them
  int burst = 1000;                 // that may start at once; …
  PerSecond ramp{100.0};            // … so many of these come back over time
  Duration keep_alive{std::chrono::minutes{10}};  // that an instance is idle before it goes
  Distribution cold_start;          // from asking for an instance until it serves; drawn per instance
  double price_per_request = 0.0;   // US dollars, of those that were let in
  double price = 0.0;               // per byte of memory and second of an instance that starts or has a request
  double floor_price = 0.0;         // per byte and second of the floor, whatever it does
};

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
  double cpu = 1.0;                 // cores that a replica may use; may be a fraction
  std::optional<double> cpu_request;  // that it requests of its node, no more than that; none: the same
  double requested_cpu() const { return cpu_request.value_or(cpu); }
  int gpus = 0;                     // per replica: whole ones, requested of its node
  Bytes memory;                     // limit and request; 0: not modelled
  Bytes memory_base;                // in use by an idle replica
  Bytes memory_per_task;            // per request in a slot
  Bytes image;
  Distribution start_up;            // from container start to ready to be probed
  std::optional<ProbeBlueprint> readiness;  // registered when it has passed, off the balancer while it has failed; none: at once, for good
  std::optional<ProbeBlueprint> liveness;   // the container is killed and restarted when it has failed
  Duration drain_limit{std::chrono::seconds{30}};  // grace period: in-flight work is lost only if it is exceeded
  PolicyChoice balancer = choice_of<Balancer>();        // unchosen: round-robin is filled in by the reader
  PolicyChoice autoscaler = choice_of<Autoscaler>();    // unchosen: no control loop
  DollarsPerSecond price;           // per replica, for services without a node pool
  // A worker service takes messages from a queue instead of requests from a balancer.
  Index queue = no_index;
  Index worker_endpoint = no_index;
  int batch = 1;                    // messages taken at a time into the replica's own backlog
  Index language_model = no_index;  // each replica runs an engine of it, for the generate steps of its own endpoints
  std::optional<ServerlessBlueprint> serverless;  // no replicas, nodes, balancer or autoscaler then; memory is only paid for
  Index load_balancer = no_index;   // that its requests come through
  PolicyChoice vertical_autoscaler = choice_of<VerticalAutoscaler>();  // unchosen: replicas stay as they are
  std::vector<int> fair_weights;  // of a fair discipline: how many of a subject are next in a row, by workload; empty: one each
  PolicyChoice admission = choice_of<AdmissionPolicy>();  // of each replica; unchosen: it takes in what its line has room for
  Duration registration{};          // from a new replica's readiness until the balancer sends to it; it counts as ready then
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

// Every replica of a service that queries the database holds a pool of connections to each of its nodes.
struct ConnectionsBlueprint {
  int limit = 100;                  // of a node, from all clients; the pool beside it is what a pooler in front lets through
  int per_client = 10;              // as far as there are so many left
  std::optional<Distribution> wait_limit =
      std::nullopt;  // of a client's line; none: the database's, which a pooler's line has too
};

// Another number of shards from some time on (sim/cluster/resharding.hpp, exact_resharding.cpp).
struct ReshardingBlueprint {
  Duration at{};
  int shards = 1;
  BytesPerSecond bandwidth;         // of a shard node's link, each way
};

// From so many pairs of shards at most: each is a stream of its own.
inline constexpr std::int64_t most_shard_moves = 4096;

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
  std::optional<ConnectionsBlueprint> connections;  // none: nobody counts them
  // Rows lie in partitions by time, each so long, and these on the shards in turn: what a query asks for is on the shard of then.
  std::optional<Duration> partition_period;
  Bytes data;                       // of all shards
  std::optional<ReshardingBlueprint> resharding;
  double read_price = 0.0, write_price = 0.0;  // US dollars per query that a node takes
  DollarsPerSecond storage_price;   // of all data
  int most_shards() const { return resharding ? std::max(shards, resharding->shards) : shards; }
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
  std::optional<Duration> soft_time_to_live;  // past it a hit is served as it is, and one refresh runs in the background
  bool coalesce = false;            // who misses a key that is being loaded waits for that load, …
  Duration coalesce_limit{std::chrono::seconds{5}};  // … so long at most, and then loads itself
  int nodes = 1;                    // of an instance (scope shared and region): keys are spread over them, capacity is split
  PerSecond operations{};           // that one node can do, first come first served; 0: any number
  bool persistent = false;          // what it holds outlives its own restart, or that of its replica's container
  int connections = 0;              // that a node has; 0: any number (scope shared and region)
  int connections_per_client = 1;   // that each replica whose endpoints use it opens to each node
};

// A link whose bandwidth the flows on it share: each gets the same, but none more than its own limit.
struct LinkBlueprint {
  std::string name;
  BytesPerSecond bandwidth{1.25e8};
  bool per_region = false;          // one in each region; else one for all
  double price = 0.0;               // US dollars per byte
};

struct KeyBlueprint {
  std::string name;                 // "artist"
  std::uint64_t items = 1;
  double zipf = 0.0;                // popularity exponent
  KeyPer per = KeyPer::request;
  Distribution size;                // bytes of the object under a key; the same key has always the same size
};

// Token buckets and quotas: of the requests of one priority, and of all less urgent ones up to the next tier.
struct LimitTier {
  int priority = 0;
  PerSecond rate;                   // of tokens; 0: no bucket
  double burst = 0.0;               // tokens that the bucket holds; it begins full
  std::optional<double> quota;      // tokens per period; periods begin with the run
  Duration period{std::chrono::hours{24}};
};
struct LimitBlueprint {
  std::string name;
  bool per_subject = true;          // a bucket and a quota each; else one for all of a tier
  std::vector<LimitTier> tiers;     // by priority, increasing; what is more urgent than the first is not limited
};

}  // namespace headroom
