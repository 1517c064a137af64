// Rendezvous: of all shards the one whose hash together with the key is the highest.
//
//   shard = argmax over s of mix(key, s)
//
// From n to n + 1 shards exactly the keys that the new shard wins move, 1 / (n + 1) of them; any shard can go, and its keys
// spread over all others. O(n) per look-up, without a table.
//
// Source:  Thaler and Ravishankar, "Using Name-Based Mappings to Increase Hit Rates", IEEE/ACM ToN 6(1), 1998.
// Differs: the hash is ours (sim/core/random.hpp) instead of their linear congruential one.
#include "sim/core/fields.hpp"
#include "sim/core/random.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/shard_policy.hpp"

namespace headroom {
namespace {

class RendezvousMap final : public ShardMap {
 public:
  explicit RendezvousMap(std::uint32_t shards) : shards_{shards} {}
  std::uint32_t shard_of(std::uint64_t key) const override {
    std::uint32_t best = 0;
    std::uint64_t highest = mix(key, 0);
    for (std::uint32_t shard = 1; shard < shards_; ++shard) {
      const std::uint64_t score = mix(key, shard);
      if (score <= highest) continue;
      highest = score;
      best = shard;
    }
    return best;
  }

 private:
  std::uint32_t shards_;
};

class Rendezvous final : public ShardPolicy {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  Rendezvous(const Options&, const Context&) {}

  std::unique_ptr<ShardMap> map(std::uint32_t shards) const override { return std::make_unique<RendezvousMap>(shards); }
};

const bool offered = offer<ShardPolicy, Rendezvous>("rendezvous", "the shard of the highest hash with the key (HRW)");

}  // namespace
}  // namespace headroom
