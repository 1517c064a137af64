// What Karpenter reckons before it disturbs nodes: how many may go for a reason, and what it costs their pods.
//
//   allowed = minimum over the active budgets that name the reason or none; percentages round up; none active: no limit
//   cost    = sum of the eviction costs of its pods, and 1 for the node, × share of its lifetime that is left
//
// Source: kubernetes-sigs/karpenter, pkg/apis/v1/nodepool.go (budgets), pkg/utils/disruption/disruption.go (costs),
//         pkg/controllers/provisioning/scheduling/queue.go (order of pods).
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include "policies/autoscaling/cron_schedule.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/time.hpp"

namespace headroom::karpenter {

inline constexpr int no_limit = std::numeric_limits<std::int32_t>::max();

// ---- budgets -----------------------------------------------------------------------------------------------------------------

struct Budget {
  static constexpr std::string_view type_name = "karpenter_budget";
  std::string nodes = "10%";         // a number, or a share of the pool's nodes
  std::vector<std::string> reasons;  // Underutilized, Empty, Drifted; none: all
  std::optional<std::string> schedule;
  std::optional<Duration> duration;  // from every hit of the schedule; both or neither

  void describe(Fields& field) {
    field("nodes", nodes, "how many nodes may go at once: a number or a share of the pool (\"10%\")")(
        "reasons", reasons, "for which it holds: Underutilized, Empty; none: for all")(
        "schedule", schedule, "when it begins to hold, as cron in UTC (\"0 9 * * mon-fri\", \"@daily\"); always without it")(
        "duration", duration, "how long it holds after every hit of the schedule", more_than(0.0));
  }
};

// Throws std::invalid_argument.
inline int allowed_nodes(std::string_view text, int nodes_in_pool) {
  const bool is_share = text.ends_with('%');
  const std::string_view digits = is_share ? text.substr(0, text.size() - 1) : text;
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size() || number < 0 || (is_share && number > 100))
    throw std::invalid_argument{fmt::format("\"{}\" is neither a number of nodes nor a share up to 100%", text)};
  if (!is_share) return number;
  return static_cast<int>((std::int64_t{number} * nodes_in_pool + 99) / 100);
}

// A schedule that is hit at the very start of the last `duration` is over. One that is never hit again counts as active, there
// too.
inline bool is_active(const std::optional<std::string>& schedule, std::optional<Duration> duration, UtcSeconds now) {
  if (!schedule && !duration) return true;
  const CronSchedule cron{schedule.value_or("")};
  const auto hit = cron.next(now - std::chrono::floor<std::chrono::seconds>(duration.value_or(Duration{})));
  return !hit || *hit <= now;
}

// A budget that cannot be read allows nothing.
inline int allowed_disruptions(std::span<const Budget> budgets, int nodes_in_pool, std::string_view reason, UtcSeconds now) {
  int allowed = no_limit;
  for (const Budget& budget : budgets) {
    if (!budget.reasons.empty() && std::ranges::find(budget.reasons, reason) == budget.reasons.end()) continue;
    try {
      if (is_active(budget.schedule, budget.duration, now))
        allowed = std::min(allowed, allowed_nodes(budget.nodes, nodes_in_pool));
    } catch (const std::invalid_argument&) {
      return 0;
    }
  }
  return allowed;
}

// ---- costs and order ---------------------------------------------------------------------------------------------------------

inline double eviction_cost(double pod_deletion_cost, double priority) {
  return std::clamp(1.0 + pod_deletion_cost / std::exp2(27.0) + priority / std::exp2(25.0), -10.0, 10.0);
}

// 1 when new, 0 from the end of its lifetime on; without an end: 1.
inline double lifetime_left(Duration age, std::optional<Duration> expire_after) {
  if (!expire_after || *expire_after <= Duration{0}) return 1.0;
  return std::clamp(1.0 - to_seconds(age) / to_seconds(*expire_after), 0.0, 1.0);
}

inline double node_disruption_cost(double eviction_costs, double lifetime_share) {
  return (eviction_costs + 1.0) * lifetime_share;
}

struct WaitingPod {
  std::int64_t cpu_milli = 0;
  std::int64_t memory = 0;
  SimTime created{};
};

// Whether the first is tried before the second.
inline bool goes_first(const WaitingPod& one, const WaitingPod& other) {
  return std::tuple{-one.cpu_milli, -one.memory, one.created} < std::tuple{-other.cpu_milli, -other.memory, other.created};
}

}  // namespace headroom::karpenter
