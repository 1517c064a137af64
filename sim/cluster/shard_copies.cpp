#include "sim/cluster/shard_copies.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <variant>

namespace headroom {
namespace {

constexpr int pieces_per_move = 100;
constexpr Duration polling_period{std::chrono::seconds{1}};

// When a shard of the database may lose its primary or have one again.
std::set<SimTime> failures_and_recoveries(const Blueprint& blueprint, Index database) {
  const DatabaseBlueprint& what = blueprint.databases[database];
  std::set<SimTime> instants;
  for (const FaultBlueprint& fault : blueprint.faults) {
    const auto* failure = std::get_if<FailPrimary>(&fault.what);
    if (failure == nullptr || failure->database != database) continue;
    const SimTime at{fault.at};
    instants.insert(at);
    if (what.failover) {
      const SimTime promoted = at + what.failover->detection + what.failover->promotion;
      instants.insert(promoted);
      if (what.failover->recovery) instants.insert(promoted + *what.failover->recovery);
    } else if (what.repair) {
      instants.insert(at + *what.repair);
    }
  }
  return instants;
}

}  // namespace

ShardCopies::ShardCopies(const Blueprint& blueprint, SimulationEngine& engine, const Network& network, RequestPlane& plane,
                         CostMeter& cost)
    : blueprint_{blueprint},
      engine_{engine},
      network_{network},
      plane_{plane},
      cost_{cost},
      copies_(blueprint.databases.size()) {}

void ShardCopies::start() {
  for (Index database = 0; database < copies_.size(); ++database) {
    if (!blueprint_.databases[database].resharding) continue;
    engine_.start_actor("resharding of " + blueprint_.databases[database].name, network_.control(), order_of(database, 0),
                        [this, database](ActorClock& clock) { reshard(database, clock); });
  }
}

// Before what else happens to pods, and behind the nodes of pools.
TurnOrder ShardCopies::order_of(Index database, std::size_t number) const {
  return {Turn::nodes, (std::uint64_t{1} << 63U) + (static_cast<std::uint64_t>(database) << 40U) + number};
}

void ShardCopies::reshard(Index database, ActorClock& clock) {
  const DatabaseBlueprint& what = blueprint_.databases[database];
  clock.sleep_until(SimTime{what.resharding->at});
  Copies& copies = copies_[database];
  copies.plan = plan_resharding(what);
  copies.left = copies.plan.moves.size();
  copies.pieces.resize(copies.left);
  plane_.begin_resharding(database);
  cost_.add_shard_nodes(database, clock.now(), (what.most_shards() - what.shards) * what.replicas);
  for (Index move = 0; move < copies.left; ++move) {
    engine_.start_actor("copy of " + what.name, network_.control(), order_of(database, 2 + move),
                        [this, database, move](ActorClock& own) { copy(database, move, own); });
  }
  watch_failures(database);
  if (copies.left == 0) finish(database, clock);
}

void ShardCopies::copy(Index database, Index move, ActorClock& clock) {
  const std::int64_t bytes = copies_[database].plan.moves[move].bytes.count;
  for (std::int64_t piece = 1; piece <= pieces_per_move; ++piece) {
    const std::int64_t end = bytes / pieces_per_move * piece + bytes % pieces_per_move * piece / pieces_per_move;
    const std::int64_t begin = bytes / pieces_per_move * (piece - 1) + bytes % pieces_per_move * (piece - 1) / pieces_per_move;
    send_piece(database, move, Bytes{end - begin}, clock);
    plane_.copied(database, move, static_cast<double>(piece) / pieces_per_move);
  }
  if (--copies_[database].left == 0) finish(database, clock);
}

void ShardCopies::send_piece(Index database, Index move, Bytes bytes, ActorClock& clock) {
  const ShardMove& what = copies_[database].plan.moves[move];
  const std::vector<simgrid::s4u::Host*>& nodes = network_.shard_hosts(database);
  simgrid::s4u::CommPtr& piece = copies_[database].pieces[move];
  piece = simgrid::s4u::Comm::sendto_async(nodes[what.from], nodes[what.to], static_cast<std::uint64_t>(bytes.count));
  hold_back(database, move);
  clock.finish_turn();
  piece->wait();
  piece = nullptr;
  clock.sleep_until(clock.now());  // its turn again
}

// Or lets go on.
void ShardCopies::hold_back(Index database, Index move) const {
  const simgrid::s4u::CommPtr& piece = copies_[database].pieces[move];
  if (!piece) return;
  const ShardMove& what = copies_[database].plan.moves[move];
  const bool stands = !plane_.takes_writes(database, what.from) || !plane_.takes_writes(database, what.to);
  if (stands && !piece->is_suspended()) piece->suspend();
  if (!stands && piece->is_suspended()) piece->resume();
}

void ShardCopies::watch_failures(Index database) {
  engine_.start_actor("failures of " + blueprint_.databases[database].name, network_.control(), order_of(database, 1),
                      [this, database](ActorClock& clock) {
                        const SimTime begun = clock.now();
                        for (const SimTime instant : failures_and_recoveries(blueprint_, database)) {
                          if (instant < begun || instant >= engine_.end()) continue;
                          clock.sleep_until(instant);
                          for (Index move = 0; move < copies_[database].pieces.size(); ++move) hold_back(database, move);
                        }
                      });
}

void ShardCopies::finish(Index database, ActorClock& clock) {
  const DatabaseBlueprint& what = blueprint_.databases[database];
  plane_.end_resharding(database);
  int there = (what.most_shards() - what.resharding->shards) * what.replicas;
  while (there > 0) {
    const int left = plane_.draining_nodes(database);
    cost_.add_shard_nodes(database, clock.now(), left - there);
    there = left;
    if (there > 0) clock.sleep_for(polling_period);
  }
}

}  // namespace headroom
