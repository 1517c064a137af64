// Karpenter: pods that wait are batched, then nodes are added for them; nodes that are empty or whose pods fit elsewhere go,
// within budgets.
//
//   batch  = from the first waiting pod until none came for batch_idle, at most batch_max; then as in karpenter_claims.hpp
//   remove = empty nodes, else the one of the lowest cost (pods + 1) × share of its lifetime left whose pods fit elsewhere;
//            unchanged for consolidate_after, found again after validation_delay, at most as many at once as the budgets allow
//
// Source:  kubernetes-sigs/karpenter at 2266468:
//          pkg/controllers/{provisioning,disruption,nodeclaim/expiration,nodeclaim/lifecycle};
//          arithmetic in karpenter_arithmetic.hpp and karpenter_claims.hpp; shipped numbers by the table karpenter_defaults.
// Differs: nodes are removed when their pods fit on others; none is replaced by a cheaper one, and spot and on-demand stay as the
//          pool buys them. Pods are moved from one node at a time. No drift. Nodes missing from the minimum are added, and those
//          of the minimum do not expire.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "policies/autoscaling/karpenter_claims.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/node_autoscaler.hpp"

namespace headroom {
namespace {

std::vector<std::uint32_t> new_nodes_needed(const NodePoolView& pool, int limit) {
  std::vector<cluster_autoscaler::Room> needs = cluster_autoscaler::waiting_needs(pool);
  std::ranges::stable_sort(needs, [](const auto& one, const auto& other) {
    return karpenter::goes_first({one.cpu_milli, one.memory}, {other.cpu_milli, other.memory});
  });
  karpenter::Claims claims{pool, limit};
  claims.place(needs);
  return claims.types();
}

std::string names_of(const NodePoolView& pool, std::span<const std::uint32_t> types) {
  if (pool.type_count() == 1) return {};
  std::map<std::uint32_t, int> count;
  for (const std::uint32_t type : types) ++count[type];
  std::vector<std::string> names;
  for (const auto& [type, nodes] : count) names.push_back(fmt::format("{} × {}", nodes, pool.type(type).name));
  return fmt::format(" ({})", fmt::join(names, ", "));
}

class Karpenter final : public NodeAutoscaler {
 public:
  struct Options {
    Duration batch_idle{std::chrono::seconds{1}};
    Duration batch_max{std::chrono::seconds{10}};
    Duration consolidate_after{};
    std::string consolidation_policy = "WhenEmptyOrUnderutilized";
    std::vector<karpenter::Budget> budgets{karpenter::Budget{}};
    Duration disruption_polling{std::chrono::seconds{10}};
    Duration validation_delay{std::chrono::seconds{15}};
    Duration expire_after{std::chrono::hours{720}};
    Duration registration_timeout{std::chrono::minutes{15}};
    std::string starts_at = "2026-01-05T00:00:00Z";

    void describe(Fields& field) {
      field("batch_idle", batch_idle, "pods that wait are served when none has come for this long; how often it looks",
            between(std::chrono::milliseconds{100}, std::chrono::hours{1}))("batch_max", batch_max,
                                                                            "and after this long at the latest", more_than(0.0))(
          "consolidate_after", consolidate_after, "a node may go when its pods have not changed for this long",
          at_least(Duration{0}))
          .choice("consolidation_policy", consolidation_policy, "which nodes may go", {"WhenEmptyOrUnderutilized", "WhenEmpty"});
      field("budgets", budgets, "how many nodes may be on their way out at once; the strictest that holds counts")(
          "disruption_polling", disruption_polling, "how often it looks for nodes to remove", more_than(0.0))(
          "validation_delay", validation_delay, "a removal is looked at again after this long", at_least(Duration{0}))(
          "expire_after", expire_after, "a node of this age is replaced, whatever the budgets; 0: never", at_least(Duration{0}))(
          "registration_timeout", registration_timeout, "a node that boots for longer is given up", more_than(0.0))(
          "starts_at", starts_at, "time at which the run starts, for schedules, like \"2026-01-05T00:00:00Z\"");
    }
    FieldProblems problems() const;
  };

  Karpenter(const Options& options, const Context&) : options_{options}, start_{parse_utc(options.starts_at)} {}

  Duration period() const override { return options_.batch_idle; }
  NodeDecision decide(const NodePoolView& pool) override;

 private:
  struct Seen {
    std::uint32_t pods = 0;
    SimTime unchanged_since;
  };
  struct Command {
    std::vector<std::uint32_t> nodes;
    bool empty = false;
    SimTime validate_at;
  };

  void watch(const NodePoolView& pool);
  NodeDecision without_late_and_old(const NodePoolView& pool) const;
  // Whether the batch of waiting pods is closed.
  bool batch_is_closed(const NodePoolView& pool);
  int most_to_add(const NodePoolView& pool) const;
  int allowed(const NodePoolView& pool, std::string_view reason) const;
  bool may_go(const NodePoolView& pool, const NodeView& node, bool empty) const;
  // Nodes to remove now, cheapest first.
  std::vector<std::uint32_t> candidates(const NodePoolView& pool, bool empty) const;
  NodeDecision disrupt(const NodePoolView& pool);
  NodeDecision validate(const NodePoolView& pool);

  Options options_;
  UtcSeconds start_;
  std::map<std::uint32_t, Seen> seen_;
  std::size_t waiting_ = 0;
  std::optional<SimTime> batch_since_, last_arrival_, last_poll_;
  std::optional<Command> command_;
};

FieldProblems Karpenter::Options::problems() const {
  FieldProblems found;
  const auto note = [&found](const char* field, auto&& check) {
    try {
      check();
    } catch (const std::invalid_argument& error) {
      found.emplace_back(field, error.what());
    }
  };
  note("starts_at", [&] { parse_utc(starts_at); });
  for (const karpenter::Budget& budget : budgets) {
    note("budgets", [&] { karpenter::allowed_nodes(budget.nodes, 1); });
    if (budget.schedule) note("budgets", [&] { CronSchedule{*budget.schedule}; });
    if (budget.schedule.has_value() != budget.duration.has_value())
      found.emplace_back("budgets", "has a schedule without a duration or a duration without a schedule; give both or neither");
    for (const std::string& reason : budget.reasons) {
      if (reason != "Underutilized" && reason != "Empty")
        found.emplace_back("budgets", fmt::format("\"{}\" is no reason; write Underutilized or Empty", reason));
    }
  }
  if (batch_max < batch_idle) found.emplace_back("batch_max", "is shorter than batch_idle; give at least that");
  return found;
}

NodeDecision Karpenter::decide(const NodePoolView& pool) {
  watch(pool);
  if (NodeDecision forced = without_late_and_old(pool); !forced.remove.empty()) return forced;
  const int missing = std::min(pool.minimum - static_cast<int>(pool.nodes.size()), most_to_add(pool));
  std::vector<std::uint32_t> types;
  if (batch_is_closed(pool)) types = new_nodes_needed(pool, most_to_add(pool));
  if (std::cmp_less(types.size(), missing)) types.resize(static_cast<std::size_t>(missing), 0);
  if (const int add = static_cast<int>(types.size()); add > 0) {
    std::string reason =
        fmt::format("{} pods wait: {} nodes{} to {}", pool.pending.size(), add, names_of(pool, types), pool.nodes.size());
    return {add, {}, std::move(reason), std::move(types)};
  }
  if (command_) return validate(pool);
  if (last_poll_ && pool.now < *last_poll_ + options_.disruption_polling) return {};
  last_poll_ = pool.now;
  return disrupt(pool);
}

// ---- nodes to add ------------------------------------------------------------------------------------------------------------

bool Karpenter::batch_is_closed(const NodePoolView& pool) {
  const std::size_t before = std::exchange(waiting_, pool.pending.size());
  if (pool.pending.empty()) {
    batch_since_.reset();
    return false;
  }
  if (!batch_since_) batch_since_ = pool.now;
  if (waiting_ > before) last_arrival_ = pool.now;
  const bool is_closed =
      pool.now >= last_arrival_.value_or(pool.now) + options_.batch_idle || pool.now >= *batch_since_ + options_.batch_max;
  if (is_closed) batch_since_.reset();
  return is_closed;
}

int Karpenter::most_to_add(const NodePoolView& pool) const {
  return std::max(0, pool.maximum - static_cast<int>(pool.nodes.size()) - pool.being_removed);
}

// ---- nodes to remove ---------------------------------------------------------------------------------------------------------

void Karpenter::watch(const NodePoolView& pool) {
  std::map<std::uint32_t, Seen> seen;
  for (const NodeView& node : pool.nodes) {
    if (node.booting) continue;
    const auto known = seen_.find(node.node);
    const bool is_unchanged = known != seen_.end() && known->second.pods == node.pods;
    seen.emplace(node.node, Seen{node.pods, is_unchanged ? known->second.unchanged_since : pool.now});
  }
  seen_ = std::move(seen);
}

NodeDecision Karpenter::without_late_and_old(const NodePoolView& pool) const {
  NodeDecision decision;
  for (const NodeView& node : pool.nodes) {
    const Duration age = pool.now - node.created;
    const bool is_late = node.booting && age > options_.registration_timeout;
    const bool is_old = !node.booting && options_.expire_after > Duration{0} && age >= options_.expire_after;
    if (!is_late && !is_old) continue;
    if (std::cmp_greater_equal(decision.remove.size() + static_cast<std::size_t>(pool.minimum), pool.nodes.size())) break;
    decision.remove.push_back(node.node);
    decision.reason = fmt::format("{} {}", is_late ? "not up after" : "expired after", to_text(age));
  }
  return decision;
}

int Karpenter::allowed(const NodePoolView& pool, std::string_view reason) const {
  const int nodes = static_cast<int>(pool.nodes.size()) + pool.being_removed;
  const UtcSeconds now = start_ + std::chrono::floor<std::chrono::seconds>(pool.now - start_of_time);
  const int by_budget = karpenter::allowed_disruptions(options_.budgets, nodes, reason, now) - pool.being_removed;
  return std::clamp(by_budget, 0, std::max(0, static_cast<int>(pool.nodes.size()) - pool.minimum));
}

bool Karpenter::may_go(const NodePoolView& pool, const NodeView& node, bool empty) const {
  if (node.booting || (node.pods == 0) != empty || (!empty && !node.pods_fit_elsewhere)) return false;
  return pool.now - seen_.at(node.node).unchanged_since >= options_.consolidate_after;
}

std::vector<std::uint32_t> Karpenter::candidates(const NodePoolView& pool, bool empty) const {
  const std::optional<Duration> lifetime =
      options_.expire_after > Duration{0} ? std::optional{options_.expire_after} : std::nullopt;
  std::vector<std::pair<double, std::uint32_t>> costs;
  for (const NodeView& node : pool.nodes) {
    if (!may_go(pool, node, empty)) continue;
    const double evictions = node.pods * karpenter::eviction_cost(0.0, 0.0);
    costs.emplace_back(karpenter::node_disruption_cost(evictions, karpenter::lifetime_left(pool.now - node.created, lifetime)),
                       node.node);
  }
  std::ranges::sort(costs);
  const int most = empty ? allowed(pool, "Empty") : std::min(1, allowed(pool, "Underutilized"));
  costs.resize(std::min(costs.size(), static_cast<std::size_t>(most)));
  std::vector<std::uint32_t> nodes;
  for (const auto& [cost, node] : costs) nodes.push_back(node);
  return nodes;
}

NodeDecision Karpenter::disrupt(const NodePoolView& pool) {
  if (!pool.pending.empty()) return {0, {}, "pods wait"};
  for (const bool empty : {true, false}) {
    if (!empty && options_.consolidation_policy == "WhenEmpty") break;
    std::vector<std::uint32_t> nodes = candidates(pool, empty);
    if (nodes.empty()) continue;
    command_ = Command{std::move(nodes), empty, pool.now + options_.validation_delay};
    return validate(pool);
  }
  return {0, {}, "no node to remove"};
}

// The removal is carried out when all of its nodes could still go.
NodeDecision Karpenter::validate(const NodePoolView& pool) {
  if (pool.now < command_->validate_at)
    return {0, {}, fmt::format("{} nodes may go, looked at again later", command_->nodes.size())};
  const Command command = *std::exchange(command_, std::nullopt);
  const std::vector<std::uint32_t> now = candidates(pool, command.empty);
  const bool holds =
      std::ranges::all_of(command.nodes, [&](std::uint32_t node) { return std::ranges::find(now, node) != now.end(); });
  if (!holds || !pool.pending.empty()) return {0, {}, "what was to go is needed again"};
  return {0, command.nodes, fmt::format("{} {} nodes", command.nodes.size(), command.empty ? "empty" : "underutilized")};
}

const bool offered =
    offer<NodeAutoscaler, Karpenter>("karpenter", "nodes for batches of waiting pods; consolidation within budgets");

}  // namespace
}  // namespace headroom
