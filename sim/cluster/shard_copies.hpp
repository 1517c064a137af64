// ShardCopies: the resharding of databases as it goes over the links of their nodes.
//
// At its time the new shards are there (and on the bill), and everything that moves from one shard to another is copied at once,
// each move as a stream of its own, in a hundred pieces; the streams share the links of their two nodes with the others. A move
// one of whose shards has no node to take writes stands still until there is one again. When the last piece is through the new
// shards have the keys, and nodes of shards that are no more are given back as soon as they are idle.
#pragma once

#include <memory>
#include <vector>

#include "sim/cluster/cost_meter.hpp"
#include "sim/cluster/network.hpp"
#include "sim/cluster/request_plane.hpp"
#include "sim/cluster/resharding.hpp"
#include "sim/cluster/simulation_engine.hpp"

namespace headroom {

class ShardCopies {
 public:
  ShardCopies(const Blueprint& blueprint, SimulationEngine& engine, const Network& network, RequestPlane& plane, CostMeter& cost);

  void start();

 private:
  struct Copies {
    ReshardingPlan plan;
    std::vector<simgrid::s4u::CommPtr> pieces;  // by move; none: between two pieces, or done
    std::size_t left = 0;                       // moves
  };

  void reshard(Index database, ActorClock& clock);
  void copy(Index database, Index move, ActorClock& clock);
  void send_piece(Index database, Index move, Bytes bytes, ActorClock& clock);
  void hold_back(Index database, Index move) const;
  void watch_failures(Index database);
  void finish(Index database, ActorClock& clock);
  TurnOrder order_of(Index database, std::size_t number) const;

  const Blueprint& blueprint_;
  SimulationEngine& engine_;
  const Network& network_;
  RequestPlane& plane_;
  CostMeter& cost_;
  std::vector<Copies> copies_;  // by database
};

}  // namespace headroom
