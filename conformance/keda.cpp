// Tables of KEDA: one poll of a ScaledObject, jobs of a ScaledJob, a queue's length to replicas, shipped numbers.
#include <stdexcept>

#include "conformance/option_defaults.hpp"
#include "conformance/table.hpp"
#include "policies/autoscaling/hpa_arithmetic.hpp"
#include "policies/autoscaling/keda_arithmetic.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/autoscaler.hpp"

namespace headroom::conformance {
namespace {

const Json& rows_of(const Json& table) { return table.contains("rows") ? table.at("rows") : table.at("cases"); }

template <class Value>
std::optional<Value> optional_of(const Json& row, const char* field) {
  if (!row.contains(field) || row.at(field).is_null()) return std::nullopt;
  return row.at(field).get<Value>();
}

template <class Value>
Value value_of(const Json& row, const char* field, Value otherwise) {
  return optional_of<Value>(row, field).value_or(otherwise);
}

Duration span_of(const Json& row, const char* field, Duration otherwise) {
  return to_duration(value_of(row, field, to_seconds(otherwise)));
}

// ---- one poll ----------------------------------------------------------------------------------------------------------------

keda::ScaledObject object_of(const Json& row) {
  const keda::ScaledObject shipped;
  keda::ScaledObject object{.replicas = {value_of(row, "min", shipped.replicas.low), value_of(row, "max", shipped.replicas.high)},
                            .idle = optional_of<int>(row, "idle"),
                            .cooldown = span_of(row, "cooldown_s", shipped.cooldown),
                            .initial_cooldown = span_of(row, "initial_cooldown_s", shipped.initial_cooldown),
                            .paused = value_of(row, "paused", false),
                            .pause_scale_in = value_of(row, "pause_scale_in", false),
                            .pause_scale_out = value_of(row, "pause_scale_out", false)};
  if (row.contains("fallback") && row.at("fallback").is_object())
    object.falls_back = true, object.fallback_replicas = row.at("fallback").at("replicas");
  else if (const auto replicas = optional_of<int>(row, "fallback_replicas"))
    object.falls_back = true, object.fallback_replicas = *replicas;
  return object;
}

// A row without times is of an object that was made long ago.
void check_scaled_object(const Json& table, TableCheck& rows) {
  for (const Json& row : rows_of(table)) {
    rows.row(row, [&](RowCheck& expect) {
      const SimTime now = at_seconds(value_of(row, "now_s", 1e6));
      std::optional<SimTime> last_active;
      if (const auto seconds = optional_of<double>(row, "last_active_s")) last_active = at_seconds(*seconds);
      const keda::Activity seen{row.at("triggers_active"),
                                value_of(row, "triggers_error", false) || value_of(row, "trigger_error", false)};
      const keda::Poll poll =
          keda::poll(object_of(row), row.at("current"), seen, at_seconds(value_of(row, "created_s", 0.0)), last_active, now);
      expect.equal("replicas", row.at("expect_replicas"), poll.replicas);
    });
  }
}

// ---- jobs --------------------------------------------------------------------------------------------------------------------

keda::JobStrategy strategy_of(const std::string& name) {
  if (name == "default" || name.empty()) return keda::JobStrategy::standard;
  if (name == "custom") return keda::JobStrategy::custom;
  if (name == "accurate") return keda::JobStrategy::accurate;
  if (name == "eager") return keda::JobStrategy::eager;
  throw std::invalid_argument{"\"" + name + "\" is no strategy"};
}

void check_scaled_job(const Json& table, TableCheck& rows) {
  for (const Json& row : rows_of(table)) {
    rows.row(row, [&](RowCheck& expect) {
      const keda::ScaledJob job{.strategy = strategy_of(value_of<std::string>(row, "strategy", "default")),
                                .most = row.at("max_replicas"),
                                .least = value_of<std::int64_t>(row, "min_replicas", value_of<std::int64_t>(row, "min", 0)),
                                .deduction = optional_of<std::int64_t>(row, "deduction"),
                                .running_percentage = optional_of<double>(row, "running_percentage")};
      const keda::JobDemand asked{row.at("max_scale"), row.at("scale_to")};
      const keda::JobDemand got =
          keda::scaling_decision(job, {row.at("running"), value_of<std::int64_t>(row, "pending", 0)}, asked);
      expect.equal("max_scale", row.at("expect_max_scale"), got.most);
      if (row.contains("expect_scale_to")) expect.equal("scale_to", row.at("expect_scale_to"), got.wanted);
      if (row.contains("expect_jobs")) expect.equal("jobs", row.at("expect_jobs"), keda::jobs_to_create(got));
    });
  }
}

// ---- a queue's length --------------------------------------------------------------------------------------------------------

struct Sized {
  int replicas = 0;
  const char* by = "hpa";
};

// The executor has the step from none and to the minimum; a queue that has just run empty is in its cooldown, so the rest is the
// HPA's.
Sized replicas_for(const Json& row, bool active) {
  const IntegerRange range{row.at("min"), row.at("max")};
  const int current = row.at("current");
  const SimTime now = at_seconds(3600);
  const keda::Poll poll = keda::poll({.replicas = range}, current, {active, false}, start_of_time, now, now);
  if (current == 0 || poll.replicas != current) return {poll.replicas, "executor"};
  const hpa::Target target{keda::TriggerRules{}.kind, hpa::to_milli(row.at("target_per_replica").get<double>())};
  const hpa::MetricOutcome seen{hpa::propose_from_value(hpa::to_milli(row.at("queue").get<double>()), target, hpa::Tolerance{},
                                                        {current, current, current}),
                                "FailedGetExternalMetric"};
  hpa::Controller controller{std::vector<hpa::Recommendation>{}, {}};
  return {controller.pass({.replicas = keda::hpa_range(range)}, current, now, [&] { return std::vector{seen}; }).replicas};
}

void check_queue_to_replicas(const Json& table, TableCheck& rows) {
  for (const Json& row : rows_of(table)) {
    rows.row(row, [&](RowCheck& expect) {
      const bool active = keda::is_active(row.at("queue"), row.at("activation_threshold"));
      const Sized got = replicas_for(row, active);
      const Json& expected = row.at("expect");
      expect.equal("active", expected.at("active"), active);
      if (expected.contains("decided_by")) expect.equal("decided_by", expected.at("decided_by"), got.by);
      expect.equal("replicas", expected.at("replicas"), got.replicas);
    });
  }
}

// ---- shipped numbers ---------------------------------------------------------------------------------------------------------

Json shipped_numbers() {
  const PolicyChoice choice = RegistryOf<Autoscaler>::instance().choose("keda");
  if (!choice.chosen()) throw std::invalid_argument{"there is no policy keda"};
  const Json options = defaults_of(*choice.options);
  const Json& replicas = options.at("replicas");
  const keda::TriggerRules trigger;
  const bool strictly = !keda::is_active(10.0, 10.0) && keda::is_active(10.001, 10.0);
  return {{"polling_interval_s", options.at("polling")},
          {"cooldown_period_s", options.at("cooldown")},
          {"initial_cooldown_s", options.at("initial_cooldown")},
          {"min_replicas", replicas.at(0)},
          {"hpa_min_replicas", keda::hpa_range({replicas.at(0), replicas.at(1)}).low},
          {"max_replicas", replicas.at(1)},
          {"activation_threshold", trigger.activation},
          {"activation_comparison", strictly ? "strictly greater" : "another"},
          {"metric_type", trigger.kind == hpa::TargetKind::average ? "AverageValue" : "Value"},
          {"job_history_limits", keda::ScaledJob{}.history}};
}

void check_defaults(const Json& table, TableCheck& rows) {
  const Json shipped = shipped_numbers();
  for (const auto& [name, value] : table.at("values").items())
    rows.row(name, [&](RowCheck& expect) { expect.equal(name, value, shipped.at(name)); });
}

const bool offered =
    offer_table("keda", "scaled_object", check_scaled_object) && offer_table("keda", "scaled_job", check_scaled_job) &&
    offer_table("keda", "queue_to_replicas", check_queue_to_replicas) && offer_table("keda", "defaults", check_defaults);

}  // namespace
}  // namespace headroom::conformance
