// An assumption with a range as a number that can be swept and drawn.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "planning/trials.hpp"
#include "scenarios/scenario.hpp"
#include "sim/core/units.hpp"

namespace headroom {

struct UncertainQuantity {
  std::string name, pointer;
  double low = 0.0, mid = 0.0, high = 0.0;  // in the base unit
  Dimension dimension = Dimension::count;
  bool is_whole = false;  // all three are whole numbers: so is what is drawn
  std::optional<double> confidence;

  std::string text(double value) const;  // as --set takes it
  // Setting it to a value, also one outside of its range.
  std::vector<SettingChange> changes(double value) const;
  // The value below which a share of the probability lies, `share` in (0, 1): a triangle with its top at mid over [low, high], or
  // with a confidence over so much more that each end has half of the doubt beyond it; never below 0 where low is not, nor above
  // 100 % where high is not.
  double quantile(double share) const;
};

// Nothing: it has no range, or is no number.
std::optional<UncertainQuantity> uncertain_quantity(const AssumptionSpec& assumption);

double triangular_quantile(double low, double mid, double high, double share);

// [sample][dimension] in (0, 1): of every dimension one sample in each of `samples` equally likely strata (McKay, Beckman and
// Conover, 1979). A dimension's strata and places depend on its name only.
std::vector<std::vector<double>> latin_hypercube(std::size_t samples, const std::vector<std::string>& dimensions,
                                                 std::uint64_t seed);

// Share of successes with its 95 % interval (Wilson, 1927).
struct BinomialShare {
  double share = 0.0, low = 0.0, high = 1.0;
};
BinomialShare binomial_share(std::size_t successes, std::size_t trials);

}  // namespace headroom
