// Settings that the node autoscalers ship with and that have nothing to act on in a simulated pool; each says why. What acts is
// an option of its policy, or a member of the rules in cluster_autoscaler_removal.hpp.
//
// Source: kubernetes/autoscaler, cluster-autoscaler/config/{flags/flags,const}.go, release 1.37; kubernetes-sigs/karpenter,
//         pkg/controllers/disruption, pkg/controllers/nodeclaim/lifecycle/liveness.go.
#pragma once

#include "sim/core/time.hpp"

namespace headroom::cluster_autoscaler {

struct Unmodelled {
  // Each pool has its own autoscaler: local and global delays are one.
  bool delay_type_local = false;
  bool balance_similar_node_groups = false;
  // How many candidates are simulated a scan, to save the real one's time; here all are looked at.
  int non_empty_candidates = 30;
  double candidates_pool_ratio = 0.1;
  int candidates_pool_least = 50;
  Duration unremovable_node_recheck{std::chrono::minutes{5}};
  // Limits of its own computing time.
  Duration node_group_binpacking_limit{std::chrono::seconds{10}};
  Duration binpacking_limit{std::chrono::minutes{5}};
  // A node that is up is ready, and stays so until it is taken back.
  Duration node_startup_limit{std::chrono::minutes{15}};
  double total_unready_percentage = 45.0;
  int total_unready_always_fine = 3;
  // How pods end, and how long that takes, is told by the services.
  Duration graceful_termination_limit{std::chrono::minutes{10}};
  Duration pod_eviction_limit{std::chrono::minutes{2}};
  Duration node_delete_delay_after_taint{std::chrono::seconds{5}};
  // The pods that wait are shown without their age, and have no priority.
  Duration new_pod_scale_up_delay{};
  int expendable_pods_priority_cutoff = -10;
  // No pod is one of the system's or keeps data on its node.
  bool skip_nodes_with_system_pods = true;
  bool skip_nodes_with_local_storage = true;
  // Scans outside the period when pods wait: the period is the only rhythm here.
  bool frequent_loops = true;
};

}  // namespace headroom::cluster_autoscaler

namespace headroom::karpenter {

struct Unmodelled {
  // Limits of its own computing time.
  Duration multi_node_timeout{std::chrono::minutes{1}};
  Duration single_node_timeout{std::chrono::minutes{3}};
  // A pool has nodes of one type: nothing cheaper to replace several nodes, or one spot node, by.
  int multi_node_batch_max = 100;
  int spot_to_spot_min_types = 15;
  // Asking for a machine succeeds at once; what can take too long is its boot (registration_timeout).
  Duration launch_timeout{std::chrono::minutes{5}};
};

}  // namespace headroom::karpenter
