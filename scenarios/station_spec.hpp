// Services, queues, locks and caches as a file spells them: part of a Scenario.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/database_spec.hpp"
#include "scenarios/serverless_spec.hpp"
#include "scenarios/step_spec.hpp"
#include "sim/cluster/blueprint.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"

namespace headroom {

struct EndpointSpec {
  static constexpr std::string_view type_name = "endpoint";
  std::string name;
  std::vector<StepSpec> steps;
  SizeField request_size, response_size;
  void describe(Fields& field);
};

struct ConsumesSpec {
  static constexpr std::string_view type_name = "consumes";
  ToQueue queue;
  std::string endpoint;  // of the same service
  int batch = 1;
  void describe(Fields& field);
};

struct LivenessSpec {
  static constexpr std::string_view type_name = "liveness";
  Duration period{std::chrono::seconds{10}}, timeout{std::chrono::seconds{1}}, initial_delay{};
  int failures = 3;
  void describe(Fields& field);
};

struct ReadinessSpec {
  static constexpr std::string_view type_name = "readiness";
  Duration period{std::chrono::seconds{10}}, timeout{std::chrono::seconds{1}};
  int failures = 3, successes = 1;
  void describe(Fields& field);
};

struct FairWeightSpec {
  static constexpr std::string_view type_name = "fair_weight";
  ToWorkload workload;
  int weight = 1;
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
  std::string discipline = "fifo";  // "fifo", "lifo", "priority", "fair"
  std::optional<DistributionField> wait_limit;
  double cpu = 1.0;
  std::optional<double> cpu_request, cpu_limit;
  int gpus = 0;
  Bytes memory, memory_base, memory_per_task, image;
  DistributionField start_up;
  std::optional<ReadinessSpec> readiness;
  std::optional<LivenessSpec> liveness;
  Duration drain_limit{std::chrono::seconds{30}};
  PolicyChoice balancer = choice_of<Balancer>();
  PolicyChoice autoscaler = choice_of<Autoscaler>();
  std::optional<IntegerRange> replica_limits;  // default: what the autoscaler's own "replicas" says, else 1 … 10,000
  DollarsPerSecond price;
  std::optional<ConsumesSpec> consumes;
  ToLanguageModel language_model;  // that each replica runs
  ToLoadBalancer load_balancer;
  std::vector<EndpointSpec> endpoints;
  std::optional<ServerlessSpec> serverless;
  Duration registration{};
  PolicyChoice vertical_autoscaler = choice_of<VerticalAutoscaler>();
  PolicyChoice admission = choice_of<AdmissionPolicy>();
  std::vector<FairWeightSpec> fair_weights;
  void describe(Fields& field);
};

struct QueueSpec {
  static constexpr std::string_view type_name = "queue";
  std::string name;
  int priorities = 1;
  std::optional<std::int64_t> limit;
  std::string on_full = "fail";  // "fail", "wait"
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
  std::string scope = "shared";  // "shared", "replica", "region"
  Bytes capacity;
  PolicyChoice policy = choice_of<CachePolicy>();
  std::optional<Duration> time_to_live;
  DistributionField latency;
  DollarsPerSecond price;
  std::optional<Duration> soft_time_to_live;
  bool coalesce = false;
  Duration coalesce_limit{std::chrono::seconds{5}};
  int nodes = 1;
  std::optional<PerSecond> operations;
  bool persistent = false;
  std::optional<int> connections;
  int connections_per_client = 1;
  void describe(Fields& field);
};

struct LinkSpec {
  static constexpr std::string_view type_name = "link";
  std::string name;
  BytesPerSecond bandwidth;
  std::string per = "all";  // "all", "region"
  Dollars price;            // per 10^9 bytes
  void describe(Fields& field);
};

struct KeySpec {
  static constexpr std::string_view type_name = "key";
  std::string name;
  std::int64_t items = 1;
  double zipf = 0.0;
  std::string per = "request";  // "request", "subject", "task", "arrival"
  SizeField size;
  void describe(Fields& field);
};

}  // namespace headroom
