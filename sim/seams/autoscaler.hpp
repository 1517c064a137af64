// Autoscaler: how many replicas a service should have. Called by the service's control loop every period().
//
// It sees what the real controller could see: pods with their phases and the newest scraped samples, the service's own
// metrics, and the number asked for so far. It returns a number; limits of the service (replicas [low, high]) are its own duty.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/fields.hpp"
#include "sim/core/time.hpp"
#include "sim/core/units.hpp"
#include "sim/seams/metrics_view.hpp"

namespace headroom {

enum class PodPhase { pending, running, failed };

struct PodSample {
  double value = 0.0;   // cores in use (mean over the window), or bytes
  SimTime at;           // end of the window
  Duration window{};
};

// A container that was killed because it ran out of memory.
struct OutOfMemoryKill {
  SimTime at;
  Duration lived{};  // since its start
};

struct PodView {
  PodPhase phase = PodPhase::running;
  bool deleting = false;
  bool ready = true;
  std::optional<SimTime> started;        // when the container started (start-up begins)
  std::optional<SimTime> ready_changed;  // last change of the readiness condition
  double cpu_request = 0.0;              // cores
  Bytes memory_request;
  std::optional<PodSample> cpu;          // newest scraped sample, missing until the first scrape after start
  std::optional<PodSample> memory;
  std::uint64_t number = 0;                // within its service, in order of creation
  std::optional<OutOfMemoryKill> killed;   // the last one
};

struct ServiceView {
  SimTime now;
  int current_replicas = 0;        // asked for at present (spec.replicas)
  int status_replicas = 0;         // pods that exist (pending and running, not deleting)
  int ready_replicas = 0;
  std::span<const PodView> pods;   // in order of creation
  const MetricsView* metrics = nullptr;
};

struct ScalingDecision {
  int replicas = 0;
  std::string reason;  // "cpu 93 % of 70 %: 4 wanted, 3 now"; for people
  // When what it rests on was seen first, where that has to last before the policy acts; none: now.
  std::optional<SimTime> since{};
  // For a service with several policies, of which the one that wants the most replicas counts:
  bool abstains = false;               // it has nothing to ask for: `replicas` is what there is, and others may go below
  std::optional<IntegerRange> bounds{};  // within which those of all the others are held, until it decides again
};

class Autoscaler {
 public:
  static constexpr std::string_view seam = "autoscaling";
  static constexpr std::string_view discriminator = "policy";
  static constexpr std::string_view of_several = "combined";
  struct Context {
    std::string service;
    int initial_replicas = 1;
    IntegerRange replicas{1, 1};  // what the scenario allows for the service
    Bytes memory{};               // request and limit of a replica; 0: not modelled
    std::string queue{};          // that the service takes messages from; empty: a balancer sends it requests
  };

  virtual ~Autoscaler() = default;
  virtual Duration period() const = 0;  // > 0
  virtual ScalingDecision decide(const ServiceView& service) = 0;
  // What the options ask for and this service cannot give, by field of the options; asked before a run.
  virtual FieldProblems problems() const { return {}; }
  // What decide() will read from the metrics, so that the scenario reader can check names and the scraper can keep them.
  virtual std::vector<MetricSelector> watched() const { return {}; }
};

}  // namespace headroom
