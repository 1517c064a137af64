// Time partition: keys are numbered as time passes, a period's keys stand together, and periods lie on the shards in turn.
//
//   shard = floor(key / keys_per_period) mod n
//
// Old periods can be dropped whole; what is asked of one period meets on one shard. A resize moves nearly all periods, as modulo.
//
// Source:  partitions by time, as in TimescaleDB (chunks) or PostgreSQL (PARTITION BY RANGE) over several nodes.
// Differs: periods hold equally many keys. Where queries ask for an age, not for a key, a database's `partitions` do the same by
//          the clock.
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/shard_policy.hpp"

namespace headroom {
namespace {

class TimeMap final : public ShardMap {
 public:
  TimeMap(std::uint32_t shards, std::uint64_t keys_per_period) : shards_{shards}, keys_per_period_{keys_per_period} {}
  std::uint32_t shard_of(std::uint64_t key) const override {
    return static_cast<std::uint32_t>(key / keys_per_period_ % shards_);
  }

 private:
  std::uint32_t shards_;
  std::uint64_t keys_per_period_;
};

class TimePartition final : public ShardPolicy {
 public:
  struct Options {
    std::int64_t keys_per_period = 1000;

    void describe(Fields& field) {
      field("keys_per_period", keys_per_period, "consecutive keys that stand together", at_least(1));
    }
  };
  TimePartition(const Options& options, const Context&) : keys_per_period_{static_cast<std::uint64_t>(options.keys_per_period)} {}

  std::unique_ptr<ShardMap> map(std::uint32_t shards) const override {
    return std::make_unique<TimeMap>(shards, keys_per_period_);
  }

 private:
  std::uint64_t keys_per_period_;
};

const bool offered =
    offer<ShardPolicy, TimePartition>("time-partition", "keys in order of time: periods lie on the shards in turn");

}  // namespace
}  // namespace headroom
