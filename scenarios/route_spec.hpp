// Routes to services in several regions, home regions of users, and prices of transfers as a file spells them: part of a
// Scenario.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/step_spec.hpp"
#include "sim/core/fields.hpp"

namespace headroom {

// What clouds bill for a GB (10^9 bytes) on the network.
struct TransferPriceSpec {
  static constexpr std::string_view type_name = "transfer_price";
  Dollars cross_zone, cross_region, internet;
  void describe(Fields& field);
};

struct NetworkSpec {
  static constexpr std::string_view type_name = "network";
  TransferPriceSpec price_per_gb;
  void describe(Fields& field);
};

struct RegionShareSpec {
  static constexpr std::string_view type_name = "region_share";
  ToRegion name;
  double share = 0.0;
  static constexpr std::string_view shorthand = "share";
  void describe(Fields& field);
};

struct RouteSpec {
  static constexpr std::string_view type_name = "route";
  std::string name;
  std::vector<ToService> services;
  std::string policy = "nearest";  // "nearest", "weighted" or "home"
  std::vector<double> weights;     // by service
  bool failover = false;
  Duration propagation{};
  void describe(Fields& field);
};

}  // namespace headroom
