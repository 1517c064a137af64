// A request plane that serves nothing and remembers what it was told, and policies that follow a script: for tests of the
// infrastructure and of the control loops alone.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/cluster/replica_disk.hpp"
#include "sim/cluster/simulation.hpp"
#include "sim/core/registry.hpp"
#include "sim/measure/recorder.hpp"
#include "sim/seams/autoscaler.hpp"
#include "sim/seams/node_autoscaler.hpp"
#include "sim/seams/placement_policy.hpp"

namespace headroom::testing {

using namespace std::chrono_literals;

inline SimTime at(Duration since_start) { return SimTime{since_start}; }

// What a FakePlane does and what it saw; outlives the run.
struct PlaneHistory {
  struct Change {
    SimTime at;
    std::string what;  // "add", "drain", "restore", "remove", "resize"
    Index service;
    Index replica;
    bool operator==(const Change&) const = default;
  };
  std::vector<Change> changes;
  std::vector<SimTime> advances;
  std::vector<Index> zones;  // of the replicas added
  std::vector<bool> disks;   // whether they found one
  std::vector<ReplicaSize> sizes;  // that replicas were given

  double cores_in_use = 0.0;                                          // of every replica, all the time
  Bytes memory_in_use;
  std::function<bool(SimTime drained, SimTime now)> idle = [](SimTime, SimTime) { return true; };
  std::function<ProbeAnswer(Index replica, SimTime sent, SimTime now)> answers = [](Index, SimTime, SimTime) { return ProbeAnswer::answered; };
  std::function<bool(Index replica, SimTime now)> sends_to = [](Index, SimTime) { return true; };  // the balancer
  std::multimap<SimTime, ReplicaRef> kills;                           // to be killed then
  std::function<void(SimTime)> on_advance = [](SimTime) {};
  bool stationary = false;
  bool balanced = true;

  std::vector<SimTime> times(const std::string& what, Index service = 0) const {
    std::vector<SimTime> found;
    for (const Change& change : changes) {
      if (change.what == what && change.service == service) found.push_back(change.at);
    }
    return found;
  }
};

class FakePlane final : public RequestPlane {
 public:
  explicit FakePlane(PlaneHistory& history) : history_{history} {}

  void advance_to(SimTime until) override {
    now_ = until;
    history_.advances.push_back(until);
    history_.on_advance(until);
  }
  SimTime now() const override { return now_; }
  using RequestPlane::add_replica;
  Index add_replica(Index service, Index zone, std::shared_ptr<ReplicaDisk> disk) override {
    history_.zones.push_back(zone);
    history_.disks.push_back(disk != nullptr);
    const Index replica = next_++;
    added_[replica] = now_;
    history_.changes.push_back({now_, "add", service, replica});
    return replica;
  }
  void drain_replica(ReplicaRef replica) override {
    drained_[replica.replica] = now_;
    history_.changes.push_back({now_, "drain", replica.service, replica.replica});
  }
  void resize(ReplicaRef replica, const ReplicaSize& size) override {
    history_.changes.push_back({now_, "resize", replica.service, replica.replica});
    history_.sizes.push_back(size);
  }
  void run_on(ReplicaRef, NodeRef) override {}  // every replica uses as much as it is told to
  void restore_replica(ReplicaRef replica) override { history_.changes.push_back({now_, "restore", replica.service, replica.replica}); }
  ProbeAnswer answer_to_probe(ReplicaRef replica, SimTime sent) const override { return history_.answers(replica.replica, sent, now_); }
  void remove_replica(ReplicaRef replica) override { history_.changes.push_back({now_, "remove", replica.service, replica.replica}); }
  // It has no databases.
  void begin_resharding(Index) override {}
  void copied(Index, Index, double) override {}
  void end_resharding(Index) override {}
  int draining_nodes(Index) override { return 0; }
  bool takes_writes(Index, Index) const override { return true; }
  std::shared_ptr<ReplicaDisk> take_disk(ReplicaRef) override { return std::make_shared<ReplicaDisk>(); }
  bool gets_requests(ReplicaRef replica) const override { return history_.sends_to(replica.replica, now_); }
  bool is_idle(ReplicaRef replica) const override { return history_.idle(drained_.at(replica.replica), now_); }
  ReplicaSample sample(ReplicaRef replica) const override {
    return {history_.cores_in_use * to_seconds(now_ - added_.at(replica.replica)), history_.memory_in_use, 1};
  }
  std::vector<ReplicaRef> take_killed() override {
    std::vector<ReplicaRef> killed;
    const auto due = history_.kills.upper_bound(now_);
    for (auto kill = history_.kills.begin(); kill != due; ++kill) killed.push_back(kill->second);
    history_.kills.erase(history_.kills.begin(), due);
    return killed;
  }
  void refresh_instruments() override {}
  std::vector<PhaseResult> phases() const override { return {}; }
  double users() const override { return 7.0; }
  bool stationary() const override { return history_.stationary; }
  void finish(RunResult& result) override {
    LedgerEntry requests;
    requests.name = "requests";
    requests.entered = history_.balanced ? 0 : 1;
    result.ledger.push_back(requests);
  }

 private:
  PlaneHistory& history_;
  SimTime now_{};
  Index next_ = 0;
  std::map<Index, SimTime> added_;
  std::map<Index, SimTime> drained_;
};

inline RunResult run(const Blueprint& blueprint, PlaneHistory& history) {
  return simulate_with(blueprint, RunIdentity{.variant = "", .seed = 1, .replication = 0},
                       [&](const Blueprint&, RandomStreams&, Recorder&) { return std::make_unique<FakePlane>(history); });
}

// ---- policies that follow a script -----------------------------------------------------------------------------------------

// Asked every 10 s.
inline std::function<int(const ServiceView&)> autoscaler_script;

class ScriptedAutoscaler final : public Autoscaler {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  ScriptedAutoscaler(const Options&, const Context&) {}
  Duration period() const override { return 10s; }
  ScalingDecision decide(const ServiceView& service) override { return {autoscaler_script(service), "the script says so"}; }
  std::vector<MetricSelector> watched() const override {
    MetricSelector selector;
    selector.aggregation = Aggregation::percentile;
    selector.percentile = 90.0;
    selector.metric = "latency";
    return {selector};
  }
};
inline const bool autoscaler_offered = offer<Autoscaler, ScriptedAutoscaler>("scripted", "follows the script of a test");

// Asked every 10 s.
inline std::function<NodeDecision(const NodePoolView&)> node_script;

class ScriptedNodeAutoscaler final : public NodeAutoscaler {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  ScriptedNodeAutoscaler(const Options&, const Context&) {}
  Duration period() const override { return 10s; }
  NodeDecision decide(const NodePoolView& pool) override { return node_script(pool); }
};
inline const bool node_autoscaler_offered = offer<NodeAutoscaler, ScriptedNodeAutoscaler>("scripted", "follows the script of a test");

// The last node that fits.
class LastFit final : public PlacementPolicy {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  LastFit(const Options&, const Context&) {}
  std::size_t place(const PodRequest&, std::span<const PlacementView> fitting) override { return fitting.size() - 1; }
};
inline const bool last_fit_offered = offer<PlacementPolicy, LastFit>("last-fit", "the last node that fits");

template <class Seam>
PolicyChoice choose(const char* name) {
  return RegistryOf<Seam>::instance().choose(name);
}

// ---- blueprints with named defaults ------------------------------------------------------------------------------------------

// One service "api" of one core without nodes, started in 3 s, for ten minutes.
inline Blueprint one_service(int replicas = 1) {
  Blueprint blueprint;
  blueprint.name = "test";
  blueprint.duration = 10min;
  blueprint.windows = 60;
  ServiceBlueprint& api = blueprint.services.emplace_back();
  api.name = "api";
  api.replicas = replicas;
  api.start_up = Distribution::constant(3.0);
  return blueprint;
}

// The same on a pool "general" of four-core nodes with 1 GB/s links that boot in 40 s; the last node that fits is taken.
inline Blueprint on_nodes(int replicas, int nodes, int maximum) {
  Blueprint blueprint = one_service(replicas);
  blueprint.services.front().node_pool = 0;
  NodePoolBlueprint& pool = blueprint.node_pools.emplace_back();
  pool.name = "general";
  pool.nodes = nodes;
  pool.minimum = 0;
  pool.maximum = maximum;
  pool.boot = Distribution::constant(40.0);
  pool.bandwidth = BytesPerSecond{1e9};
  pool.placement = choose<PlacementPolicy>("last-fit");
  blueprint.network.registry_bandwidth = BytesPerSecond{1e9};
  blueprint.network.registry_latency = 0s;
  return blueprint;
}

inline void scale_by(Blueprint& blueprint, std::function<int(const ServiceView&)> script) {
  blueprint.services.front().autoscaler = choose<Autoscaler>("scripted");
  autoscaler_script = std::move(script);
}
inline void size_pool_by(Blueprint& blueprint, std::function<NodeDecision(const NodePoolView&)> script) {
  blueprint.node_pools.front().autoscaler = choose<NodeAutoscaler>("scripted");
  node_script = std::move(script);
}

inline const Series& series_of(const RunResult& result, const std::string& metric, const std::string& label = {}) {
  for (const Series& series : result.series) {
    if (series.metric == metric && (label.empty() || series.labels.front().value == label)) return series;
  }
  throw std::runtime_error{"no series " + metric};
}

}  // namespace headroom::testing
