// The Blueprint: a whole system with every name resolved to an index and every quantity in strong types. It is what a scenario
// becomes before it runs, and what tests build by hand. Plain data; a Blueprint that check_blueprint() accepts runs without error.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/cluster/client_blueprint.hpp"
#include "sim/cluster/fault_blueprint.hpp"
#include "sim/cluster/language_model.hpp"
#include "sim/cluster/load_balancer_blueprint.hpp"
#include "sim/cluster/route_blueprint.hpp"
#include "sim/cluster/station_blueprint.hpp"
#include "sim/cluster/step_blueprint.hpp"
#include "sim/cluster/store_blueprint.hpp"
#include "sim/cluster/transfer.hpp"
#include "sim/core/condition.hpp"
#include "sim/core/distribution.hpp"
#include "sim/core/registry.hpp"
#include "sim/core/time.hpp"
#include "sim/core/units.hpp"
#include "sim/seams/node_autoscaler.hpp"
#include "sim/seams/placement_policy.hpp"
#include "sim/seams/workload.hpp"

namespace headroom {

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
  // By region: the share of its subjects that are at home there, instead of all in `region`; empty: all are.
  std::vector<double> region_shares{};
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
inline std::string type_component(const std::string& pool, const std::string& type) { return pool + " (" + type + ")"; }
inline std::string reserved_component(const std::string& pool) { return pool + " (reserved)"; }

struct NodeType {
  std::string name;                 // of the price catalogue; empty: none
  double cpu = 4.0;                 // allocatable cores of a node
  Bytes memory;                     // allocatable
  int pods_per_node = 110;
  int gpus = 0;
  BytesPerSecond bandwidth;         // of a node's link
  DollarsPerSecond price;           // per node on demand, from asking for it until it is given back
  DollarsPerSecond spot_price;
};

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
  std::string instance;              // name of the pool's own type, if it has one
  std::vector<NodeType> other_types{};  // that the autoscaler may ask for instead; reserved nodes are of the own type

  // The own type first.
  std::vector<NodeType> types() const {
    std::vector<NodeType> all{{instance, cpu, memory, pods_per_node, gpus, bandwidth, price, purchase.spot_price}};
    all.insert(all.end(), other_types.begin(), other_types.end());
    return all;
  }
};

struct NetworkBlueprint {
  std::vector<std::string> regions{"here"};
  std::vector<std::vector<Duration>> round_trip{{Duration{}}};  // between regions, symmetric; zero within
  BytesPerSecond registry_bandwidth{1.25e9};  // of the image registry's link, shared by all pulls
  Duration registry_latency{std::chrono::microseconds{500}};
  std::string model = "CM02";       // SimGrid network model
  TransferPrices transfer_prices;
};

// ---- the whole ---------------------------------------------------------------------------------------------------------------

struct Blueprint {
  std::string name;
  Duration duration{std::chrono::hours{1}};
  std::optional<Duration> warm_up;  // none: "auto" (MSER-5 when every workload is stationary, otherwise nothing is deleted)
  Duration scrape{std::chrono::seconds{15}};
  int windows = 240;                // record windows over the run (phase borders add more)
  std::string directory;            // of the scenario: trace files are relative to it
  double load = 1.0;                // times what the workloads ask for; items of keys have it in them

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
  std::vector<LimitBlueprint> limits;
  std::vector<LinkBlueprint> links;
  std::vector<WorkloadBlueprint> workloads;
  std::vector<RouteBlueprint> routes;
  std::vector<StoreBlueprint> stores;
  std::vector<FaultBlueprint> faults;
  std::vector<LoadBalancerBlueprint> load_balancers;
  std::vector<ClientBlueprint> clients;

  std::vector<double> percentiles;  // beyond 50, 95, 99: asked for by conditions (0-100)
};

// Whether a service runs on nodes whose cores are divided as they are wanted, because some replica on them may use more than it
// requested.
bool shares_node_cores(const Blueprint& blueprint, Index service);

// Sentences about what cannot run: indices out of range, a cycle of calls, a respond in a journey, … Empty: it can run.
// The scenario reader finds these earlier and with their places; this is for blueprints made by hand.
std::vector<std::string> check_blueprint(const Blueprint& blueprint);

}  // namespace headroom
