// Rate limits and quotas as a file spells them: part of a Scenario.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/fields.hpp"

namespace headroom {

struct LimitTierSpec {
  static constexpr std::string_view type_name = "limit_tier";
  int priority = 0;
  std::optional<PerSecond> rate;
  std::optional<double> burst;
  std::optional<double> quota;
  std::optional<Duration> period;
  void describe(Fields& field);
  double tokens() const { return burst.value_or(rate ? std::max(1.0, rate->value) : 0.0); }
};

struct LimitSpec {
  static constexpr std::string_view type_name = "limit";
  std::string name;
  std::string per = "subject";  // "subject", "all"
  std::vector<LimitTierSpec> tiers;
  void describe(Fields& field);
};

}  // namespace headroom
