// Maglev: whoever a request is for, user or tenant, comes to the same replica, by a table that the replicas fill in turn.
//
//   pick = table[xxHash64(key) mod M]
//
// Shares differ by one slot of M at most. When a replica comes or goes its keys move, and about one in a hundred of the others.
//
// Source:  Eisenbud et al., "Maglev", NSDI 2016; Envoy maglev_lb.cc for the hashes and the size of the table.
// Differs: replicas are named by their numbers and keys are hashed by their numbers, both in decimal; all weights are the same;
//          without a key any replica is taken.
#include <vector>

#include "policies/balancing/known_replicas.hpp"
#include "policies/sharding/hash_maps.hpp"
#include "policies/sharding/maglev_options.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/balancer.hpp"

namespace headroom {
namespace {

class Maglev final : public Balancer {
 public:
  struct Options : MaglevOptions {
    FieldProblems problems() const { return problems_of("replicas"); }
  };
  Maglev(const Options& options, const Context&) : size_{static_cast<std::uint64_t>(options.table_size)} {}

  std::size_t pick(std::span<const std::uint32_t> in_flight, RandomStream& random) override {
    return random.below(in_flight.size());
  }
  bool looks_further() const override { return true; }
  std::size_t pick(const BalancingView& view, RandomStream&) override {
    if (known_.change_to(view.replicas))
      table_ = hashing::maglev_table(known_.names(), std::vector<double>(view.replicas.size(), 1.0), size_);
    return table_[hashing::maglev_slot(hashing::xxhash64(hashing::KeyText{view.key}), size_)];
  }

 private:
  std::uint64_t size_;
  KnownReplicas known_;
  std::vector<std::uint32_t> table_;
};

const bool offered = offer<Balancer, Maglev>("maglev", "the same replica for the same user or tenant, by a table: the most even");

}  // namespace
}  // namespace headroom
