// Consistent hashing: every shard owns the arcs of a ring that end at its points; a key belongs to the next point.
//
//   position of point p of shard s = mix(s, p); shard = owner of the first position >= mix(key), past the end the first of all
//
// From n to n + 1 shards only the keys of the new shard move, about 1 / (n + 1). The price is unevenness: a share of the ring has
// a coefficient of variation of about 1 / sqrt(points), so with 160 points and 8 shards the largest is some 10 % above 1 / 8.
// O(log(points × shards)) per look-up.
//
// With `ring` "ketama" or "envoy" positions and keys are hashed as libketama and Envoy's ring hash do: MD5 or xxHash64 of names.
//
// Source:  Karger et al., STOC 1997; 160 points as in libketama; for the other rings policies/sharding/hash_maps.hpp.
// Differs: by default 64-bit positions from the hash of sim/core: the shares are distributed alike, but a given key may stand
//          elsewhere than with libketama. Its names of shards, and of keys, are their numbers in decimal.
#include <utility>
#include <vector>

#include "policies/sharding/hash_maps.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/random.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/shard_policy.hpp"

namespace headroom {
namespace {

using hashing::RingPoint;

class Ring final : public ShardMap {
 public:
  Ring(std::uint32_t shards, int points) {
    points_.reserve(std::size_t{shards} * static_cast<std::size_t>(points));
    for (std::uint32_t shard = 0; shard < shards; ++shard) {
      for (int point = 0; point < points; ++point) points_.push_back({mix(shard, static_cast<std::uint64_t>(point)), shard});
    }
    hashing::sort_ring(points_);
  }
  std::uint32_t shard_of(std::uint64_t key) const override { return points_[hashing::next_point(points_, mix(key))].owner; }

 private:
  std::vector<RingPoint> points_;
};

// A ring of others: `hash` gives the position of a key's text.
class NamedRing final : public ShardMap {
 public:
  using Hash = std::uint64_t (*)(std::string_view);
  NamedRing(std::vector<RingPoint> points, Hash hash) : points_{std::move(points)}, hash_{hash} {}
  std::uint32_t shard_of(std::uint64_t key) const override {
    return points_[hashing::next_point(points_, hash_(hashing::KeyText{key}))].owner;
  }

 private:
  std::vector<RingPoint> points_;
  Hash hash_;
};

class ConsistentHash final : public ShardPolicy {
 public:
  struct Options {
    int points = 160;
    std::string ring = "mixed";

    void describe(Fields& field) {
      field("points", points, "points on the ring per shard: more make the shares more even", between(1, 100'000))
          .choice("ring", ring, "whose hashes: our own, or those of libketama or of Envoy", {"mixed", "ketama", "envoy"});
    }
    FieldProblems problems() const {
      if (ring != "ketama" || points == 160) return {};
      return {{"points", "must be 160 for the ring of ketama, which has four points from each of 40 digests"}};
    }
  };
  ConsistentHash(const Options& options, const Context&) : options_{options} {}

  std::unique_ptr<ShardMap> map(std::uint32_t shards) const override {
    if (options_.ring == "mixed") return std::make_unique<Ring>(shards, options_.points);
    std::vector<std::string> names;
    for (std::uint32_t shard = 0; shard < shards; ++shard) names.push_back(std::to_string(shard));
    if (options_.ring == "ketama") {
      const auto position = [](std::string_view key) -> std::uint64_t { return hashing::ketama_position(key); };
      return std::make_unique<NamedRing>(hashing::ketama_ring(names, std::vector<double>(shards, 1.0)), position);
    }
    return std::make_unique<NamedRing>(hashing::envoy_ring(names, std::vector<int>(shards, options_.points)),
                                       [](std::string_view key) { return hashing::xxhash64(key); });
  }

 private:
  Options options_;
};

const bool offered =
    offer<ShardPolicy, ConsistentHash>("consistent-hash", "a ring of points per shard: few keys move on a resize");

}  // namespace
}  // namespace headroom
