// CostMeter: what is spent, by component: a price per time for each thing that is there (node, replica, shard, cache).
//
// Exact: the bill grows by price × time between changes. Components without a price have no series: no price is not a price of 0.
#pragma once

#include <string>
#include <vector>

#include "sim/cluster/blueprint.hpp"
#include "sim/cluster/node.hpp"
#include "sim/measure/bill.hpp"
#include "sim/measure/recorder.hpp"

namespace headroom {

class CostMeter {
 public:
  // Caches are there from the start to the end; node pools, replicas without nodes and nodes of databases come and go.
  CostMeter(const Blueprint& blueprint, Recorder& recorder);

  // Reserved nodes are on the bill from the start: their comings and goings change nothing.
  void add_node(Index pool, const Node& node, SimTime now, int change);
  void add_replica(Index service, SimTime now, int change) { change_count(replicas_[service], now, change); }
  void add_shard_nodes(Index database, SimTime now, int change) { change_count(databases_[database], now, change); }
  // Brings the counters up to now: before they are read.
  void accrue(SimTime now);
  // By how long how many were there.
  std::vector<Charge> charges(SimTime now) const;

 private:
  struct Account {
    BillPart part;
    Counter* spent = nullptr;
    double price = 0.0;  // US dollars per second for one
    double count = 0.0;
    SimTime since;
    Gauge level;  // the count once more, for the books
  };
  std::size_t open(Recorder& recorder, BillPart part, DollarsPerSecond price, double count);
  void open_pool(Recorder& recorder, const NodePoolBlueprint& pool);
  void change_count(std::size_t account, SimTime now, int change);

  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::vector<Account> accounts_;
  struct PoolAccounts {
    std::size_t on_demand, spot;
  };
  std::vector<std::vector<PoolAccounts>> nodes_;  // by pool, by type
  std::vector<std::size_t> replicas_;             // by service
  std::vector<std::size_t> databases_;
  // GPU-hours of the nodes of a pool that has any, whoever pays for them.
  struct GpuHours {
    Counter* hours = nullptr;
    Gauge gpus;
  };
  std::vector<GpuHours> gpu_hours_;            // by pool
  std::vector<std::vector<int>> gpus_;         // by pool, by type: of a node
};

}  // namespace headroom
