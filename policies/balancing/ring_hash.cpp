// Ring hash: whoever a request is for, user or tenant, comes to the same replica, the next on a ring of hashes.
//
//   position of point i of replica r = hash("r_i"); pick = owner of the first position >= hash(key), past the end the first of
//   all
//
// When a replica comes or goes only the keys of its arcs move. Some replicas own longer arcs than others: with p points each the
// shares have a coefficient of variation of about 1 / sqrt(p).
//
// Source:  Envoy ring_hash_lb.cc: points until the ring has its least size.
// Differs: replicas are named by their numbers and keys are hashed by their numbers, both in decimal; all weights are the same;
//          without a key any replica is taken.
#include <vector>

#include "policies/balancing/known_replicas.hpp"
#include "policies/sharding/hash_maps.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/balancer.hpp"

namespace headroom {
namespace {

class RingHash final : public Balancer {
 public:
  struct Options {
    int minimum_ring_size = static_cast<int>(hashing::RingSize{}.least);
    int maximum_ring_size = static_cast<int>(hashing::RingSize{}.most);
    std::string hash = "xxhash64";

    void describe(Fields& field) {
      field("minimum_ring_size", minimum_ring_size, "points on the ring at least: more make the shares more even",
            between(1, 8'388'608))("maximum_ring_size", maximum_ring_size, "points on the ring at most", between(1, 8'388'608))
          .choice("hash", hash, "hash of the names of replicas and of keys", {"xxhash64", "murmur2"});
    }
    FieldProblems problems() const {
      if (minimum_ring_size <= maximum_ring_size) return {};
      return {{"minimum_ring_size", "must not be more than maximum_ring_size"}};
    }
  };
  RingHash(const Options& options, const Context&)
      : size_{static_cast<std::uint64_t>(options.minimum_ring_size), static_cast<std::uint64_t>(options.maximum_ring_size)},
        hash_{options.hash == "murmur2" ? hashing::TextHash::murmur2 : hashing::TextHash::xxhash64} {}

  std::size_t pick(std::span<const std::uint32_t> in_flight, RandomStream& random) override {
    return random.below(in_flight.size());
  }
  bool looks_further() const override { return true; }
  std::size_t pick(const BalancingView& view, RandomStream&) override {
    if (known_.change_to(view.replicas)) {
      const std::vector<double> weights(view.replicas.size(), 1.0);
      ring_ = hashing::envoy_ring(known_.names(), hashing::points_of_owners(weights, size_), hash_);
    }
    return ring_[hashing::next_point(ring_, hashing::hash_of(hash_, hashing::KeyText{view.key}))].owner;
  }

 private:
  hashing::RingSize size_;
  hashing::TextHash hash_;
  KnownReplicas known_;
  std::vector<hashing::RingPoint> ring_;
};

const bool offered = offer<Balancer, RingHash>("ring-hash", "the same replica for the same user or tenant, by a ring of hashes");

}  // namespace
}  // namespace headroom
