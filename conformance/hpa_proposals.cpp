// Tables of the Horizontal Pod Autoscaler's replica calculator: one metric to one proposal, groups of pods, requests of a pod.
#include <map>
#include <set>

#include "conformance/hpa_rows.hpp"

namespace headroom::conformance {
namespace {

const Json& rows_of(const Json& table) { return table.contains("rows") ? table.at("rows") : table.at("cases"); }

const Json& list_of(const Json& row, const char* field) {
  static const Json none = Json::array();
  return is_absent(row, field) ? none : row.at(field);
}

void expect_proposal(RowCheck& expect, const Json& expected, const hpa::Proposal& got) {
  if (expected.contains("error")) {
    const std::string error = expected.at("error");
    if (got.failure.empty() || !is_quoted_in(got.failure, error)) expect.fail("error", error, got.failure);
    return;
  }
  if (!got.failure.empty()) return expect.fail("error", "none", got.failure);
  expect.equal("replicas", expected.at("replicas"), got.replicas);
  if (expected.contains("utilization")) expect.equal("utilization", expected.at("utilization"), got.seen);
  if (expected.contains("average_usage_milli"))
    expect.equal("average_usage_milli", expected.at("average_usage_milli"), got.average);
  if (expected.contains("usage_milli")) expect.equal("usage_milli", expected.at("usage_milli"), got.seen);
}

void check_replica_calc(const Json& table, TableCheck& check) {
  const hpa::ReadinessRules readiness = hpa_readiness_of(table);
  for (const Json& row : rows_of(table)) {
    check.row(row, [&](RowCheck& expect) {
      const int current = row.at("current_replicas");
      const Json& pods = list_of(row, "pods");
      const Json& tolerance = row.at("tolerance");
      const HpaScene scene{.pods = pods,
                           .orphans = list_of(row, "orphan_samples"),
                           .replicas = {current, row.value("status_replicas", current), hpa_ready_pods(pods)},
                           .tolerance = {tolerance.at("up"), tolerance.at("down")},
                           .readiness = readiness};
      expect_proposal(expect, row.at("expect"), hpa_outcome(row.at("metric"), scene).proposal);
    });
  }
}

// Phase Succeeded is not known here; upstream treats every phase but Failed and Pending alike.
hpa::MeasuredPod grouped_pod(const Json& row, const Json& samples) {
  hpa::MeasuredPod pod;
  const std::string phase = row.at("phase"), name = row.at("name");
  pod.phase = phase == "Pending" ? PodPhase::pending : phase == "Failed" ? PodPhase::failed : PodPhase::running;
  pod.deleting = row.value("deleting", false);
  pod.ready = !is_absent(row, "ready") && row.at("ready").get<bool>();
  if (!is_absent(row, "start_age_s")) pod.started = hpa_ago(row.at("start_age_s"));
  if (!is_absent(row, "ready") && !is_absent(row, "ready_changed_age_s"))
    pod.ready_changed = hpa_ago(row.at("ready_changed_age_s"));
  if (!samples.contains(name)) return pod;
  const Json& sample = samples.at(name);
  // Without a time stamp it is older than everything.
  const SimTime at = is_absent(sample, "age_s") ? start_of_time : hpa_ago(sample.at("age_s"));
  pod.sample = {0, at, is_absent(sample, "window_s") ? Duration{} : to_duration(sample.at("window_s").get<double>())};
  return pod;
}

void check_pod_grouping(const Json& table, TableCheck& check) {
  const hpa::ReadinessRules readiness = hpa_readiness_of(table);
  for (const Json& row : rows_of(table)) {
    check.row(row, [&](RowCheck& expect) {
      int ready = 0;
      std::map<std::string, Json> groups = {{"unready", Json::array()}, {"missing", Json::array()}, {"ignored", Json::array()}};
      for (const Json& pod : row.at("pods")) {
        switch (hpa::group_of(grouped_pod(pod, row.at("samples")), row.at("resource") == "cpu", readiness, hpa_now())) {
          case hpa::PodGroup::ready: ++ready; break;
          case hpa::PodGroup::unready: groups["unready"].push_back(pod.at("name")); break;
          case hpa::PodGroup::missing: groups["missing"].push_back(pod.at("name")); break;
          case hpa::PodGroup::ignored: groups["ignored"].push_back(pod.at("name")); break;
        }
      }
      const Json& expected = row.at("expect");
      expect.equal("ready_count", expected.at("ready_count"), ready);
      for (const auto& [group, names] : groups) {
        const auto as_set = [](const Json& list) { return Json(list.get<std::set<std::string>>()); };
        expect.equal(group, as_set(expected.at(group)), as_set(names));
      }
    });
  }
}

hpa::PodRequest pod_request(const Json& row) {
  const Json& pod = row.at("pod");
  if (pod.is_null()) return {};
  std::vector<hpa::Container> containers;
  for (const Json& one : pod.at("containers")) {
    hpa::Container& container = containers.emplace_back();
    const std::string kind = one.value("kind", "regular");
    container.name = one.at("name");
    container.kind = kind == "init"               ? hpa::ContainerKind::init
                     : kind == "restartable_init" ? hpa::ContainerKind::restartable_init
                                                  : hpa::ContainerKind::regular;
    if (!is_absent(one, "request_milli")) container.request = one.at("request_milli").get<std::int64_t>();
  }
  std::optional<std::int64_t> pod_level;
  if (row.at("pod_level_enabled") && !is_absent(pod, "pod_level_request_milli"))
    pod_level = pod.at("pod_level_request_milli").get<std::int64_t>();
  const std::string only = is_absent(row, "container") ? "" : row.at("container").get<std::string>();
  return hpa::request_of(containers, pod_level, only, "cpu", pod.value("name", "test-pod"));
}

void check_pod_requests(const Json& table, TableCheck& check) {
  for (const Json& row : rows_of(table)) {
    check.row(row, [&](RowCheck& expect) {
      const hpa::PodRequest got = pod_request(row);
      const Json& expected = row.at("expect");
      if (expected.contains("error")) {
        const std::string error = expected.at("error");
        if (got.failure.empty() || !is_quoted_in(got.failure, error)) expect.fail("error", error, got.failure);
      } else {
        expect.equal("request_milli", expected.at("request_milli"), got.request ? Json(*got.request) : Json{});
        expect.equal("error", "", got.failure);
      }
    });
  }
}

const bool offered = offer_table("hpa", "replica_calc", check_replica_calc) &&
                     offer_table("hpa", "pod_grouping", check_pod_grouping) &&
                     offer_table("hpa", "pod_requests", check_pod_requests);

}  // namespace
}  // namespace headroom::conformance
