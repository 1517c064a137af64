// Modulo: the remainder of the hashed key.
//
//   shard = mix(key) mod n
//
// Even, and nearly all keys move when n changes: from n to n + 1, the share n / (n + 1).
//
// Source:  the usual client-side sharding (memcached clients, "hash mod N").
// Differs: the hash is ours (sim/core/random.hpp), so a given key may stand elsewhere than in a particular client.
#include "sim/core/fields.hpp"
#include "sim/core/random.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/shard_policy.hpp"

namespace headroom {
namespace {

class ModuloMap final : public ShardMap {
 public:
  explicit ModuloMap(std::uint32_t shards) : shards_{shards} {}
  std::uint32_t shard_of(std::uint64_t key) const override { return static_cast<std::uint32_t>(mix(key) % shards_); }

 private:
  std::uint32_t shards_;
};

class Modulo final : public ShardPolicy {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  Modulo(const Options&, const Context&) {}

  std::unique_ptr<ShardMap> map(std::uint32_t shards) const override { return std::make_unique<ModuloMap>(shards); }
};

const bool offered = offer<ShardPolicy, Modulo>("modulo", "hash of the key modulo the number of shards");

}  // namespace
}  // namespace headroom
