// Consistent hashing: every shard owns the arcs of a ring that end at its points; a key belongs to the next point.
//
//   position of point p of shard s = mix(s, p); shard = owner of the first position >= mix(key), past the end the first of all
//
// From n to n + 1 shards only the keys of the new shard move, about 1 / (n + 1). The price is unevenness: a share of the ring has
// a coefficient of variation of about 1 / sqrt(points), so with 160 points and 8 shards the largest is some 10 % above 1 / 8.
// O(log(points × shards)) per look-up.
//
// Source:  Karger et al., STOC 1997; 160 points as in libketama.
// Differs: libketama takes four 32-bit positions from each MD5 of "server-number"; here 64-bit positions from the hash of
// sim/core,
//          so the shares are distributed alike, but a given key may stand elsewhere.
#include <algorithm>
#include <utility>
#include <vector>

#include "sim/core/fields.hpp"
#include "sim/core/random.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/shard_policy.hpp"

namespace headroom {
namespace {

struct Point {
  std::uint64_t position = 0;
  std::uint32_t shard = 0;
};

class Ring final : public ShardMap {
 public:
  Ring(std::uint32_t shards, int points) {
    points_.reserve(std::size_t{shards} * static_cast<std::size_t>(points));
    for (std::uint32_t shard = 0; shard < shards; ++shard) {
      for (int point = 0; point < points; ++point) points_.push_back({mix(shard, static_cast<std::uint64_t>(point)), shard});
    }
    std::ranges::sort(points_, {}, [](const Point& point) { return std::pair{point.position, point.shard}; });
  }

  std::uint32_t shard_of(std::uint64_t key) const override {
    const auto next = std::ranges::lower_bound(points_, mix(key), {}, &Point::position);
    return next == points_.end() ? points_.front().shard : next->shard;
  }

 private:
  std::vector<Point> points_;
};

class ConsistentHash final : public ShardPolicy {
 public:
  struct Options {
    int points = 160;

    void describe(Fields& field) {
      field("points", points, "points on the ring per shard: more make the shares more even", between(1, 100'000));
    }
  };
  ConsistentHash(const Options& options, const Context&) : points_{options.points} {}

  std::unique_ptr<ShardMap> map(std::uint32_t shards) const override { return std::make_unique<Ring>(shards, points_); }

 private:
  int points_;
};

const bool offered =
    offer<ShardPolicy, ConsistentHash>("consistent-hash", "a ring of points per shard: few keys move on a resize");

}  // namespace
}  // namespace headroom
