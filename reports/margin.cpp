#include "reports/margin.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "sim/core/upper_limit.hpp"

namespace headroom {
namespace {

// Shares of what goes well, with the name of the rest. (Of others, as cores in use, the rest is no failure.)
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> good_shares{{
    {"availability", "allowed failures"},
    {"uptime", "allowed downtime"},
    {"hit_ratio", "allowed misses"},
    {"key_hit_ratio", "allowed misses"},
    {"resharding_progress", "allowed rest"},
}};

double limit_of(const Condition& condition) { return condition.lasting ? to_seconds(*condition.lasting) : condition.limit.value; }

bool is_of_values(Aggregation aggregation) { return aggregation != Aggregation::count && aggregation != Aggregation::time_to; }

}  // namespace

MarginScale margin_scale(const Condition& condition) {
  const double limit = limit_of(condition);
  const auto good =
      std::ranges::find(good_shares, condition.selector.metric, &std::pair<std::string_view, std::string_view>::first);
  const bool is_share = good != good_shares.end() && is_of_values(condition.selector.aggregation);
  if (is_share && !is_upper_limit(condition) && limit >= 0.5 && limit < 1.0) return {1.0 - limit, good->second};
  return {std::fabs(limit), {}};
}

double margin_of(const Condition& condition, const MarginScale& scale, double value) {
  const double limit = limit_of(condition);
  return (is_upper_limit(condition) ? limit - value : value - limit) / scale.size;
}

}  // namespace headroom
