// The specs of autoscalers' manifests, each kind in a file of its own, and what they have in common.
#pragma once

#include <string>

#include "decisions/autoscaler_manifest.hpp"
#include "scenarios/places.hpp"

namespace headroom::decisions {

struct ReadSpec {
  Value options;                // of the policy, with the places of the manifest
  AutoscalerManifest manifest;  // without the choice and the name
};

ReadSpec read_hpa_spec(const Value& spec, Issues& issues);
ReadSpec read_keda_spec(const Value& spec, Issues& issues);

// `behavior` of autoscaling/v2 as the option of the same name.
Value read_behavior(const Value& behavior, Issues& issues);
// The option `replicas`.
void add_replicas(const Value& fewest, const Value& most, Value& options, AutoscalerManifest& manifest);
// As conditions name a metric: lower-case letters and underscores; any other name becomes a label.
std::string selector_of(const std::string& name);
// "15 s" of a number of seconds.
Value seconds_at(const Value& number);

}  // namespace headroom::decisions
