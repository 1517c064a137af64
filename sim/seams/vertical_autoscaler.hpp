// VerticalAutoscaler: how much each replica of a service requests. Called by the service's control loop every period().
//
// It sees the same pods as an Autoscaler: what they request and the newest scraped samples of what they use. It names the request
// that new pods get, and the pods that are to have it now: evicted and replaced, or resized where they are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/fields.hpp"
#include "sim/core/time.hpp"
#include "sim/core/units.hpp"
#include "sim/seams/autoscaler.hpp"

namespace headroom {

struct PodResources {
  double cpu = 0.0;  // cores
  Bytes memory;      // 0: not modelled
  friend bool operator==(const PodResources& a, const PodResources& b) {
    return a.cpu == b.cpu && a.memory.count == b.memory.count;
  }
};

struct ResizeDecision {
  std::optional<PodResources> request;  // of pods created from now on; none: as it is
  std::vector<std::uint64_t> evict;     // pods by number: deleted, and replaced by their service
  std::vector<std::uint64_t> resize;    // pods by number: they request it at once
  std::string reason;                   // for people
};

class VerticalAutoscaler {
 public:
  static constexpr std::string_view seam = "vertical-autoscaling";
  static constexpr std::string_view discriminator = "policy";
  struct Context {
    std::string service;
    PodResources request;  // of a replica at the start; memory 0: not modelled
  };

  virtual ~VerticalAutoscaler() = default;
  virtual Duration period() const = 0;  // > 0
  virtual ResizeDecision decide(const ServiceView& service) = 0;
  // What the options ask for and this service cannot give, by field of the options; asked before a run.
  virtual FieldProblems problems() const { return {}; }
};

}  // namespace headroom
