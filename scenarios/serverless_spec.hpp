// Serverless services as a file spells them: part of a ServiceSpec.
#pragma once

#include <string_view>

#include "sim/cluster/station_blueprint.hpp"
#include "sim/core/fields.hpp"

namespace headroom {

// Without a word: the scaling of AWS Lambda for one function of a new account (calibration table, 85).
struct ServerlessSpec {
  static constexpr std::string_view type_name = "serverless";
  int floor = 0;
  int most = 1000;
  int burst = 1000;
  PerSecond ramp{100.0};
  Duration keep_alive{std::chrono::minutes{10}};
  DistributionField cold_start;
  Dollars price_per_request, price_per_gb_second, floor_price_per_gb_second;
  void describe(Fields& field);
};

ServerlessBlueprint build_serverless(const ServerlessSpec& spec);

}  // namespace headroom
