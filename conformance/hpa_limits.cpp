// Tables of how fast a Horizontal Pod Autoscaler lets proposals through: rate limits, windows, events; and its shipped numbers.
#include <fmt/format.h>

#include "conformance/hpa_rows.hpp"
#include "conformance/option_defaults.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/autoscaler.hpp"

namespace headroom::conformance {
namespace {

const Json& rows_of(const Json& table) { return table.contains("rows") ? table.at("rows") : table.at("cases"); }

// Calls `check(row, expect, expected)` for each row.
template <class Check>
void each_row(const Json& table, TableCheck& rows, Check&& check) {
  for (const Json& row : rows_of(table)) rows.row(row, [&](RowCheck& expect) { check(row, expect, row.at("expect")); });
}

void expect_limited(RowCheck& expect, const Json& expected, const hpa::Limited& got) {
  expect.equal("replicas", expected.at("replicas"), got.replicas);
  if (expected.contains("reason")) expect.equal("reason", expected.at("reason"), std::string{got.reason});
}

void check_behaviour_rate(const Json& table, TableCheck& rows) {
  each_row(table, rows, [](const Json& row, RowCheck& expect, const Json& expected) {
    const hpa::Limited limited = hpa::limit_rate(row.at("current"), row.at("desired"), {row.at("min"), row.at("max")},
                                                 {hpa_events_of(row.at("up_events")), hpa_events_of(row.at("down_events"))},
                                                 hpa_rules_of(row.at("up")), hpa_rules_of(row.at("down")), hpa_now());
    expect_limited(expect, expected, limited);
  });
}

void check_select_min(const Json& table, TableCheck& rows) {
  each_row(table, rows, [](const Json& row, RowCheck& expect, const Json& expected) {
    const auto limit = row.at("direction") == "up" ? hpa::scale_up_limit : hpa::scale_down_limit;
    const hpa::ScalingRules rules = hpa_rules_of(row.at("rules"));
    expect.equal("limit", expected.at("limit"), limit(row.at("current"), {}, rules, hpa_now()).replicas);
  });
}

void check_legacy_limit(const Json& table, TableCheck& rows) {
  each_row(table, rows, [](const Json& row, RowCheck& expect, const Json& expected) {
    expect_limited(expect, expected, hpa::limit_legacy(row.at("current"), row.at("desired"), {row.at("min"), row.at("max")}));
  });
}

Json values_of(const std::vector<hpa::Recommendation>& log) {
  Json values = Json::array();
  for (const hpa::Recommendation& one : log) values.push_back(one.replicas);
  return values;
}

void expect_stabilised(RowCheck& expect, const Json& expected, int stabilised, const std::vector<hpa::Recommendation>& log) {
  expect.equal("stabilized", expected.at("stabilized"), stabilised);
  if (expected.contains("log_length")) expect.equal("log_length", expected.at("log_length"), log.size());
  if (expected.contains("log_values_after")) expect.equal("log_values_after", expected.at("log_values_after"), values_of(log));
}

void check_stabilise_legacy(const Json& table, TableCheck& rows) {
  each_row(table, rows, [](const Json& row, RowCheck& expect, const Json& expected) {
    auto log = hpa_log_of(row.at("recommendations"));
    const int stable = hpa::stabilize(log, row.at("desired"), to_duration(row.at("window_s").get<double>()), hpa_now());
    expect_stabilised(expect, expected, stable, log);
  });
}

void check_stabilise_behaviour(const Json& table, TableCheck& rows) {
  each_row(table, rows, [](const Json& row, RowCheck& expect, const Json& expected) {
    auto log = hpa_log_of(row.at("recommendations"));
    const int stable = hpa::stabilize(log, row.at("current"), row.at("desired"), to_duration(row.at("up_window_s").get<double>()),
                                      to_duration(row.at("down_window_s").get<double>()), hpa_now());
    expect_stabilised(expect, expected, stable, log);
  });
}

// Without rules, which is without a behavior, nothing is stored.
void check_scale_events(const Json& table, TableCheck& rows) {
  each_row(table, rows, [](const Json& row, RowCheck& expect, const Json& expected) {
    auto events = hpa_events_of(row.at("events_before"));
    expect.equal("change_in_last_60s", expected.at("change_in_last_60s"),
                 hpa::change_within(events, std::chrono::seconds{60}, hpa_now()));
    if (!is_absent(row, "rules")) hpa::store_event(events, hpa_rules_of(row.at("rules")), row.at("replica_change"), hpa_now());
    Json after = Json::array();
    for (const hpa::ScaleEvent& event : events) after.push_back({{"change", event.change}, {"outdated", event.outdated}});
    expect.equal("events_after", expected.at("events_after"), after);
  });
}

// ---- shipped numbers ---------------------------------------------------------------------------------------------------------

Json rules_told(const Json& rules, const Json& stabilization) {
  Json told = {{"stabilization_s", stabilization}, {"policies", Json::array()}};
  const auto capital = [](std::string word) { return word[0] = static_cast<char>(word[0] - 'a' + 'A'), word; };
  told["select"] = capital(rules.at("select"));
  for (const Json& policy : rules.at("policies"))
    told["policies"].push_back(
        {{"type", capital(policy.at("type"))}, {"value", policy.at("value")}, {"period_s", policy.at("period")}});
  return told;
}

// As the table has them.
Json shipped_numbers() {
  const PolicyChoice choice = RegistryOf<Autoscaler>::instance().choose("hpa");
  if (!choice.chosen()) throw std::invalid_argument{"there is no policy hpa"};
  const Json options = defaults_of(*choice.options);
  const Json& metric = options.at("metrics").at(0);
  const double stabilization = options.at("stabilization");
  const Json& up = options.at("behavior").at("scale_up");
  const Json& down = options.at("behavior").at("scale_down");
  // A window that a behavior does not give: none on the way up, the controller's own on the way down.
  const Json up_window = up.at("stabilization").is_null() ? Json(0) : up.at("stabilization");
  const Json down_window =
      down.at("stabilization").is_null() ? Json(fmt::format("controller flag, {:g}", stabilization)) : down.at("stabilization");
  const bool doubles =
      hpa::limit_legacy(1, 1000, {1, 1000}).replicas == 4 && hpa::limit_legacy(10, 1000, {1, 1000}).replicas == 20;
  const bool falls_at_once = hpa::limit_legacy(1000, 1, {1, 1000}).replicas == 1;
  return {
      {"sync_period_s", options.at("sync")},
      {"downscale_stabilization_s", stabilization},
      {"tolerance", options.at("tolerance")},
      {"cpu_initialization_period_s", options.at("initialization")},
      {"initial_readiness_delay_s", options.at("initial_readiness_delay")},
      {"min_replicas", options.at("replicas").at(0)},
      {"no_behavior",
       {{"up_limit", doubles ? "max(2*current,4) each pass" : "another"},
        {"down", fmt::format("{}; {:g} s stabilisation", falls_at_once ? "no rate limit" : "a rate limit", stabilization)}}},
      {"behavior_present", {{"up", rules_told(up, up_window)}, {"down", rules_told(down, down_window)}}},
      {"default_metric",
       {{"type", "Resource"}, {"resource", metric.at("resource")}, {"utilization", 100.0 * metric.at("target").get<double>()}}},
      {"max_window_s", range_of(*choice.options, "behavior/scale_down/stabilization").high},
      {"max_policy_period_s", range_of(*choice.options, "behavior/scale_down/policies/period").high}};
}

void check_defaults(const Json& table, TableCheck& rows) {
  const Json shipped = shipped_numbers();
  for (const auto& [name, value] : table.at("values").items())
    rows.row(name, [&](RowCheck& expect) { expect.equal(name, value, shipped.at(name)); });
}

const bool offered = offer_table("hpa", "behaviour_rate", check_behaviour_rate) &&
                     offer_table("hpa", "behaviour_limit_select_min", check_select_min) &&
                     offer_table("hpa", "legacy_limit", check_legacy_limit) &&
                     offer_table("hpa", "stabilise_legacy", check_stabilise_legacy) &&
                     offer_table("hpa", "stabilise_behaviour", check_stabilise_behaviour) &&
                     offer_table("hpa", "scale_events", check_scale_events) && offer_table("hpa", "defaults", check_defaults);

}  // namespace
}  // namespace headroom::conformance
