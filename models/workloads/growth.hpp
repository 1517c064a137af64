// Accounts that become more (or fewer) over a run, phase by phase: 1,000, then up to 10,000, then 100,000.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/arrivals/rate_factors.hpp"
#include "sim/core/fields.hpp"
#include "sim/seams/workload.hpp"

namespace headroom {

struct GrowthPhase {
  static constexpr std::string_view type_name = "growth_phase";
  std::optional<std::string> name;
  Duration duration{};
  std::int64_t accounts = 1;
  std::optional<std::int64_t> grow_to;

  void describe(Fields& field);
  std::string name_or(std::size_t index) const { return name.value_or("phase " + std::to_string(index + 1)); }
  double at_its_end() const { return static_cast<double>(grow_to.value_or(accounts)); }
};

// The same course of `load` times as many.
std::vector<GrowthPhase> at_load(std::vector<GrowthPhase> growth, double load);

// What follows takes a list that is not empty. After the last phase the accounts stay.
double accounts_at(const std::vector<GrowthPhase>& growth, double seconds);
// Mean over the time until then (> 0).
double mean_accounts(const std::vector<GrowthPhase>& growth, double end_seconds);
// The number of accounts over time, to multiply a rate per account with.
std::vector<FactorPoint> account_curve(const std::vector<GrowthPhase>& growth);
std::vector<Phase> phases_of(const std::vector<GrowthPhase>& growth, double end_seconds);

// Phases that begin at the run's end or later: nobody would see that they are missing. `field`: which lists them.
FieldProblems unreached(const std::string& field, const std::vector<Phase>& phases, SimTime end);

}  // namespace headroom
