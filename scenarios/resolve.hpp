// What a scenario leaves to be worked out from two of its parts: sizes of nodes by instance type, limits of replicas by autoscaler.
// The checks and the builder share it, so that what was checked is what is built.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/scenario.hpp"
#include "sim/seams/price_sheet.hpp"

namespace headroom {

template <class Spec>
const Spec* find_named(const std::vector<Spec>& specs, std::string_view name) {
  const auto found = std::find_if(specs.begin(), specs.end(), [&](const Spec& spec) { return spec.name == name; });
  return found == specs.end() ? nullptr : &*found;
}

struct NodeSize {
  double cpu = 0.0;  // allocatable; 0 where nothing says it
  Bytes memory;
  int pods_per_node = 110;
  BytesPerSecond bandwidth{1.25e9};
  DollarsPerSecond price;
  int gpus = 0;
  // Nothing: neither the pool nor its instance type says it.
  std::optional<DollarsPerSecond> spot_price, reserved_price;
  std::optional<PerSecond> interruptions;
};

// The price catalogue, "list-price"; nullptr if it is not linked in.
const PriceSheet* price_sheet();
// By its instance type, then by what the pool says itself.
NodeSize node_size(const NodePoolSpec& pool);
// Of a type of the catalogue as the pool buys it; a pool's own prices are of its own type.
NodeSize node_size(const InstanceType& type, const NodePoolSpec& pool);
// Of each measure the most that a node of any of its types has.
NodeSize largest_node(const NodePoolSpec& pool);
// replica_limits, else the autoscaler's option "replicas", else 1 to 10,000; without an autoscaler the number at the start.
IntegerRange replica_limits_of(const ServiceSpec& service);
// Where the bounds stand that hold a service's autoscaler, as tails of the service's pointer: "/replica_limits" where they are
// given or nothing else bounds it, "/autoscaler/replicas", of a policy that combines several "/autoscaler/…/0/replicas" too.
std::vector<std::string> replica_bounds_of(const ServiceSpec& service);

}  // namespace headroom
