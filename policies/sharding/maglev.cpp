// Maglev: shards fill the slots of a table in turn, each by a permutation of its own; a key belongs to the owner of its slot.
//
//   permutation of shard s: (xxHash64(s) + j × (xxHash64(s, 1) mod (M - 1) + 1)) mod M; shard = table[xxHash64(key) mod M]
//
// Shares differ by one slot of M at most. A resize moves the keys of the shards that come or go and a few slots between others
// besides (about 1 % with M > 100 × shards). One look-up in O(1).
//
// Source:  Eisenbud et al., NSDI 2016; Envoy maglev_lb.cc for the hashes and the size of the table.
// Differs: the names of the shards are their numbers in decimal, and so are the keys that are hashed.
#include "policies/sharding/hash_maps.hpp"
#include "policies/sharding/maglev_options.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/shard_policy.hpp"

namespace headroom {
namespace {

class MaglevMap final : public ShardMap {
 public:
  MaglevMap(std::uint32_t shards, std::uint64_t size) {
    std::vector<std::string> names;
    for (std::uint32_t shard = 0; shard < shards; ++shard) names.push_back(std::to_string(shard));
    table_ = hashing::maglev_table(names, std::vector<double>(shards, 1.0), size);
  }
  std::uint32_t shard_of(std::uint64_t key) const override {
    return table_[hashing::maglev_slot(hashing::xxhash64(hashing::KeyText{key}), table_.size())];
  }

 private:
  std::vector<std::uint32_t> table_;
};

class Maglev final : public ShardPolicy {
 public:
  struct Options : MaglevOptions {
    FieldProblems problems() const { return problems_of("shards"); }
  };
  Maglev(const Options& options, const Context&) : size_{static_cast<std::uint64_t>(options.table_size)} {}

  std::unique_ptr<ShardMap> map(std::uint32_t shards) const override { return std::make_unique<MaglevMap>(shards, size_); }

 private:
  std::uint64_t size_;
};

const bool offered = offer<ShardPolicy, Maglev>("maglev", "a table that shards fill in turn: the most even, few keys move");

}  // namespace
}  // namespace headroom
