#include "sim/cluster/simulation.hpp"

#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "sim/cluster/control_loops.hpp"
#include "sim/cluster/infrastructure.hpp"
#include "sim/cluster/run_timeline.hpp"
#include "sim/cluster/simulation_engine.hpp"
#include "sim/cluster/warm_up.hpp"

namespace headroom {
namespace {

std::vector<double> in_seconds(const std::vector<SimTime>& instants) {
  std::vector<double> seconds;
  seconds.reserve(instants.size());
  for (const SimTime instant : instants) seconds.push_back(to_seconds(instant));
  return seconds;
}

// What conditions ask for, and what policies watch.
std::vector<double> percentiles_to_keep(const Blueprint& blueprint, const std::vector<std::unique_ptr<Autoscaler>>& autoscalers) {
  std::set<double> wanted{blueprint.percentiles.begin(), blueprint.percentiles.end()};
  for (const auto& policy : autoscalers) {
    if (!policy) continue;
    for (const MetricSelector& selector : policy->watched()) {
      if (selector.aggregation == Aggregation::percentile) wanted.insert(selector.percentile);
    }
  }
  for (const double always_kept : {50.0, 95.0, 99.0}) wanted.erase(always_kept);
  return {wanted.begin(), wanted.end()};
}

// Most memory that this process ever had resident; a forked one begins with what it shares with its parent.
std::uint64_t peak_memory_bytes() {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

// The parts of one run, in the order in which they depend on each other.
class Simulation {
 public:
  Simulation(const Blueprint& blueprint, const RunIdentity& identity, const RequestPlaneFactory& make_plane)
      : blueprint_{blueprint},
        identity_{identity},
        phases_{phases_of_workloads(blueprint, identity)},
        timeline_{make_timeline(blueprint, borders_of(phases_))},
        engine_{blueprint.network.model, SimTime{blueprint.duration}},
        streams_{identity.seed, identity.replication},
        autoscalers_{make_autoscalers(blueprint)},
        vertical_autoscalers_{make_vertical_autoscalers(blueprint)},
        node_autoscalers_{make_node_autoscalers(blueprint)},
        recorder_{in_seconds(timeline_.slice_ends), percentiles_to_keep(blueprint, autoscalers_)},
        plane_{make_plane(blueprint, streams_, recorder_)},
        infrastructure_{blueprint, engine_, *plane_, streams_, recorder_, notes_, load_rises(phases_)},
        metrics_{recorder_} {}

  RunResult run() {
    const auto begun = std::chrono::steady_clock::now();
    engine_.on_advance([this](SimTime now) { plane_->advance_to(now); });
    infrastructure_.start();
    start_loops();
    engine_.run();
    plane_->advance_to(engine_.end());
    RunResult result = collect();
    result.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    result.peak_memory_bytes = peak_memory_bytes() - inherited_memory_bytes_;
    return result;
  }

 private:
  void start_loops() {
    const ControlPlane control{blueprint_, engine_, infrastructure_, *plane_, recorder_, metrics_};
    start_recording(control, timeline_.window_ends);
    start_scraping(control);
    if (infrastructure_.watches_memory()) start_watching_memory(control);
    for (Index service = 0; service < autoscalers_.size(); ++service) {
      if (autoscalers_[service]) start_autoscaling(control, service, *autoscalers_[service]);
    }
    for (Index service = 0; service < vertical_autoscalers_.size(); ++service) {
      if (vertical_autoscalers_[service]) start_vertical_autoscaling(control, service, *vertical_autoscalers_[service]);
    }
    for (Index pool = 0; pool < node_autoscalers_.size(); ++pool) {
      if (node_autoscalers_[pool]) start_node_autoscaling(control, pool, *node_autoscalers_[pool]);
    }
  }

  RunResult collect() {
    RunResult result;
    result.variant = identity_.variant;
    result.seed = identity_.seed;
    result.replication = identity_.replication;
    result.duration_seconds = to_seconds(blueprint_.duration);
    result.phases = plane_->phases();
    result.users = plane_->users();
    result.notes = notes_.take(engine_.end());
    result.scale_outs = infrastructure_.scale_outs();
    // Some quantities stand in instruments, which end with the recording.
    std::vector<Charge> charges = infrastructure_.charges();
    for (Charge& charge : plane_->charges()) charges.push_back(std::move(charge));
    recorder_.finish(result);
    plane_->finish(result);
    std::ranges::stable_sort(result.notes, {}, &Note::at_seconds);
    for (LedgerEntry& entry : infrastructure_.ledger()) result.ledger.push_back(std::move(entry));
    if (!charges.empty()) result.ledger.push_back(money_ledger(charges, result.series));
    check_ledger(result);
    const WarmUp warm_up = find_warm_up(blueprint_, plane_->stationary(), result);
    result.warm_up_seconds = warm_up.seconds;
    result.warm_up_rule = warm_up.rule;
    result.critical_paths = plane_->critical_paths(at_seconds(warm_up.seconds));
    return result;
  }

  static void check_ledger(const RunResult& result) {
    std::string unbalanced;
    for (const LedgerEntry& entry : result.ledger) {
      if (entry.balanced()) continue;
      std::uint64_t failed = 0;
      for (const auto& [reason, count] : entry.failed) failed += count;
      unbalanced += fmt::format("{}{}: {} entered, {} completed, {} failed, {} in flight", unbalanced.empty() ? "" : "; ",
                                entry.name, entry.entered, entry.completed, failed, entry.in_flight);
    }
    if (!unbalanced.empty()) throw LedgerViolation{"the books do not balance: " + unbalanced};
  }

  const std::uint64_t inherited_memory_bytes_ = peak_memory_bytes();  // the first member: before anything is built
  const Blueprint& blueprint_;
  const RunIdentity& identity_;
  std::vector<Phase> phases_;
  RunTimeline timeline_;
  SimulationEngine engine_;  // outlives all that holds hosts and actors
  RandomStreams streams_;
  std::vector<std::unique_ptr<Autoscaler>> autoscalers_;
  std::vector<std::unique_ptr<VerticalAutoscaler>> vertical_autoscalers_;
  std::vector<std::unique_ptr<NodeAutoscaler>> node_autoscalers_;
  Recorder recorder_;
  std::unique_ptr<RequestPlane> plane_;
  RunNotes notes_;
  Infrastructure infrastructure_;
  ScrapedMetrics metrics_;
};

}  // namespace

RunResult simulate_with(const Blueprint& blueprint, const RunIdentity& identity, const RequestPlaneFactory& make_plane) {
  return Simulation{blueprint, identity, make_plane}.run();
}

}  // namespace headroom
