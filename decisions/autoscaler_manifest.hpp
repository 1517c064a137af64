// The manifest of an autoscaler as kubectl takes and prints it, as a policy with its options: HorizontalPodAutoscaler
// (autoscaling/v2) is hpa, KEDA's ScaledObject is keda.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/core/fields.hpp"

namespace headroom::decisions {

// A metric that the manifest names, and its target.
struct ManifestMetric {
  std::string name;      // as the manifest has it: "cpu", "requests_per_second"
  std::string selector;  // as the policy reads it; of a resource: its name
  bool is_resource = false;
  bool per_replica = false;     // each pod has a value of its own; else there is one of the whole
  bool is_utilization = false;  // the target is a share of what a pod requests
  bool is_value = false;        // the target is one of the whole; else a share of each replica
  double target = 0.0;
};

struct AutoscalerManifest {
  PolicyChoice choice;
  std::string name;     // of the object
  std::string service;  // that it scales; where a container is measured, that one
  IntegerRange replicas{1, 1};
  std::vector<ManifestMetric> metrics;
};

// What a cluster adds (status, metadata) is passed over. Throws ScenarioError with every issue.
AutoscalerManifest read_autoscaler_manifest(const std::string& path);

}  // namespace headroom::decisions
