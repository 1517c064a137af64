#include "sim/cluster/tier_shares.hpp"

namespace headroom {
namespace {

// The share of a distribution at or below `value`, from its quantiles.
double share_up_to(const Distribution& distribution, double value) {
  double low = 0.0, high = 1.0;
  for (int step = 0; step < 52; ++step) {
    const double middle = 0.5 * (low + high);
    (distribution.quantile(middle) <= value ? low : high) = middle;
  }
  // The ends are reached exactly: of nobody there is not a last fraction.
  if (low == 0.0) return 0.0;
  return high == 1.0 ? 1.0 : 0.5 * (low + high);
}

}  // namespace

std::vector<double> tier_shares(const StoreBlueprint& store, double seconds) {
  std::vector<double> shares;
  double younger = 1.0;  // of those that have reached this tier
  for (std::size_t i = 0; i < store.tiers.size(); ++i) {
    double reached_next = 0.0;
    if (i + 1 < store.tiers.size()) {
      const double left = to_seconds(store.tiers[i + 1].after) - seconds;
      // An age of exactly `after` has reached the tier.
      reached_next = left <= 0.0 ? 1.0 : 1.0 - share_up_to(store.ages, left * (1.0 - 1e-12));
    }
    shares.push_back(younger - reached_next);
    younger = reached_next;
  }
  return shares;
}

}  // namespace headroom
