#include "models/workloads/inactivity.hpp"

#include <cmath>

#include "sim/core/random.hpp"

namespace headroom {
namespace {

double rate_of(const std::optional<Duration>& mean) { return mean ? 1.0 / to_seconds(*mean) : 0.0; }

}  // namespace

void InactivityOptions::describe(Fields& field) {
  field("active", active, "mean time until an active tenant becomes inactive (exponential); without it nobody does",
        more_than(0.0));
  field("inactive", inactive, "mean time until an inactive tenant comes back (exponential); without it nobody does",
        more_than(0.0));
  field("dormant_at_start", dormant_at_start,
        "share of the tenants that are inactive when the run begins; default to the long-run share, inactive / (active + "
        "inactive), "
        "or 0 where nobody comes back",
        between(0.0, 1.0));
}

FieldProblems InactivityOptions::problems() const {
  const bool somebody = active || (dormant_at_start && dormant_at_start->value > 0.0);
  if (!somebody)
    return {{"inactivity",
             "makes nobody inactive; for example {\"active\": \"20 d\", \"inactive\": \"60 d\"}, or "
             "{\"dormant_at_start\": \"40 %\"}"}};
  if (!inactive && dormant_at_start && dormant_at_start->value == 1.0)
    return {{"inactivity",
             "has nobody active, ever; write \"inactive\", the mean time until a tenant comes back, or fewer who are "
             "dormant_at_start"}};
  return {};
}

TenantActivity::TenantActivity(const InactivityOptions& options, std::uint64_t key) : key_{key} {
  const double leaving = rate_of(options.active), returning = rate_of(options.inactive);
  rate_ = leaving + returning;
  if (rate_ > 0.0) long_run_share_ = returning / rate_;
  start_share_ = options.inactive ? long_run_share_ : 1.0;
  if (options.dormant_at_start) start_share_ = 1.0 - options.dormant_at_start->value;
}

// Block b holds the points from b to b + 1 mean distances, and what each draws. The state is that of the last one that is not
// later than asked; a block without such a point (36 % of whole ones) leaves it to the block before.
bool TenantActivity::active(std::uint64_t tenant, double seconds) const {
  const std::uint64_t key = mix(key_, tenant);
  const double asked = seconds * rate_;
  const auto last = static_cast<std::uint64_t>(asked);
  for (std::uint64_t block = last + 1; block-- > 0;) {
    Draws draws{key, block};
    const double until = block == last ? asked - static_cast<double>(last) : 1.0;
    bool found = false, state = false;
    for (double at = -std::log(draws.uniform()); at < until; at -= std::log(draws.uniform())) {
      found = true;
      state = draws.uniform() < long_run_share_;
    }
    if (found) return state;
  }
  return to_unit(key) < start_share_;
}

double TenantActivity::share_at(double seconds) const {
  return long_run_share_ + (start_share_ - long_run_share_) * std::exp(-rate_ * seconds);
}

// Linear pieces between points a fiftieth of the time constant apart, up to where e^-16 is left of the difference.
std::vector<FactorPoint> TenantActivity::share_curve() const {
  if (steady()) return {{0.0, start_share_}};
  std::vector<FactorPoint> points;
  for (int i = 0; i <= 800; ++i) points.push_back({i / (50.0 * rate_), share_at(i / (50.0 * rate_))});
  return points;
}

}  // namespace headroom
