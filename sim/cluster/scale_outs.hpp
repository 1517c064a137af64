// ScaleOuts: follows what autoscalers ask for from the change of load to the last replica's registration, part by part.
//
// When the load changed, a person would say, is not in the metrics. Here it is
//  - the begin of the latest phase that raises the load of a workload, for the first scale-outs after it: until the service is
//    scaled in, or has what it asked for;
//  - else the begin of the window of the scrape that crossed: the load of a diurnal day rises all the time.
// The scrape that crossed is the first after the last decision that asked for nothing; where that is none, the newest that the
// decision could see. A policy whose rules have to last says since when (ScalingDecision::since), and that is when it is looked
// for.
// Decisions go on with one chain, the same change of load and the same scrape, until one finds everything there that was asked for
// and asks for no more: what takes an autoscaler several steps counts as one wait.
#pragma once

#include <optional>
#include <vector>

#include "sim/cluster/pod.hpp"
#include "sim/measure/recorder.hpp"
#include "sim/measure/scale_out.hpp"

namespace headroom {

// How a policy came to a decision.
struct DecisionTiming {
  SimTime now;
  Duration period{};             // between its looks
  std::optional<SimTime> since;  // ScalingDecision::since
};

class ScaleOuts {
 public:
  // `rises`: instants at which a phase begins that raises the load; in any order.
  ScaleOuts(const Blueprint& blueprint, std::vector<SimTime> rises, Recorder& recorder);

  // Every decision, also for as many as before. Returns what to give to add(); no_index where no more are wanted.
  Index decided(Index service, int from, int to, const DecisionTiming& timing);
  // The pod was created for it. Every decided() is followed by its pods and then by all_added().
  void add(Index scale_out, Pod& pod);
  void all_added(Index scale_out);
  // The balancer sends requests to it. Of other pods it does nothing; nor does gone().
  void registered(Pod& pod, SimTime now);
  void gone(Pod& pod);

  // Those that were not given up, in order of decision.
  std::vector<ScaleOut> finish(SimTime end) const;

 private:
  using Seconds = std::array<double, scaling_parts.size()>;
  struct Chain {
    SimTime load_changed, crossed;
  };
  struct Tracked {
    Index service = no_index;
    int from = 0, to = 0;
    Chain chain;
    SimTime decided;
    std::vector<Pod*> waiting;    // for their registration
    std::optional<Seconds> last;  // of the replica registered last
    bool adding = true;
  };
  struct ServiceState {
    Chain chain;
    bool chain_goes_on = false;
    SimTime accounted;             // rises until then have had their scale-out
    int open = 0;
    DurationInstrument* time = nullptr;
    std::array<DurationInstrument*, scaling_parts.size()> delays{};
  };

  Chain chain_of(const ServiceState& state, const DecisionTiming& timing) const;
  std::optional<SimTime> rise_before(SimTime now, SimTime accounted) const;
  Seconds parts_of(const Tracked& tracked, const Pod& pod, SimTime registered) const;
  void leave(Pod& pod);
  void close(Tracked& tracked);

  const Blueprint& blueprint_;
  std::vector<SimTime> rises_;  // sorted
  std::vector<ServiceState> services_;
  std::vector<Tracked> all_;
};

}  // namespace headroom
