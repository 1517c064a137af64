// Load balancers as a file spells them: part of a Scenario.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "scenarios/step_spec.hpp"
#include "sim/cluster/load_balancer_blueprint.hpp"
#include "sim/core/fields.hpp"

namespace headroom {

struct HealthCheckSpec {
  static constexpr std::string_view type_name = "health_checks";
  Duration interval{std::chrono::seconds{30}}, timeout{std::chrono::seconds{5}};
  int failures = 3, successes = 1;
  bool passive = false;
  void describe(Fields& field);
};

struct LoadBalancerSpec {
  static constexpr std::string_view type_name = "load_balancer";
  std::string name;
  ToRegion region;
  int instances = 1;
  double cpu = 1.0;
  DistributionField cpu_per_request;
  std::optional<std::int64_t> connections;
  DistributionField latency;
  std::string membership = "dynamic";  // "dynamic", "static"
  int retries = 0;
  std::optional<HealthCheckSpec> health_checks;
  DollarsPerSecond price;
  Dollars price_per_gb;  // 10^9 bytes
  void describe(Fields& field);
};

LoadBalancerBlueprint build_load_balancer(const LoadBalancerSpec& spec, Index region);

}  // namespace headroom
