// Tables of the Cluster Autoscaler on nodes that go: utilization, which may, when, how many at once; and the rest after failures.
#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <stdexcept>

#include <fmt/format.h>

#include "conformance/table.hpp"
#include "policies/autoscaling/cluster_autoscaler_removal.hpp"

namespace headroom::conformance {
namespace {

namespace ca = cluster_autoscaler;

std::optional<std::int64_t> amount_of(const Json& object, const char* field) {
  const Json value = object.value(field, Json());
  return value.is_number() && value > 0 ? std::optional{value.get<std::int64_t>()} : std::nullopt;
}

bool flag_of(const Json& row, std::initializer_list<const char*> names) {
  return std::ranges::any_of(names, [&row](const char* name) { return row.contains(name) && row.at(name) == true; });
}

// ---- utilization -------------------------------------------------------------------------------------------------------------

ca::PodShare pod_share_of(const Json& pod) {
  return {.cpu_milli = pod.value("cpu_milli", std::int64_t{0}),
          .memory = pod.value("memory", std::int64_t{0}),
          .gpus = pod.value("gpus", pod.value("gpu", 0)),
          .daemon_set = flag_of(pod, {"daemonset"}),
          .mirror = flag_of(pod, {"mirror"}),
          .long_terminating = flag_of(pod, {"long_terminating", "terminating", "terminated", "deleted"})};
}

ca::NodeCapacity capacity_of(const Json& row) {
  const Json& allocatable = row.at("allocatable");
  const auto gpus = allocatable.contains("gpus") ? amount_of(allocatable, "gpus") : amount_of(allocatable, "gpu");
  return {.cpu_milli = amount_of(allocatable, "cpu_milli"),
          .memory = amount_of(allocatable, "memory"),
          .has_gpus = allocatable.contains("gpus") || allocatable.contains("gpu") || flag_of(row, {"gpu_node", "gpu_label"}),
          .gpus = gpus};
}

void check_utilization(const Json& table, TableCheck& check) {
  for (const Json& row : table.at("rows")) {
    check.row(row, [&](RowCheck& expect) {
      std::vector<ca::PodShare> pods;
      for (const Json& pod : row.at("pods")) pods.push_back(pod_share_of(pod));
      const ca::UtilizationRules rules{flag_of(row, {"ignore_daemonsets"}), flag_of(row, {"ignore_mirror"})};
      const auto got = ca::utilization(capacity_of(row), pods, rules);
      const Json& expected = row.at("expect_utilization");
      if (expected.is_number() && got)
        expect.near("utilization", expected, *got, 1e-9);
      else if (expected.is_number() || got)
        expect.fail("utilization", expected.dump(), got ? fmt::format("{}", *got) : "cannot be computed");
    });
  }
}

// ---- may a node go? ----------------------------------------------------------------------------------------------------------

bool speaks_of(const std::string& text, std::initializer_list<const char*> words) {
  return std::ranges::any_of(words, [&text](const char* word) { return text.find(word) != std::string::npos; });
}

// What sets the node apart is told in words.
ca::Candidate candidate_of(const Json& row, const std::string& told) {
  const Json& utilization = row.at("utilization");
  const bool unready = speaks_of(told, {"unready", "not ready"});
  return {.utilization = utilization.is_number() ? std::optional{utilization.get<double>()} : std::nullopt,
          .being_deleted = speaks_of(told, {"delet"}),
          .scale_down_disabled = !unready && speaks_of(told, {"annotat", "disabled", "marked", "no scale down", "no scale-down"}),
          .autoscaled = !speaks_of(told, {"no node group", "not autoscaled", "without a group", "without a node group"}),
          .ready = !unready};
}

void check_eligibility(const Json& table, TableCheck& check) {
  for (const Json& row : table.at("rows")) {
    check.row(row, [&](RowCheck& expect) {
      std::string told = row.at("case");
      std::ranges::transform(told, told.begin(), [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
      const bool may_remove_unready =
          !speaks_of(told, {"disabled", " off", "not allowed", "not enabled", "switched off", "forbidden"});
      const std::string_view reason = ca::ineligible(candidate_of(row, told), row.at("threshold"), may_remove_unready);
      expect.equal("candidate", row.at("expect_candidate"), reason.empty());
      if (row.contains("reason")) expect.equal("reason", row.at("reason"), reason.empty() ? Json() : Json(std::string{reason}));
    });
  }
}

// ---- when --------------------------------------------------------------------------------------------------------------------

Duration span_of(const Json& row, const char* field) { return to_duration(row.at(field).get<double>()); }

std::optional<SimTime> instant_of(const Json& row, const char* field) {
  const Json value = row.value(field, Json());
  return value.is_number() ? std::optional{at_seconds(value.get<double>())} : std::nullopt;
}

int removed_of(int candidates, ca::GroupFloor& group) {
  int removed = 0;
  while (removed < candidates && !group.reached()) {
    ++removed;
    --group.size;
  }
  return removed;
}

void check_min_size(const Json& row, RowCheck& expect) {
  ca::GroupFloor group{row.at("min_size"), row.at("target_size"), row.at("deletions_in_progress")};
  const int empty = removed_of(row.at("empty"), group);
  expect.equal("empty", row.at("expect").at("empty"), empty);
  expect.equal("need_drain", row.at("expect").at("need_drain"), removed_of(row.at("need_drain"), group));
}

void check_reason(const Json& row, RowCheck& expect) {
  const Json& expected = row.at("expect");
  const ca::GroupFloor group{row.at("min_size"), row.at("target_size"), row.value("deletions_in_progress", 0)};
  std::string got;
  if (flag_of(row,
              {"scale_down_disabled", "scale_down_disabled_annotation", "no_scale_down_annotation", "annotated", "annotation"}))
    got = "ScaleDownDisabledAnnotation";
  else
    got = ca::unremovable(span_of(row, "unneeded_for_s"), row.at("ready"),
                          {span_of(row, "unneeded_time_s"), span_of(row, "unready_time_s")}, group);
  expect.equal("reason", expected, got.empty() && expected.is_null() ? Json() : Json(got));
}

void check_cooldown(const Json& row, RowCheck& expect) {
  const ca::LastChanges last{instant_of(row, "last_scale_up_s"), instant_of(row, "last_delete_s"),
                             instant_of(row, "last_failure_s")};
  ca::ScaleDownDelays delays;
  if (row.contains("delay_after_add_s")) delays.after_add = span_of(row, "delay_after_add_s");
  if (row.contains("delay_after_delete_s")) delays.after_delete = span_of(row, "delay_after_delete_s");
  if (row.contains("delay_after_failure_s")) delays.after_failure = span_of(row, "delay_after_failure_s");
  expect.equal("in_cooldown", row.at("expect_in_cooldown"),
               ca::in_cooldown(last, delays, at_seconds(row.at("now_s").get<double>())));
}

void check_timing(const Json& table, TableCheck& check) {
  for (const Json& row : table.at("rows")) {
    check.row(row, [&](RowCheck& expect) {
      const std::string kind = row.at("kind");
      if (kind == "min_size") return check_min_size(row, expect);
      if (kind == "reason") return check_reason(row, expect);
      if (kind == "cooldown") return check_cooldown(row, expect);
      throw std::invalid_argument{"\"" + kind + "\" is no kind of row that is known here"};
    });
  }
}

// ---- how many ----------------------------------------------------------------------------------------------------------------

void check_budgets(const Json& table, TableCheck& check) {
  for (const Json& row : table.at("rows")) {
    check.row(row, [&](RowCheck& expect) {
      const ca::Removals got = ca::crop_to_budget({row.at("empty_candidates"), row.at("drain_candidates")},
                                                  {row.at("empty_in_progress"), row.at("drain_in_progress")},
                                                  {row.at("max_parallel"), row.at("max_drain_parallel")});
      expect.equal("empty", row.at("expect").at("empty"), got.empty);
      expect.equal("drain", row.at("expect").at("drain"), got.drained);
    });
  }
}

// Failures and questions in the order of time; a failure at the time of a question comes first.
void check_back_off(const Json& table, TableCheck& check) {
  for (const Json& row : table.at("rows")) {
    check.row(row, [&](RowCheck& expect) {
      ca::BackOff back_off{{span_of(row, "initial_s"), span_of(row, "max_s"), span_of(row, "reset_s")}};
      const Json& failures = row.at("failures_at_s");
      const Json removed = row.value("removed_at_s", Json());
      std::size_t next = 0;
      for (const Json& question : row.at("backed_off_at")) {
        const double at = question.at(0);
        for (; next < failures.size() && failures.at(next) <= at; ++next)
          back_off.fail(at_seconds(failures.at(next).get<double>()));
        if (removed.is_number() && removed <= at) back_off.succeed();
        expect.equal(fmt::format("backed off at {} s", at), question.at(1), back_off.rests(at_seconds(at)));
      }
    });
  }
}

const bool offered = offer_table("cluster-autoscaler", "utilization", check_utilization) &&
                     offer_table("cluster-autoscaler", "scale_down_eligibility", check_eligibility) &&
                     offer_table("cluster-autoscaler", "scale_down_timing", check_timing) &&
                     offer_table("cluster-autoscaler", "scale_down_budgets", check_budgets) &&
                     offer_table("cluster-autoscaler", "backoff", check_back_off);

}  // namespace
}  // namespace headroom::conformance
