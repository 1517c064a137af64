// What a database keeps beside being a Server: of each shard, which copy takes its writes and which writes the others have.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/cluster/client_pools.hpp"
#include "sim/cluster/program.hpp"
#include "sim/cluster/replication_log.hpp"
#include "sim/cluster/resharding.hpp"
#include "sim/cluster/station_blueprint.hpp"
#include "sim/measure/instruments.hpp"
#include "sim/seams/shard_policy.hpp"

namespace headroom {

struct Shard {
  Index primary = 0;  // copy that takes the writes; none: for the time being nobody
  Index failures = 0;  // of its primaries, so far
  ReplicationLog log;
};

// How writes get to the replicas, and what comes of it.
struct Replication {
  Demand lag;
  Acknowledged acknowledged = Acknowledged::at_once;
  DurationInstrument* delay = nullptr;
  Share* stale_reads = nullptr;
  Counter* lost_writes = nullptr;
};

enum class ShardingPhase : std::uint8_t { steady, copying, resharded };

// A change of the number of shards, while it is ahead and under way.
struct Resharding {
  std::unique_ptr<ShardMap> map;  // of the new number; the server's in the end
  Index shards = 1;               // new number
  ReshardingPlan plan;
  std::vector<double> copied;     // [from × shards + to]: of what moves between these
  double done = 0.0;              // of all keys
  SimTime begun{};
  std::vector<Index> draining;    // replicas of shards that are no more
  LevelShare* progress = nullptr;
  DurationInstrument* time = nullptr;
  Counter* dual_reads = nullptr;
  Counter* dual_writes = nullptr;
};

// Where a query went, of a database that replicates, reshards or whose connections are counted. Those without a key are taken
// for queries of one and the same.
struct QueryRoute {
  std::uint64_t key = 0;
  Index shard = 0, copy = 0;
  Index other = no_index;  // while keys move: the shard that the key moves from; none: it stays
  ShardingPhase phase = ShardingPhase::steady;  // when this was decided
};

struct Database {
  std::string name;
  std::vector<Shard> shards;
  std::optional<FailoverBlueprint> failover;
  std::optional<Duration> repair;
  std::optional<Replication> replication;
  Gauge* shards_down = nullptr;
  std::optional<ClientPools> clients;  // where connections are counted
  LevelShare* connections = nullptr;
  DurationInstrument* connection_wait = nullptr;
  std::optional<Demand> connection_wait_limit;
  std::optional<Duration> partition_period;
  ShardingPhase phase = ShardingPhase::steady;
  Index shards_there = 1;  // of `shards`; the others are to come, or gone
  std::optional<Resharding> resharding;
  // Queries that a node has taken, where one has a price.
  struct PaidQueries {
    double read_price = 0.0, write_price = 0.0;
    std::uint64_t reads = 0, writes = 0;
    Counter* cost = nullptr;

    void take(bool write) {
      ++(write ? writes : reads);
      cost->add(write ? write_price : read_price);
    }
    double dollars() const { return static_cast<double>(reads) * read_price + static_cast<double>(writes) * write_price; }
  };
  std::optional<PaidQueries> paid_queries;
  BillPart queries_part() const { return {name, CostKind::database_requests, {"database", name}}; }
};

}  // namespace headroom
