// The table of what the Cluster Autoscaler ships with: read from the policy's options and from the rules in use.
#include <fmt/format.h>

#include "conformance/option_defaults.hpp"
#include "conformance/table.hpp"
#include "policies/autoscaling/cluster_autoscaler_expanders.hpp"
#include "policies/autoscaling/cluster_autoscaler_removal.hpp"
#include "policies/autoscaling/node_autoscaler_settings.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/node_autoscaler.hpp"

namespace headroom::conformance {
namespace {

namespace ca = cluster_autoscaler;

constexpr double gib = 1024.0 * 1024.0 * 1024.0;

Json of_options() {
  const PolicyChoice choice = RegistryOf<NodeAutoscaler>::instance().choose("cluster-autoscaler");
  const Json options = defaults_of(*choice.options);
  return {{"scan_interval_s", options.at("scan")},
          {"scale_down_delay_after_add_s", options.at("delay_after_add")},
          {"scale_down_delay_after_delete_s", options.at("delay_after_delete")},
          {"scale_down_unneeded_time_s", options.at("unneeded_time")},
          {"scale_down_utilization_threshold", options.at("utilization_threshold")},
          {"scale_down_gpu_utilization_threshold", options.at("gpu_utilization_threshold")},
          {"max_node_provision_time_s", options.at("max_node_provision_time")},
          {"max_empty_and_drain_parallelism", options.at("max_parallelism")},
          {"max_drain_parallelism", options.at("max_drain_parallelism")},
          {"max_nodes_per_scaleup", options.at("max_nodes_per_scale_up")},
          {"initial_node_group_backoff_s", options.at("initial_back_off")},
          {"max_node_group_backoff_s", options.at("max_back_off")},
          {"node_group_backoff_reset_s", options.at("back_off_reset")},
          {"cores_total_max", options.at("max_cores_total")},
          {"memory_total_gib_max", options.at("max_memory_total").get<double>() / gib},
          {"scale_up_from_zero", options.at("scale_up_from_zero")}};
}

Json of_rules() {
  return {{"expander", fmt::format("{} (releases up to 1.32: {})", ca::default_expander(33), ca::default_expander(32))},
          {"scale_down_delay_after_failure_s", to_seconds(ca::ScaleDownDelays{}.after_failure)},
          {"scale_down_unready_time_s", to_seconds(ca::Patience{}.unready)},
          {"ignore_daemonsets_utilization", ca::UtilizationRules{}.ignore_daemon_sets}};
}

Json of_unmodelled() {
  const ca::Unmodelled others;
  return {{"scale_down_delay_type_local", others.delay_type_local},
          {"scale_down_non_empty_candidates_count", others.non_empty_candidates},
          {"scale_down_candidates_pool_ratio", others.candidates_pool_ratio},
          {"scale_down_candidates_pool_min_count", others.candidates_pool_least},
          {"max_node_startup_time_s", to_seconds(others.node_startup_limit)},
          {"max_graceful_termination_s", to_seconds(others.graceful_termination_limit)},
          {"max_total_unready_percentage", others.total_unready_percentage},
          {"ok_total_unready_count", others.total_unready_always_fine},
          {"node_delete_delay_after_taint_s", to_seconds(others.node_delete_delay_after_taint)},
          {"unremovable_node_recheck_s", to_seconds(others.unremovable_node_recheck)},
          {"new_pod_scale_up_delay_s", to_seconds(others.new_pod_scale_up_delay)},
          {"balance_similar_node_groups", others.balance_similar_node_groups},
          {"max_nodegroup_binpacking_s", to_seconds(others.node_group_binpacking_limit)},
          {"max_binpacking_s", to_seconds(others.binpacking_limit)},
          {"skip_nodes_with_system_pods", others.skip_nodes_with_system_pods},
          {"skip_nodes_with_local_storage", others.skip_nodes_with_local_storage},
          {"expendable_pods_priority_cutoff", others.expendable_pods_priority_cutoff},
          {"max_pod_eviction_time_s", to_seconds(others.pod_eviction_limit)},
          {"frequent_loops_enabled", others.frequent_loops}};
}

// A value told in words may explain itself in brackets: "0 (no extra delay; …)".
Json without_remark(const Json& expected, const Json& got) {
  if (!expected.is_string() || !got.is_number()) return expected;
  const Json number = Json::parse(expected.get<std::string>().substr(0, expected.get<std::string>().find(" (")), nullptr, false);
  return number.is_number() ? number : expected;
}

void check_defaults(const Json& table, TableCheck& check) {
  Json shipped = of_options();
  shipped.update(of_rules());
  shipped.update(of_unmodelled());
  for (const auto& [name, value] : table.at("values").items())
    check.row(name, [&](RowCheck& expect) { expect.equal(name, without_remark(value, shipped.at(name)), shipped.at(name)); });
}

const bool offered = offer_table("cluster-autoscaler", "defaults", check_defaults);

}  // namespace
}  // namespace headroom::conformance
