// SystemDemand: how often each endpoint is visited, from the workloads' rates and the traffic equations. No queueing: closed
// populations run at the speed that the bottleneck allows.
#pragma once

#include <optional>
#include <vector>

#include "scenarios/hit_ratios.hpp"
#include "scenarios/mean_visits.hpp"
#include "scenarios/resources.hpp"
#include "scenarios/traffic.hpp"
#include "sim/cluster/blueprint.hpp"

namespace headroom {

// A workload's journeys: how many begin, and what one of them, drawn by weight, asks for.
struct Source {
  double mean_rate = 0.0, peak_rate = 0.0;  // open
  double population = 0.0;                  // closed
  std::vector<double> shares;               // by journey
  std::vector<Rhythm> rhythms;
};

class SystemDemand {
 public:
  // check_blueprint() accepts the blueprint, which outlives this. ScenarioError where messages multiply without end (a scenario
  // that was read has no such circle, unless only misses of caches keep it up).
  explicit SystemDemand(const Blueprint& blueprint);

  const std::vector<Source>& sources() const { return sources_; }
  const MeanVisits& visits() const { return *visits_; }
  const HitRatios& hit_ratios() const { return hit_ratios_; }
  const std::vector<Resource>& resources() const { return resources_; }

  // Visits per second, by endpoint, of open and closed workloads together.
  const Rates& mean() const { return mean_; }
  const Rates& peak() const { return peak_; }
  // Journeys per second, by workload, of the closed populations as if nobody ever queued, N / (Z + R); and the share of that
  // speed which the open load leaves of every resource.
  Rates closed() const;
  double closed_share() const { return closed_share_; }
  double cycle_seconds(Index workload) const;

 private:
  Source make_source(const WorkloadBlueprint& workload) const;
  void settle();
  void walk();
  [[noreturn]] void refuse(const SelfFeedingCircle& circle) const;
  std::vector<Rhythm> rhythms() const;
  Rates open(double Source::*rate) const;
  Rates endpoint_rates(const Rates& journeys) const;
  Rates awaited_rates(const Rates& journeys) const;
  double share_left(const Rates& open_rates, const Rates& closed_rates) const;

  const Blueprint& blueprint_;
  std::vector<Source> sources_;
  HitRatios hit_ratios_;
  std::optional<MeanVisits> visits_;
  Routing routing_;
  std::vector<Resource> resources_;
  Rates mean_, peak_;
  double closed_share_ = 1.0;
};

}  // namespace headroom
