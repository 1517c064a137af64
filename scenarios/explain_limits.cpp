#include "scenarios/explain_limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "scenarios/rounded_text.hpp"

namespace headroom {
namespace {

double tokens_per_second(const Blueprint& blueprint, const SystemDemand& demand, Index limit) {
  double tokens = 0.0;
  for (Index e = 0; e < blueprint.endpoints.size(); ++e) {
    for (const MeanTokens& taken : demand.visits().endpoint(e).tokens) {
      if (taken.limit == limit) tokens += demand.mean()[e] * taken.tokens;
    }
  }
  return tokens;
}

// In the long run: the bucket's rate or the quota, whichever is less.
double granted_per_second(const LimitTier& tier) {
  const double rate = tier.rate.value > 0.0 ? tier.rate.value : std::numeric_limits<double>::infinity();
  return tier.quota ? std::min(rate, *tier.quota / to_seconds(tier.period)) : rate;
}

// " with priorities 0 to 4", " with priority 5", " with priorities from 5 on"; empty where the tier is for all.
std::string priorities_of(const LimitBlueprint& limit, std::size_t tier) {
  const int first = limit.tiers[tier].priority;
  if (tier + 1 == limit.tiers.size()) return first == 0 ? "" : fmt::format(" with priorities from {} on", first);
  const int last = limit.tiers[tier + 1].priority - 1;
  return first == last ? fmt::format(" with priority {}", first) : fmt::format(" with priorities {} to {}", first, last);
}

std::string grants_of(const LimitBlueprint& limit, double tokens) {
  std::string text;
  for (std::size_t i = 0; i < limit.tiers.size(); ++i) {
    const double granted = granted_per_second(limit.tiers[i]);
    text += fmt::format("{}{} tokens/s{}", text.empty() ? "" : ", ", rounded_text(granted), priorities_of(limit, i));
    // A rate of decimal fractions: 300 must not become 301.
    if (limit.per_subject) text += fmt::format(" (enough if {} ask alike)", rounded_text(std::ceil(tokens / granted - 1e-9)));
  }
  return text;
}

}  // namespace

void add_limits(const Blueprint& blueprint, const SystemDemand& demand, std::vector<std::string>& remarks) {
  for (Index i = 0; i < blueprint.limits.size(); ++i) {
    const LimitBlueprint& limit = blueprint.limits[i];
    const double tokens = tokens_per_second(blueprint, demand, i);
    if (is_capacity(limit) || !(tokens > 0.0)) continue;
    remarks.push_back(fmt::format("limits/{}: {} tokens/s are asked for in all; in the long run {} gets {}", limit.name,
                                  rounded_text(tokens), limit.per_subject ? "a subject" : "a tier", grants_of(limit, tokens)));
  }
}

}  // namespace headroom
