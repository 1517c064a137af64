// Databases as a file spells them: part of a Scenario.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/step_spec.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/shard_policy.hpp"

namespace headroom {

struct ShardsSpec {
  static constexpr std::string_view type_name = "shards";
  int count = 1;
  PolicyChoice policy = choice_of<ShardPolicy>();  // written flat: {"policy": "consistent-hash", "count": 8}
  void describe(Fields& field);
};

struct OperationSpec {
  static constexpr std::string_view type_name = "operation";
  DistributionField cpu, wait;
  void describe(Fields& field);
};

// A kind of query with times of its own; a query step names it.
struct NamedOperationSpec {
  static constexpr std::string_view type_name = "named_operation";
  std::string name;
  std::string kind = "read";  // "read", "write"
  DistributionField cpu, wait;
  void describe(Fields& field);
};

struct FailoverSpec {
  static constexpr std::string_view type_name = "failover";
  Duration detection{std::chrono::seconds{10}};
  Duration promotion{std::chrono::seconds{20}};
  std::optional<Duration> recovery;
  void describe(Fields& field);
};

struct DataReplicationSpec {
  static constexpr std::string_view type_name = "data_replication";
  DistributionField lag;
  std::string mode = "asynchronous";  // "asynchronous", "semi-synchronous", "synchronous"
  void describe(Fields& field);
};

struct ConnectionsSpec {
  static constexpr std::string_view type_name = "connections";
  int limit = 100;
  int per_client = 10;
  Bytes memory;  // of one
  bool pooler = false;
  std::optional<DistributionField> wait_limit;
  void describe(Fields& field);
};

struct PartitionsSpec {
  static constexpr std::string_view type_name = "partitions";
  Duration period{std::chrono::hours{24}};
  void describe(Fields& field);
};

struct ReshardingSpec {
  static constexpr std::string_view type_name = "resharding";
  Duration at{};
  int shards = 1;
  BytesPerSecond bandwidth;
  void describe(Fields& field);
};

struct DatabaseSpec {
  static constexpr std::string_view type_name = "database";
  std::string name;
  ToRegion region;
  ShardsSpec shards;
  int replicas = 1;
  int pool = 20;
  std::optional<std::int64_t> backlog;
  std::optional<DistributionField> wait_limit;
  double cpu = 1.0;
  OperationSpec read, write;
  std::vector<NamedOperationSpec> operations;
  int indexes = 0;
  double write_amplification = 1.0;  // per index
  DollarsPerSecond price;
  std::optional<FailoverSpec> failover;
  std::optional<Duration> repair;
  std::optional<DataReplicationSpec> replication;
  std::optional<ConnectionsSpec> connections;
  Bytes memory;
  std::optional<PartitionsSpec> partitions;
  Bytes data;
  std::optional<ReshardingSpec> resharding;
  Dollars price_per_1000_reads, price_per_1000_writes, price_per_gb_month;
  // Connections that a node allows, as far as its memory holds them; needs `connections`.
  int connection_limit() const;
  void describe(Fields& field);
};

}  // namespace headroom
