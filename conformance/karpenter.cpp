// Tables of Karpenter: budgets, their schedules, shipped numbers.
#include <fmt/format.h>

#include "conformance/option_defaults.hpp"
#include "conformance/table.hpp"
#include "policies/autoscaling/karpenter_arithmetic.hpp"
#include "policies/autoscaling/node_autoscaler_settings.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/node_autoscaler.hpp"

namespace headroom::conformance {
namespace {

// ---- budgets -----------------------------------------------------------------------------------------------------------------

template <class Value>
std::optional<Value> optional_of(const Json& row, const char* field) {
  const Json value = row.value(field, Json());
  return value.is_null() ? std::nullopt : std::optional{value.get<Value>()};
}

std::optional<Duration> duration_of(const Json& row) {
  const auto seconds = optional_of<double>(row, "duration_s");
  return seconds ? std::optional{to_duration(*seconds)} : std::nullopt;
}

UtcSeconds now_of(const Json& row) { return parse_utc(row.value("now_utc", std::string{"2000-06-15T12:30:30Z"})); }

karpenter::Budget budget_of(const Json& row) {
  return {.nodes = row.at("nodes").is_number() ? row.at("nodes").dump() : row.at("nodes").get<std::string>(),
          .reasons = optional_of<std::vector<std::string>>(row, "reasons").value_or(std::vector<std::string>{}),
          .schedule = optional_of<std::string>(row, "schedule"),
          .duration = duration_of(row)};
}

void check_schedule(const Json& row, RowCheck& expect) {
  const bool expects_error = row.contains("expect_error");
  try {
    const bool active = karpenter::is_active(optional_of<std::string>(row, "schedule"), duration_of(row), now_of(row));
    if (expects_error) return expect.fail("error", row.at("expect_error").dump(), active ? "active" : "inactive");
    expect.equal("active", row.at("expect_active"), active);
  } catch (const std::invalid_argument& error) {
    const std::string got = error.what();
    const bool is_that = expects_error && (!row.at("expect_error").is_string() ||
                                           got.find(row.at("expect_error").get<std::string>()) != std::string::npos);
    if (!is_that) expect.fail("schedule", row.dump(), got);
  }
}

void check_allowed(const Json& row, RowCheck& expect) {
  std::vector<karpenter::Budget> budgets;
  for (const Json& budget : row.at("active_budgets")) budgets.push_back(budget_of(budget));
  const int allowed =
      karpenter::allowed_disruptions(budgets, row.at("nodes_in_pool"), row.at("reason").get<std::string>(), now_of(row));
  const Json& expected = row.at("expect_allowed");
  const bool expects_no_limit = expected.is_null() || expected.is_string();
  expect.equal("allowed", expects_no_limit ? Json(karpenter::no_limit) : expected, allowed);
}

void check_budgets(const Json& table, TableCheck& check) {
  for (const Json& row : table.value("schedules", Json::array()))
    check.row(row, [&](RowCheck& expect) { check_schedule(row, expect); });
  for (const Json& row : table.at("rows")) check.row(row, [&](RowCheck& expect) { check_allowed(row, expect); });
}

// ---- shipped numbers ---------------------------------------------------------------------------------------------------------

// The rule in words, if the arithmetic in use keeps it.
std::string order_told() {
  using karpenter::WaitingPod, karpenter::goes_first;
  const bool by_cpu = goes_first({2, 1, at_seconds(9)}, {1, 9, at_seconds(1)});
  const bool then_by_memory = goes_first({1, 2, at_seconds(9)}, {1, 1, at_seconds(1)});
  const bool then_by_age = goes_first({1, 1, at_seconds(1)}, {1, 1, at_seconds(2)});
  return by_cpu && then_by_memory && then_by_age ? "cpu descending, then memory descending, then creation time" : "another order";
}

std::string eviction_cost_told() {
  const bool weighs = karpenter::eviction_cost(1 << 27, 0) == 2.0 && karpenter::eviction_cost(0, 1 << 25) == 2.0;
  const bool clamps = karpenter::eviction_cost(-1e12, 0) == -10.0 && karpenter::eviction_cost(0, 1e12) == 10.0;
  return weighs && clamps ? "1 + pod_deletion_cost/2^27 + priority/2^25, clamped to [-10,10]" : "another cost";
}

std::string node_cost_told() {
  const bool holds =
      karpenter::node_disruption_cost(3.0, 0.25) == 1.0 && karpenter::lifetime_left(to_duration(3.0), to_duration(4.0)) == 0.25;
  return holds ? "sum of eviction costs (plus 1 a node), times remaining lifetime fraction" : "another cost";
}

Json shipped_numbers() {
  const PolicyChoice choice = RegistryOf<NodeAutoscaler>::instance().choose("karpenter");
  const Json options = defaults_of(*choice.options);
  const karpenter::Unmodelled others;
  return {{"consolidate_after_s", options.at("consolidate_after")},
          {"consolidation_policy", options.at("consolidation_policy")},
          {"budget_nodes", options.at("budgets").at(0).at("nodes")},
          {"expire_after_s", options.at("expire_after")},
          {"batch_idle_s", options.at("batch_idle")},
          {"batch_max_s", options.at("batch_max")},
          {"disruption_polling_s", options.at("disruption_polling")},
          {"command_validation_delay_s", options.at("validation_delay")},
          {"multi_node_timeout_s", to_seconds(others.multi_node_timeout)},
          {"single_node_timeout_s", to_seconds(others.single_node_timeout)},
          {"multi_node_batch_max", others.multi_node_batch_max},
          {"spot_to_spot_min_types", others.spot_to_spot_min_types},
          {"launch_timeout_s", to_seconds(others.launch_timeout)},
          {"registration_timeout_s", options.at("registration_timeout")},
          {"pod_order", order_told()},
          {"eviction_cost", eviction_cost_told()},
          {"node_disruption_cost", node_cost_told()}};
}

void check_defaults(const Json& table, TableCheck& check) {
  const Json shipped = shipped_numbers();
  for (const auto& [name, value] : table.at("values").items())
    check.row(name, [&](RowCheck& expect) { expect.equal(name, value, shipped.at(name)); });
}

const bool offered = offer_table("cluster-autoscaler", "karpenter_budgets", check_budgets) &&
                     offer_table("cluster-autoscaler", "karpenter_defaults", check_defaults);

}  // namespace
}  // namespace headroom::conformance
