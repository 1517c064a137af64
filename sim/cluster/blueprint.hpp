// The Blueprint: a whole system with every name resolved to an index and every quantity in strong types. It is what a scenario
// becomes before it runs, and what tests build by hand. Plain data; a Blueprint that check_blueprint() accepts runs without error.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sim/cluster/language_model.hpp"
#include "sim/core/condition.hpp"
#include "sim/core/distribution.hpp"
#include "sim/core/registry.hpp"
#include "sim/core/time.hpp"
#include "sim/core/units.hpp"
#include "sim/seams/autoscaler.hpp"
#include "sim/seams/balancer.hpp"
#include "sim/seams/cache_policy.hpp"
#include "sim/seams/node_autoscaler.hpp"
#include "sim/seams/placement_policy.hpp"
#include "sim/seams/shard_policy.hpp"
#include "sim/seams/workload.hpp"

namespace headroom {

using Index = std::uint32_t;
inline constexpr Index no_index = ~Index{0};

// ---- steps of endpoints, workers and journeys ------------------------------------------------------------------------------

struct Step;
using Steps = std::vector<Step>;

// CPU demand on the replica's cores, in core-seconds.
struct ComputeStep { Distribution cpu; };
// Time that takes no resource (a third party, a disk, a user thinking).
struct WaitStep { Distribution span; };

struct RetryPolicy {
  int attempts = 1;                           // tries in all, the first included
  Duration base{std::chrono::milliseconds{25}};  // back-off before try n+1: base × factor^(n-1), at most cap
  double factor = 2.0;
  Duration cap{std::chrono::milliseconds{250}};
  bool full_jitter = true;                    // uniform between 0 and that value (Envoy); else exactly it
};

// Asks an endpoint of a service and waits for its answer, holding what it holds.
struct CallStep {
  Index endpoint = no_index;                  // into Blueprint::endpoints
  std::optional<Duration> timeout;            // per try; the callee goes on working when it fires
  RetryPolicy retry;
  bool ignore_failure = false;                // go on as if it had been answered
};
struct ParallelStep { std::vector<Steps> branches; };   // all at once; fails when the last has ended and one failed
struct ForEachStep {
  Distribution count;                         // rounded to the nearest integer
  int at_most = 1;                            // bodies at a time
  Steps body;
};
struct ChooseStep {
  std::vector<double> weights;
  std::vector<Steps> options;                 // as many as weights
};
// Looks a key up; on a miss runs the steps and then fills the key (cache aside). Fails when a step on the way fails.
struct CacheStep {
  Index cache = no_index;
  Index key = no_index;                       // into Blueprint::keys
  Steps on_miss;
};
struct QueryStep {
  Index database = no_index;
  bool write = false;
  Index key = no_index;                       // shards by it; none: spread evenly
};
struct PublishStep {
  Index queue = no_index;
  std::optional<int> priority;                // none: the request's
};
// Runs the steps while it holds the key of the lock; fails when one of them fails, and then gives the key back.
enum class OnHeld : std::uint8_t { wait, skip, fail };
struct LockStep {
  Index lock = no_index;                      // into Blueprint::locks
  Index key = no_index;                       // into Blueprint::keys: what is locked
  Duration lease{};                           // after so long another may take it, whoever holds it
  std::optional<Duration> renew;              // the holder extends its lease this often; shorter than the lease
  OnHeld on_held = OnHeld::wait;              // wait: asks again; skip: goes on behind the steps
  Duration poll{std::chrono::milliseconds{100}};  // wait: how long after an answer it asks again
  Steps steps;
};
struct RespondStep {};                        // answer now, go on working
// Asks a language model for a text and waits for its last token. Numbers of tokens are rounded, at least 1.
struct GenerateStep {
  Index model = no_index;                     // into Blueprint::language_models
  Distribution input, output;                 // tokens
  double cached = 0.0;                        // share of the input that the model still has from earlier requests
};

struct Step {
  std::variant<ComputeStep, WaitStep, CallStep, ParallelStep, ForEachStep, ChooseStep, CacheStep, QueryStep, PublishStep, LockStep,
               RespondStep, GenerateStep>
      action;
};

// ---- what serves -------------------------------------------------------------------------------------------------------------

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
  DollarsPerSecond price;           // per shard replica
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

// ---- who asks ----------------------------------------------------------------------------------------------------------------

struct JourneyBlueprint {
  std::string name;
  double weight = 1.0;
  Steps steps;                      // CallStep (a request), WaitStep (thinking), PublishStep, ParallelStep, ForEachStep, ChooseStep
};

struct WorkloadBlueprint {
  std::string name;
  Index region = 0;
  PolicyChoice model = choice_of<Workload>();
  std::vector<JourneyBlueprint> journeys;
};

// ---- machines ----------------------------------------------------------------------------------------------------------------

// How a node is paid for.
enum class Purchase : std::uint8_t { on_demand, reserved, spot };
struct PurchaseMix {
  int reserved = 0;                 // nodes paid for from the start to the end, used or not; a pool's first nodes are these
  double spot = 0.0;                // never more than this share of the others
  DollarsPerSecond reserved_price, spot_price;
  PerSecond interruptions;          // of one spot node; exponential
  Duration notice{std::chrono::minutes{2}};  // from being told until the node is gone
};

// What a pool's purchases are called on the bill, beside the pool's own name for nodes on demand.
inline std::string spot_component(const std::string& pool) { return pool + " (spot)"; }
inline std::string reserved_component(const std::string& pool) { return pool + " (reserved)"; }

struct NodePoolBlueprint {
  std::string name;
  Index region = 0;
  int zones = 1;                    // nodes are dealt to zones in turn
  int nodes = 1;                    // up at the start
  int minimum = 1, maximum = 1;
  double cpu = 4.0;                 // allocatable cores of a node
  Bytes memory;                     // allocatable
  int pods_per_node = 110;
  Distribution boot;                // from asking to schedulable
  BytesPerSecond bandwidth;         // of a node's link
  DollarsPerSecond price;           // per node on demand, from asking for it until it is given back
  PurchaseMix purchase;
  int gpus = 0;                     // of a node
  PolicyChoice autoscaler = choice_of<NodeAutoscaler>();
  PolicyChoice placement = choice_of<PlacementPolicy>();
};

struct NetworkBlueprint {
  std::vector<std::string> regions{"here"};
  std::vector<std::vector<Duration>> round_trip{{Duration{}}};  // between regions, symmetric; zero within
  BytesPerSecond registry_bandwidth{1.25e9};  // of the image registry's link, shared by all pulls
  Duration registry_latency{std::chrono::microseconds{500}};
  std::string model = "CM02";       // SimGrid network model
};

// ---- the whole ---------------------------------------------------------------------------------------------------------------

struct Blueprint {
  std::string name;
  Duration duration{std::chrono::hours{1}};
  std::optional<Duration> warm_up;  // none: "auto" (MSER-5 when every workload is stationary, otherwise nothing is deleted)
  Duration scrape{std::chrono::seconds{15}};
  int windows = 240;                // record windows over the run (phase borders add more)
  std::string directory;            // of the scenario: trace files are relative to it

  NetworkBlueprint network;
  std::vector<NodePoolBlueprint> node_pools;
  std::vector<ServiceBlueprint> services;
  std::vector<EndpointBlueprint> endpoints;
  std::vector<DatabaseBlueprint> databases;
  std::vector<QueueBlueprint> queues;
  std::vector<LockBlueprint> locks;
  std::vector<CacheBlueprint> caches;
  std::vector<KeyBlueprint> keys;
  std::vector<LanguageModelBlueprint> language_models;
  std::vector<WorkloadBlueprint> workloads;

  std::vector<double> percentiles;  // beyond 50, 95, 99: asked for by conditions (0-100)
};

// Sentences about what cannot run: indices out of range, a cycle of calls, a respond in a journey, … Empty: it can run.
// The scenario reader finds these earlier and with their places; this is for blueprints made by hand.
std::vector<std::string> check_blueprint(const Blueprint& blueprint);

}  // namespace headroom
