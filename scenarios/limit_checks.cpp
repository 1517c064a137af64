// Rate limits: tiers that limit something, in order; buckets that can hold what is taken.
#include <string>

#include "scenarios/checks.hpp"
#include "sim/core/units.hpp"

namespace headroom {

namespace {

void check_tier(const LimitTierSpec& tier, Reading& reading) {
  if (!tier.rate && !tier.quota && !reading.is_given(&tier, "rate") && !reading.is_given(&tier, "quota")) {
    reading.issue(&tier, "rate", "is missing, and so is \"quota\": the tier limits nothing",
                  "write \"rate\": \"10 /s\", or leave the tier out");
  }
  const auto needs = [&](const char* field, const char* other) {
    if (!reading.is_given(&tier, field) || reading.is_given(&tier, other)) return;
    reading.issue(&tier, field, "has no meaning without \"" + std::string{other} + "\"", "remove it");
  };
  needs("burst", "rate");
  needs("period", "quota");
  if (tier.burst && *tier.burst < 1.0) {
    reading.issue(&tier, "burst", "lets the bucket hold less than one token", "write \"burst\": 1 or more");
  }
}

void check_order(const LimitSpec& limit, Reading& reading) {
  for (std::size_t i = 1; i < limit.tiers.size(); ++i) {
    const int before = limit.tiers[i - 1].priority;
    if (limit.tiers[i].priority > before) continue;
    reading.issue(&limit.tiers[i], "priority", "is not more than " + std::to_string(before) + ", that of the tier before",
                  "order the tiers by priority, each once");
  }
}

}  // namespace

void check_limits(const Scenario& scenario, Reading& reading) {
  for (const LimitSpec& limit : scenario.limits) {
    if (limit.tiers.empty() && reading.is_given(&limit, "tiers")) {
      reading.issue(&limit, "tiers", "is empty: nothing is limited", "write [{\"rate\": \"10 /s\", \"burst\": 20}]");
    }
    for (const LimitTierSpec& tier : limit.tiers) check_tier(tier, reading);
    check_order(limit, reading);
  }
}

}  // namespace headroom
