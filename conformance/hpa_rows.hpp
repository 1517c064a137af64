// How the rows of the tables of the folder hpa are read into what the Horizontal Pod Autoscaler's arithmetic takes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "conformance/table.hpp"
#include "policies/autoscaling/hpa_arithmetic.hpp"

namespace headroom::conformance {

// The present of every row; ages count back from it.
SimTime hpa_now();
SimTime hpa_ago(double seconds);

// Not there, or null.
bool is_absent(const Json& object, const char* field);

// Which pods and samples a pass sees, and what fails.
struct HpaScene {
  const Json& pods;
  const Json& orphans;  // samples of pods that are not there
  hpa::ReplicaNumbers replicas;
  hpa::Tolerance tolerance;
  hpa::ReadinessRules readiness;
  std::string fault{};
};

// One metric to its proposal. Throws what reading JSON throws.
hpa::MetricOutcome hpa_outcome(const Json& metric, const HpaScene& scene);

// How many pods are running and ready; none: there is no pod.
std::optional<int> hpa_ready_pods(const Json& pods);

// `rules_of` reads complete rules; what a behavior does not say takes its default.
hpa::ScalingRules hpa_rules_of(const Json& rules, hpa::ScalingRules defaults = {});
std::optional<hpa::Behavior> hpa_behavior_of(const Json& hpa);
std::vector<hpa::ScaleEvent> hpa_events_of(const Json& rows);
std::vector<hpa::Recommendation> hpa_log_of(const Json& rows);
hpa::ReadinessRules hpa_readiness_of(const Json& table);

// What of the API fails, by its name in the tables; throws std::invalid_argument for one that is not known.
hpa::Fault hpa_fault_of(const std::string& name);

// Whether the words of `expected` come in `got` in their order: the tables quote errors in part.
bool is_quoted_in(const std::string& got, const std::string& expected);

}  // namespace headroom::conformance
