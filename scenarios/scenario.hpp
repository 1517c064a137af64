// A Scenario: the plain description that a file spells, field for field. No behaviour, no pointers into a simulation.
// Each type describes its fields once; from that come the reading, the schema, the reference and the echo in reports.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/axis_spec.hpp"
#include "scenarios/client_spec.hpp"
#include "scenarios/fault_spec.hpp"
#include "scenarios/growth_spec.hpp"
#include "scenarios/language_model_spec.hpp"
#include "scenarios/limit_spec.hpp"
#include "scenarios/load_balancer_spec.hpp"
#include "scenarios/machine_spec.hpp"
#include "scenarios/route_spec.hpp"
#include "scenarios/station_spec.hpp"
#include "scenarios/step_spec.hpp"
#include "scenarios/store_spec.hpp"
#include "sim/cluster/blueprint.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"

namespace headroom {

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
  std::vector<RegionShareSpec> regions;  // {"eu": 0.3, "us": 0.7}, instead
  std::vector<JourneySpec> journeys;
  PolicyChoice model = choice_of<Workload>();
  void describe(Fields& field);
};

struct ObjectiveSpec {
  static constexpr std::string_view type_name = "objective";
  static constexpr std::string_view shorthand = "that";
  Condition that;
  std::string severity = "required";  // "required" or "advisory"
  std::string source;                 // "seed document, line 34"
  // As a service level objective, in OpenSLO's terms: what its error budget is counted over, and in what.
  std::optional<Duration> window;
  std::string budgeting = "occurrences";  // "occurrences", "timeslices"
  Duration slice{std::chrono::minutes{1}};
  Ratio slice_target{0.95};
  void describe(Fields& field);
};

// A value that the documents do not give: what was taken, what it could be, and why.
struct AssumptionSpec {
  static constexpr std::string_view type_name = "assumption";
  std::string name;
  std::string value;               // as written
  std::vector<std::string> range;  // [low, high] as written; may be empty
  std::string why;
  std::optional<double> confidence;  // that the truth lies in the range; nothing: certainly
  void describe(Fields& field);
  // What --set and searches set to try another value.
  std::string pointer() const;
};

struct ReplicationSpec {
  static constexpr std::string_view type_name = "replications";
  static constexpr std::string_view shorthand = "count";
  int count = 5;                               // "replications": 5
  std::optional<double> until_relative_error;  // of every objective's value; sequential
  int at_most = 40;
  void describe(Fields& field);
};

struct Scenario {
  static constexpr std::string_view type_name = "scenario";
  std::string name;
  std::string description;
  std::string source;  // the document it simulates
  std::int64_t seed = 1;
  Duration duration{std::chrono::hours{1}};
  std::string warm_up = "auto";  // "auto" or a time
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
  std::vector<LimitSpec> limits;
  std::vector<LinkSpec> links;
  std::vector<WorkloadSpec> workloads;
  std::vector<ObjectiveSpec> objectives;
  NetworkSpec network;
  std::vector<RouteSpec> routes;
  std::vector<StoreSpec> stores;
  std::vector<FaultSpec> faults;
  std::vector<LoadBalancerSpec> load_balancers;
  std::vector<ClientSpec> clients;
  double load = 1.0;
  std::optional<GrowthSpec> growth;
  std::vector<AxisSpec> vary;
  void describe(Fields& field);

  std::string directory;  // where the file lies; not a field
};

}  // namespace headroom
