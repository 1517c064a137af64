// Tables of whole passes of the Horizontal Pod Autoscaler's controller, alone and one after the other.
#include <algorithm>
#include <fstream>
#include <set>
#include <stdexcept>

#include "conformance/hpa_rows.hpp"

namespace headroom::conformance {
namespace {

const Json& rows_of(const Json& table) { return table.contains("rows") ? table.at("rows") : table.at("cases"); }

// Without a minimum it is 1, without a metric CPU at 80 % of its request, as the API fills in.
IntegerRange range_of(const Json& hpa) { return {is_absent(hpa, "min") ? 1 : hpa.at("min").get<int>(), hpa.at("max")}; }

const Json& metrics_of(const Json& hpa) {
  static const Json cpu = Json::array({{{"type", "Resource"}, {"resource", "cpu"}, {"target", {{"utilization", 80}}}}});
  return is_absent(hpa, "metrics") || hpa.at("metrics").empty() ? cpu : hpa.at("metrics");
}

struct PassParameters {
  hpa::ReadinessRules readiness;
  double tolerance = hpa::Tolerance{}.up;
  Duration stabilization = hpa::Settings{}.stabilization;
};

PassParameters parameters_of(const Json& table) {
  PassParameters parameters{.readiness = hpa_readiness_of(table)};
  if (is_absent(table, "parameters")) return parameters;
  const Json& given = table.at("parameters");
  if (!is_absent(given, "tolerance")) parameters.tolerance = given.at("tolerance");
  if (!is_absent(given, "downscale_stabilization_s"))
    parameters.stabilization = to_duration(given.at("downscale_stabilization_s").get<double>());
  return parameters;
}

struct Pass {
  hpa::Outcome outcome;
  std::vector<hpa::MetricOutcome> metrics;  // as far as they were looked at
};

Pass run_pass(const Json& row, const PassParameters& parameters) {
  static const Json no_orphans = Json::array();
  const Json& fields = row.at("hpa");
  const hpa::Settings settings{range_of(fields), parameters.stabilization, hpa_behavior_of(fields)};
  const std::string fault = is_absent(row, "fault") ? "" : row.at("fault").get<std::string>();
  const int current = row.at("scale").at("spec_replicas");
  const HpaScene scene{.pods = row.at("pods"),
                       .orphans = is_absent(row, "orphan_samples") ? no_orphans : row.at("orphan_samples"),
                       .replicas = {current, row.at("scale").at("status_replicas"), hpa_ready_pods(row.at("pods"))},
                       .tolerance = hpa::tolerance_of(Ratio{parameters.tolerance}, settings.behavior),
                       .readiness = parameters.readiness,
                       .fault = fault};
  std::optional<std::vector<hpa::Recommendation>> log;
  if (!is_absent(row, "recommendations")) log = hpa_log_of(row.at("recommendations"));
  hpa::Controller controller{std::move(log), {}};
  Pass pass;
  pass.outcome = controller.pass(
      settings, current, hpa_now(),
      [&] {
        for (const Json& metric : metrics_of(fields)) pass.metrics.push_back(hpa_outcome(metric, scene));
        return pass.metrics;
      },
      hpa_fault_of(fault));
  return pass;
}

Json conditions_of(const hpa::Conditions& conditions) {
  Json told = Json::object();
  const auto tell = [&told](const char* name, const std::string& text) {
    if (!text.empty()) told[name] = text;
  };
  tell("AbleToScale", conditions.able_to_scale);
  tell("ScalingActive", conditions.scaling_active);
  tell("ScalingLimited", conditions.scaling_limited);
  return told;
}

// Of the first metric that is one of CPU's.
Json cpu_utilization(const Json& row, const Pass& pass) {
  const Json& metrics = metrics_of(row.at("hpa"));
  for (std::size_t i = 0; i < pass.metrics.size(); ++i) {
    if (metrics[i].value("resource", "") == "cpu" && pass.metrics[i].proposal.failure.empty())
      return pass.metrics[i].proposal.seen;
  }
  return nullptr;
}

void expect_pass(RowCheck& expect, const Json& row, const Pass& pass) {
  const Json& expected = row.at("expect");
  const hpa::Outcome& got = pass.outcome;
  const int current = row.at("scale").at("spec_replicas");
  expect.equal("desired_replicas", expected.at("desired_replicas"), got.replicas);
  if (expected.contains("action"))
    expect.equal("action", expected.at("action"), got.replicas > current ? "up" : got.replicas < current ? "down" : "none");
  if (expected.contains("reconcile_error")) expect.equal("reconcile_error", expected.at("reconcile_error"), got.is_error);
  if (expected.contains("conditions")) expect.equal("conditions", expected.at("conditions"), conditions_of(got.conditions));
  if (!is_absent(expected, "cpu_utilization"))
    expect.equal("cpu_utilization", expected.at("cpu_utilization"), cpu_utilization(row, pass));
}

void check_passes(const Json& table, TableCheck& check) {
  const PassParameters parameters = parameters_of(table);
  for (const Json& row : rows_of(table))
    check.row(row, [&](RowCheck& expect) { expect_pass(expect, row, run_pass(row, parameters)); });
}

// An index may name rows that the folder does not have: what they expect is not at hand, only what they are made of.
void expect_known_types(RowCheck& expect, const Json& entry) {
  static const std::set<std::string> known{"Resource", "ContainerResource", "Pods", "Object", "External", "INVALID"};
  for (const std::string type : entry.at("metrics")) {
    if (!known.contains(type)) expect.fail("metrics", "a type of metric", type);
  }
  expect.equal("several metrics", true, entry.at("metrics").size() > 1);
  expect.equal("desired_replicas is a number", true,
               entry.at("expect").is_number_integer() && entry.at("spec").is_number_integer());
}

// Rows of reconcile.json beside it.
void check_multi_metric_index(const Json& table, TableCheck& check) {
  std::ifstream file{check.folder() / "reconcile.json"};
  if (!file) throw std::invalid_argument{"reconcile.json, whose rows it names, is not beside it"};
  const Json reconcile = Json::parse(file);
  for (const Json& entry : rows_of(table)) {
    check.row(entry, [&](RowCheck& expect) {
      const Json& all = rows_of(reconcile);
      const auto row = std::find_if(all.begin(), all.end(), [&](const Json& one) { return one.at("id") == entry.at("ref"); });
      if (row == all.end()) return expect_known_types(expect, entry);
      Json types = Json::array();
      for (const Json& metric : row->at("hpa").at("metrics")) types.push_back(metric.at("type"));
      expect.equal("metrics", entry.at("metrics"), types);
      expect.equal("spec", entry.at("spec"), row->at("scale").at("spec_replicas"));
      expect.equal("desired_replicas", entry.at("expect"), run_pass(*row, parameters_of(reconcile)).outcome.replicas);
    });
  }
}

// ---- timelines ---------------------------------------------------------------------------------------------------------------

// A step function: the last [from, value] that has begun.
std::int64_t value_at(const Json& steps, double seconds) {
  std::int64_t value = 0;
  for (const Json& step : steps) {
    if (step.at(0).get<double>() <= seconds) value = step.at(1).get<std::int64_t>();
  }
  return value;
}

hpa::Target timeline_target(const Json& target) {
  if (target.contains("average_milli")) return {hpa::TargetKind::average, target.at("average_milli")};
  return {hpa::TargetKind::value, target.at("value_milli")};
}

// Replicas follow at once.
void follow_timeline(const Json& row, RowCheck& expect) {
  const hpa::Settings settings{range_of(row), hpa::Settings{}.stabilization, hpa_behavior_of(row)};
  const hpa::Tolerance tolerance = hpa::tolerance_of(Ratio{hpa::Tolerance{}.up}, settings.behavior);
  const Json& metric = row.at("metric");
  hpa::Controller controller;
  int replicas = row.at("initial_replicas");
  Json proposals = Json::array(), series = Json::array();
  for (std::size_t i = 0; i < row.at("expect_replicas").size(); ++i) {
    const double seconds = static_cast<double>(i) * row.at("sync_s").get<double>();
    const hpa::MetricOutcome seen{
        hpa::propose_from_value(value_at(metric.at("value_milli_from"), seconds), timeline_target(metric.at("target")), tolerance,
                                {replicas, replicas, replicas > 0 ? std::optional{replicas} : std::nullopt}),
        "FailedGetExternalMetric"};
    proposals.push_back(seen.proposal.replicas);
    replicas = controller.pass(settings, replicas, at_seconds(seconds), [&] { return std::vector{seen}; }).replicas;
    series.push_back(replicas);
  }
  if (row.contains("expect_raw")) expect.equal("raw", row.at("expect_raw"), proposals);
  expect.equal("replicas", row.at("expect_replicas"), series);
}

void check_timelines(const Json& table, TableCheck& check) {
  for (const Json& row : rows_of(table)) check.row(row, [&](RowCheck& expect) { follow_timeline(row, expect); });
}

const bool offered = offer_table("hpa", "reconcile", check_passes) && offer_table("hpa", "derived_multi_metric", check_passes) &&
                     offer_table("hpa", "multi_metric_index", check_multi_metric_index) &&
                     offer_table("hpa", "derived_timelines", check_timelines);

}  // namespace
}  // namespace headroom::conformance
