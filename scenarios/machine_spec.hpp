// Regions, the image registry and node pools as a file spells them: part of a Scenario.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/step_spec.hpp"
#include "sim/cluster/blueprint.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"

namespace headroom {

struct RoundTripSpec {
  static constexpr std::string_view type_name = "round_trip";
  ToRegion name;  // the other region
  Duration time{};
  static constexpr std::string_view shorthand = "time";
  void describe(Fields& field);
};

struct RegionSpec {
  static constexpr std::string_view type_name = "region";
  std::string name;
  std::vector<RoundTripSpec> round_trip;  // {"eu-west": "64 ms"}
  double carbon = 0.0;  // grams of CO2 equivalent per kilowatt-hour of its grid; 0: not said
  double pue = 1.0;
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
  std::string term = "1 year";  // of the reservation: "1 year" or "3 years"
  std::optional<DollarsPerSecond> reserved_price, spot_price;
  std::optional<PerSecond> interruptions;
  Duration notice{std::chrono::minutes{2}};
  void describe(Fields& field);
};

// Watts, of each core and of each GPU of a node.
struct PowerSpec {
  static constexpr std::string_view type_name = "power";
  double idle = 0.0, full = 0.0;
  double gpu_idle = 0.0, gpu_full = 0.0;
  void describe(Fields& field);
};

struct NodePoolSpec {
  static constexpr std::string_view type_name = "node_pool";
  std::string name;
  ToRegion region;
  std::optional<std::string> instance;  // of the price catalogue; fills cpu, memory, pods_per_node, bandwidth, price
  std::optional<double> cpu;
  std::optional<Bytes> memory;
  std::optional<int> pods_per_node;
  std::optional<BytesPerSecond> bandwidth;
  std::optional<DollarsPerSecond> price;
  std::optional<PurchaseSpec> purchase;
  std::optional<int> gpus;
  IntegerRange nodes{1, 1};  // 3 or [3, 40]; starts with the first
  int zones = 1;
  DistributionField boot;
  PolicyChoice autoscaler = choice_of<NodeAutoscaler>();
  PolicyChoice placement = choice_of<PlacementPolicy>();
  std::vector<std::string> other_instances;  // that the autoscaler may ask for instead
  std::optional<PowerSpec> power;
  void describe(Fields& field);
};

}  // namespace headroom
