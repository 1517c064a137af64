// A Scenario: the plain description that a file spells, field for field. No behaviour, no pointers into a simulation.
// Each type describes its fields once; from that come the reading, the schema, the reference and the echo in reports.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"
#include "sim/cluster/blueprint.hpp"
#include "scenarios/language_model_spec.hpp"

namespace headroom {

// References and distributions that know what they refer to and what they are a number of.
struct ToEndpoint : Reference { ToEndpoint() : Reference{{}, "endpoint"} {} };
struct ToService : Reference { ToService() : Reference{{}, "service"} {} };
struct ToLock : Reference { ToLock() : Reference{{}, "lock"} {} };
struct ToCache : Reference { ToCache() : Reference{{}, "cache"} {} };
struct ToDatabase : Reference { ToDatabase() : Reference{{}, "database"} {} };
struct ToQueue : Reference { ToQueue() : Reference{{}, "queue"} {} };
struct ToKey : Reference { ToKey() : Reference{{}, "key"} {} };
struct ToLanguageModel : Reference { ToLanguageModel() : Reference{{}, "language_model"} {} };
struct ToRegion : Reference { ToRegion() : Reference{{}, "region"} {} };
struct ToNodePool : Reference { ToNodePool() : Reference{{}, "node_pool"} {} };
struct CountField : DistributionField { CountField() : DistributionField{{}, Dimension::count} {} };
struct SizeField : DistributionField { SizeField() : DistributionField{{}, Dimension::bytes} {} };

struct RetrySpec {
  static constexpr std::string_view type_name = "retry";
  int attempts = 2;
  Duration base{std::chrono::milliseconds{25}};
  double factor = 2.0;
  Duration at_most{std::chrono::milliseconds{250}};
  std::string jitter = "full";                   // "full" or "none"
  void describe(Fields& field);
};

// One step of an endpoint, a worker or a journey. Exactly one action; the other fields belong to an action.
struct StepSpec {
  static constexpr std::string_view type_name = "step";
  std::optional<DistributionField> compute;      // CPU demand (time of one core)
  std::optional<DistributionField> wait;
  std::optional<DistributionField> think;        // journeys
  std::optional<ToEndpoint> call;                // endpoint "service.endpoint"; services
  std::optional<ToEndpoint> request;             // the same from a journey
  std::optional<std::vector<std::vector<StepSpec>>> parallel;
  std::optional<CountField> for_each;           // count
  std::optional<std::vector<struct OptionSpec>> choose;
  std::optional<ToCache> cache;
  std::optional<ToDatabase> query;               // database
  std::optional<ToQueue> publish;                // queue
  std::optional<ToLock> lock;                    // lock
  std::optional<bool> respond;
  std::optional<ToLanguageModel> generate;       // language model

  std::optional<Duration> timeout;               // call, request
  std::optional<RetrySpec> retry;                // call, request
  std::optional<std::string> on_failure;         // call, request: "fail" or "continue"
  std::optional<int> at_most;                    // for_each
  std::vector<StepSpec> steps;                   // for_each, lock
  std::optional<ToKey> key;                      // cache, lock
  std::vector<StepSpec> on_miss;                 // cache
  std::optional<ToKey> read, write;              // query: the key by which it shards; exactly one
  std::optional<int> priority;                   // publish
  std::optional<Duration> lease, renew, poll;    // lock
  std::optional<std::string> on_held;            // lock: "wait", "skip" or "fail"
  std::optional<CountField> input, output;       // generate: tokens
  std::optional<Ratio> cached;                   // generate: share of the input
  void describe(Fields& field);
};

struct OptionSpec {
  static constexpr std::string_view type_name = "option";
  double weight = 1.0;
  std::vector<StepSpec> steps;
  void describe(Fields& field);
};

struct RoundTripSpec {
  static constexpr std::string_view type_name = "round_trip";
  ToRegion name;   // the other region
  Duration time{};
  static constexpr std::string_view shorthand = "time";
  void describe(Fields& field);
};

struct RegionSpec {
  static constexpr std::string_view type_name = "region";
  std::string name;
  std::vector<RoundTripSpec> round_trip;         // {"eu-west": "64 ms"}
  void describe(Fields& field);
};

struct RegistrySpec {
  static constexpr std::string_view type_name = "registry";
  BytesPerSecond bandwidth{1.25e9};
  Duration latency{std::chrono::microseconds{500}};
  std::string network_model = "CM02";
  void describe(Fields& field);
};

// How a pool's nodes are bought.
struct PurchaseSpec {
  static constexpr std::string_view type_name = "purchase";
  int reserved = 0;
  Ratio spot{0.0};
  std::string term = "1 year";                   // of the reservation: "1 year" or "3 years"
  std::optional<DollarsPerSecond> reserved_price, spot_price;
  std::optional<PerSecond> interruptions;
  Duration notice{std::chrono::minutes{2}};
  void describe(Fields& field);
};

struct NodePoolSpec {
  static constexpr std::string_view type_name = "node_pool";
  std::string name;
  ToRegion region;
  std::optional<std::string> instance;           // of the price catalogue; fills cpu, memory, pods_per_node, bandwidth, price
  std::optional<double> cpu;
  std::optional<Bytes> memory;
  std::optional<int> pods_per_node;
  std::optional<BytesPerSecond> bandwidth;
  std::optional<DollarsPerSecond> price;
  std::optional<PurchaseSpec> purchase;
  std::optional<int> gpus;
  IntegerRange nodes{1, 1};                      // 3 or [3, 40]; starts with the first
  int zones = 1;
  DistributionField boot;
  PolicyChoice autoscaler = choice_of<NodeAutoscaler>();
  PolicyChoice placement = choice_of<PlacementPolicy>();
  void describe(Fields& field);
};

struct EndpointSpec {
  static constexpr std::string_view type_name = "endpoint";
  std::string name;
  std::vector<StepSpec> steps;
  void describe(Fields& field);
};

struct ConsumesSpec {
  static constexpr std::string_view type_name = "consumes";
  ToQueue queue;
  std::string endpoint;                          // of the same service
  int batch = 1;
  void describe(Fields& field);
};

struct ServiceSpec {
  static constexpr std::string_view type_name = "service";
  std::string name;
  ToRegion region;
  ToNodePool node_pool;
  int replicas = 1;
  int concurrency = 1;
  std::optional<std::int64_t> backlog;
  std::string discipline = "fifo";              // "fifo", "lifo", "priority", "fair"
  std::optional<DistributionField> wait_limit;
  double cpu = 1.0;
  int gpus = 0;
  Bytes memory, memory_base, memory_per_task, image;
  DistributionField start_up;
  Duration readiness_period{};
  Duration drain_limit{std::chrono::seconds{30}};
  PolicyChoice balancer = choice_of<Balancer>();
  PolicyChoice autoscaler = choice_of<Autoscaler>();
  std::optional<IntegerRange> replica_limits;    // default: what the autoscaler's own "replicas" says, else 1 … 10,000
  DollarsPerSecond price;
  std::optional<ConsumesSpec> consumes;
  ToLanguageModel language_model;                // that each replica runs
  std::vector<EndpointSpec> endpoints;
  void describe(Fields& field);
};

struct ShardsSpec {
  static constexpr std::string_view type_name = "shards";
  int count = 1;
  PolicyChoice policy = choice_of<ShardPolicy>();  // written flat: {"policy": "consistent-hash", "count": 8}
  void describe(Fields& field);
};

struct OperationSpec {
  static constexpr std::string_view type_name = "operation";
  DistributionField cpu, wait;
  void describe(Fields& field);
};

struct DatabaseSpec {
  static constexpr std::string_view type_name = "database";
  std::string name;
  ToRegion region;
  ShardsSpec shards;
  int replicas = 1;
  int pool = 20;
  std::optional<std::int64_t> backlog;
  std::optional<DistributionField> wait_limit;
  double cpu = 1.0;
  OperationSpec read, write;
  DollarsPerSecond price;
  void describe(Fields& field);
};

struct QueueSpec {
  static constexpr std::string_view type_name = "queue";
  std::string name;
  int priorities = 1;
  std::optional<std::int64_t> limit;
  std::string on_full = "fail";                  // "fail", "wait"
  DistributionField delay;
  std::optional<Duration> visibility;
  std::optional<int> deliveries;
  std::optional<ToQueue> dead_letters;
  void describe(Fields& field);
};

struct LockSpec {
  static constexpr std::string_view type_name = "lock";
  std::string name;
  DistributionField latency;
  DollarsPerSecond price;
  void describe(Fields& field);
};

struct CacheSpec {
  static constexpr std::string_view type_name = "cache";
  std::string name;
  std::string scope = "shared";                  // "shared", "replica", "region"
  Bytes capacity;
  PolicyChoice policy = choice_of<CachePolicy>();
  std::optional<Duration> time_to_live;
  DistributionField latency;
  DollarsPerSecond price;
  void describe(Fields& field);
};

struct KeySpec {
  static constexpr std::string_view type_name = "key";
  std::string name;
  std::int64_t items = 1;
  double zipf = 0.0;
  std::string per = "request";                   // "request", "subject", "task", "arrival"
  SizeField size;
  void describe(Fields& field);
};

struct JourneySpec {
  static constexpr std::string_view type_name = "journey";
  std::string name;
  double weight = 1.0;
  std::vector<StepSpec> steps;
  void describe(Fields& field);
};

// {"model": "users", "name": …, "region": …, "journeys": […], …the model's own options}.
struct WorkloadSpec {
  static constexpr std::string_view type_name = "workload";
  std::string name;
  ToRegion region;
  std::vector<JourneySpec> journeys;
  PolicyChoice model = choice_of<Workload>();
  void describe(Fields& field);
};

struct ObjectiveSpec {
  static constexpr std::string_view type_name = "objective";
  static constexpr std::string_view shorthand = "that";
  Condition that;
  std::string severity = "required";             // "required" or "advisory"
  std::string source;                            // "seed document, line 34"
  void describe(Fields& field);
};

// A value that the documents do not give: what was taken, what it could be, and why.
struct AssumptionSpec {
  static constexpr std::string_view type_name = "assumption";
  std::string name;
  std::string value;                             // as written
  std::vector<std::string> range;                // [low, high] as written; may be empty
  std::string why;
  void describe(Fields& field);
};

struct ReplicationSpec {
  static constexpr std::string_view type_name = "replications";
  static constexpr std::string_view shorthand = "count";
  int count = 5;                                 // "replications": 5
  std::optional<double> until_relative_error;    // of every objective's value; sequential
  int at_most = 40;
  void describe(Fields& field);
};

struct Scenario {
  static constexpr std::string_view type_name = "scenario";
  std::string name;
  std::string description;
  std::string source;                            // the document it simulates
  std::int64_t seed = 1;
  Duration duration{std::chrono::hours{1}};
  std::string warm_up = "auto";                  // "auto" or a time
  Duration scrape{std::chrono::seconds{15}};
  ReplicationSpec replications;
  std::vector<AssumptionSpec> assumptions;
  std::vector<RegionSpec> regions;
  RegistrySpec registry;
  std::vector<NodePoolSpec> node_pools;
  std::vector<ServiceSpec> services;
  std::vector<DatabaseSpec> databases;
  std::vector<QueueSpec> queues;
  std::vector<LockSpec> locks;
  std::vector<CacheSpec> caches;
  std::vector<KeySpec> keys;
  std::vector<LanguageModelSpec> language_models;
  std::vector<WorkloadSpec> workloads;
  std::vector<ObjectiveSpec> objectives;
  void describe(Fields& field);

  std::string directory;                         // where the file lies; not a field
};

}  // namespace headroom
