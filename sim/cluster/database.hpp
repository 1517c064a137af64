// What a database keeps beside being a Server: of each shard, which copy takes its writes and which writes the others have.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/cluster/client_pools.hpp"
#include "sim/cluster/program.hpp"
#include "sim/cluster/replication_log.hpp"
#include "sim/cluster/station_blueprint.hpp"
#include "sim/measure/instruments.hpp"

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

// Where a query went, of a database that replicates or whose connections are counted. Those without a key are taken for queries
// of one and the same.
struct QueryRoute {
  std::uint64_t key = 0;
  Index shard = 0, copy = 0;
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
};

}  // namespace headroom
