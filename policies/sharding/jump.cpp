// Jump: the last of the pseudo-random jumps of a key that is still below the number of shards.
//
//   b' = floor((b + 1) × 2^31 / (upper 31 bits of the key's next random number + 1)); shard = the last b < n
//
// From n to n + 1 shards exactly the keys whose next jump is n move, all to the new shard: 1 / (n + 1) of them. Even, without a
// table, in O(log n); shards can be added and taken away at the end only.
//
// Source:  Lamping and Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm", 2014.
// Differs: nothing.
#include "policies/sharding/hash_maps.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/shard_policy.hpp"

namespace headroom {
namespace {

class JumpMap final : public ShardMap {
 public:
  explicit JumpMap(std::uint32_t shards) : shards_{static_cast<std::int32_t>(shards)} {}
  std::uint32_t shard_of(std::uint64_t key) const override {
    return static_cast<std::uint32_t>(hashing::jump_hash(key, shards_));
  }

 private:
  std::int32_t shards_;
};

class Jump final : public ShardPolicy {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  Jump(const Options&, const Context&) {}

  std::unique_ptr<ShardMap> map(std::uint32_t shards) const override { return std::make_unique<JumpMap>(shards); }
};

const bool offered = offer<ShardPolicy, Jump>("jump", "jump consistent hash: even, and only the keys of a new shard move");

}  // namespace
}  // namespace headroom
