#include "scenarios/demand.hpp"

#include <algorithm>

#include "scenarios/scenario_error.hpp"
#include "sim/cluster/make_workload.hpp"

namespace headroom {

SystemDemand::SystemDemand(const Blueprint& blueprint) : blueprint_{blueprint}, hit_ratios_{blueprint} {
  for (const WorkloadBlueprint& workload : blueprint.workloads) sources_.push_back(make_source(workload));
  settle();
}

Source SystemDemand::make_source(const WorkloadBlueprint& workload) const {
  RandomStreams streams{1, 0};  // rates do not depend on them
  const auto model = make_workload(workload, surroundings_of(blueprint_), streams);
  Source source;
  source.mean_rate = model->mean_rate();
  source.peak_rate = model->peak_rate();
  source.population = model->population();
  source.rhythms = model->rhythms();
  double total = 0.0;
  for (const JourneyBlueprint& journey : workload.journeys) total += journey.weight;
  for (const JourneyBlueprint& journey : workload.journeys) source.shares.push_back(journey.weight / total);
  return source;
}

// Caches: what is looked up depends on what missed, and the other way round.
void SystemDemand::settle() {
  constexpr int rounds = 50;
  double change = 1.0;
  for (int round = 0; round < rounds && change > 1e-12; ++round) {
    walk();
    const Rates open_rates = endpoint_rates(open(&Source::mean_rate)), closed_rates = endpoint_rates(closed());
    resources_ = resources_of(blueprint_, *visits_, plus(open_rates, closed_rates, closed_share_));
    closed_share_ = share_left(open_rates, closed_rates);
    mean_ = plus(open_rates, closed_rates, closed_share_);
    change = hit_ratios_.estimate(*visits_, mean_);
  }
  resources_ = resources_of(blueprint_, *visits_, mean_);
  peak_ = plus(endpoint_rates(open(&Source::peak_rate)), endpoint_rates(closed()), closed_share_);
}

// Before the first estimate every look-up misses. Where messages would then multiply without end, every look-up hits instead: the
// estimate begins from the other side.
void SystemDemand::walk() {
  visits_.emplace(blueprint_, [this](const MeanLookups& lookups) { return hit_ratios_.miss_ratio(lookups); }, rhythms());
  routing_ = routing_of(blueprint_, *visits_);
  if (self_feeding_circles(routing_).empty()) return;
  if (hit_ratios_.all().empty()) {
    visits_.emplace(blueprint_, [](const MeanLookups&) { return 0.0; }, rhythms());
    routing_ = routing_of(blueprint_, *visits_);
  }
  if (const auto circles = self_feeding_circles(routing_); !circles.empty()) refuse(circles.front());
}

// The checks find what does not hang on misses; this is for the rest, and for blueprints made by hand.
void SystemDemand::refuse(const SelfFeedingCircle& circle) const {
  std::string way;
  for (const std::size_t endpoint : circle.stations) way += blueprint_.endpoints[endpoint].name + " -> ";
  way += blueprint_.endpoints[circle.stations.front()].name;
  throw ScenarioError{{Issue{blueprint_.name,
                             0,
                             0,
                             {},
                             "messages multiply without end at the hit ratios expected of the caches: " + way,
                             "publish in fewer cases, so that fewer messages come back than set out"}}};
}

// Of open workloads: only they have any.
std::vector<Rhythm> SystemDemand::rhythms() const {
  double total = 0.0;
  for (const Source& source : sources_) total += source.mean_rate;
  std::vector<Rhythm> all;
  for (const Source& source : sources_) {
    for (const Rhythm& rhythm : source.rhythms) all.push_back({rhythm.share * source.mean_rate / total, rhythm.period});
  }
  return all;
}

Rates SystemDemand::open(double Source::*rate) const {
  Rates journeys;
  for (const Source& source : sources_) journeys.push_back(source.*rate);
  return journeys;
}

// As if nobody ever queued: N / (Z + R).
Rates SystemDemand::closed() const {
  Rates journeys;
  for (Index w = 0; w < sources_.size(); ++w) {
    journeys.push_back(sources_[w].population > 0.0 ? sources_[w].population / std::max(1e-9, cycle_seconds(w)) : 0.0);
  }
  return journeys;
}

double SystemDemand::cycle_seconds(Index workload) const {
  double seconds = 0.0;
  for (std::size_t j = 0; j < sources_[workload].shares.size(); ++j) {
    seconds += sources_[workload].shares[j] * visits_->journey(workload, blueprint_.workloads[workload].journeys[j]).seconds;
  }
  return seconds;
}

Rates SystemDemand::endpoint_rates(const Rates& journeys) const {
  Rates external(blueprint_.endpoints.size(), 0.0);
  for (Index w = 0; w < journeys.size(); ++w) {
    for (std::size_t j = 0; j < sources_[w].shares.size(); ++j) {
      const MeanVisit visit = visits_->journey(w, blueprint_.workloads[w].journeys[j]);
      external = plus(std::move(external), visit.calls, journeys[w] * sources_[w].shares[j]);
      add_messages(blueprint_, visit.publishes, journeys[w] * sources_[w].shares[j], external);
    }
  }
  return solve_traffic(external, routing_);
}

// As endpoint_rates, of calls alone: what somebody waits for.
Rates SystemDemand::awaited_rates(const Rates& journeys) const {
  Rates external(blueprint_.endpoints.size(), 0.0);
  for (Index w = 0; w < journeys.size(); ++w) {
    for (std::size_t j = 0; j < sources_[w].shares.size(); ++j) {
      const MeanVisit visit = visits_->journey(w, blueprint_.workloads[w].journeys[j]);
      external = plus(std::move(external), visit.calls, journeys[w] * sources_[w].shares[j]);
    }
  }
  Routing calls;
  for (Index endpoint = 0; endpoint < blueprint_.endpoints.size(); ++endpoint) calls.push_back(visits_->endpoint(endpoint).calls);
  return solve_traffic(external, calls);
}

// A population is slowed by what it waits for. Workers that fall behind it do not slow it: their queue grows.
double SystemDemand::share_left(const Rates& open_rates, const Rates& closed_rates) const {
  const Rates awaited = awaited_rates(closed());
  double share = 1.0;
  for (const Resource& resource : resources_) {
    if (dot(awaited, resource.busy) <= 0.0) continue;
    const double by_open = dot(open_rates, resource.busy) / resource.servers;
    const double by_closed = dot(closed_rates, resource.busy) / resource.servers;
    if (by_closed > 0.0) share = std::min(share, std::max(0.0, 1.0 - by_open) / by_closed);
  }
  return share;
}

}  // namespace headroom
