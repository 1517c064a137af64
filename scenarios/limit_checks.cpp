// Rate limits: tiers that limit something, in order; buckets that can hold what is taken.
#include <cmath>
#include <limits>
#include <string>

#include "scenarios/checks.hpp"
#include "scenarios/resolve.hpp"
#include "scenarios/step_walk.hpp"
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

// Costs that no request of a tier can ever pay: more than its bucket holds, where nobody waits for what comes in addition, or
// more than its quota.
class CostChecker {
 public:
  CostChecker(const Scenario& scenario, Reading& reading) : scenario_{scenario}, reading_{reading} {}

  void check(const std::vector<StepSpec>& steps) {
    for (const StepSpec& step : steps) {
      if (step.limit) check_step(step);
      for_each_inner(step, [this](const std::vector<StepSpec>& inner) { check(inner); });
    }
  }

 private:
  void check_step(const StepSpec& step) {
    const LimitSpec* limit = find_named(scenario_.limits, step.limit->name);
    if (limit == nullptr || (step.cost && !reading_.is_read(&step, "cost"))) return;
    const double least = step.cost ? step.cost->value.quantile(0.0) : 1.0;
    for (const LimitTierSpec& tier : limit->tiers) {
      if (tier.burst && !reading_.is_read(&tier, "burst")) continue;  // an issue already
      if (tier.rate && least > longest_overdraft(step, tier) + tier.tokens())
        refuse(step, *limit, tier, least, "burst", "holds", tier.tokens());
      if (tier.quota && least > *tier.quota) refuse(step, *limit, tier, least, "quota", "grants", *tier.quota);
    }
  }

  // Tokens that come while a request may wait for them.
  static double longest_overdraft(const StepSpec& step, const LimitTierSpec& tier) {
    if (step.on_limit.value_or("fail") != "wait") return 0.0;
    return step.longest_wait ? to_seconds(*step.longest_wait) * tier.rate->value : std::numeric_limits<double>::infinity();
  }

  void refuse(const StepSpec& step, const LimitSpec& limit, const LimitTierSpec& tier, double least, const char* field,
              const std::string& does, double tokens) {
    const auto number = [](double value) { return to_text(value, Dimension::count); };
    reading_.issue(&step, step.cost ? "cost" : "limit",
                   "takes at least " + number(least) + " of the tokens, and the tier of priority " +
                       std::to_string(tier.priority) + " of " + limit.name + " " + does + " " + number(tokens) +
                       ": nobody ever gets them",
                   "take less, or give the tier \"" + std::string{field} + "\": " + number(std::ceil(least)) + " or more");
  }

  const Scenario& scenario_;
  Reading& reading_;
};

}  // namespace

void check_limits(const Scenario& scenario, Reading& reading) {
  for (const LimitSpec& limit : scenario.limits) {
    if (limit.tiers.empty() && reading.is_given(&limit, "tiers")) {
      reading.issue(&limit, "tiers", "is empty: nothing is limited", "write [{\"rate\": \"10 /s\", \"burst\": 20}]");
    }
    for (const LimitTierSpec& tier : limit.tiers) check_tier(tier, reading);
    check_order(limit, reading);
  }
  CostChecker costs{scenario, reading};
  for (const ServiceSpec& service : scenario.services) {
    for (const EndpointSpec& endpoint : service.endpoints) costs.check(endpoint.steps);
  }
}

}  // namespace headroom
