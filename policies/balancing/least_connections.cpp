// Least connections: the replica with the fewest requests in flight; of equal ones the next in turn after the previous pick.
//
//   pick = argmin over i = p + 1, p + 2, …, p (mod n) of in_flight[i], the first that attains it; p the previous pick
//
// O(n) per request, a block at a time with the processor's wide registers; ends at the first idle replica.
//
// With a `signal_age` all requests of that time see the same old numbers and follow each other to the replica that was least
// busy.
//
// Source:  nginx ngx_http_upstream_least_conn: fewest connections, ties by round robin among the tied.
// Differs: nginx runs its weighted round robin among the tied peers only; with equal weights that is a turn of its own per tie,
//          here one turn over all replicas. Both spread ties evenly; neither prefers the first.
#include <algorithm>

#include "policies/balancing/known_replicas.hpp"
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/balancer.hpp"

namespace headroom {
namespace {

class LeastConnections final : public Balancer {
 public:
  struct Options {
    Duration signal_age{};

    void describe(Fields& field) {
      field("signal_age", signal_age, "what is in flight is asked for once in so long and is old between; 0: known at any time",
            between(Duration{}, std::chrono::hours{1}));
    }
  };
  LeastConnections(const Options& options, const Context&)
      : stale_{options.signal_age > Duration{}}, board_{options.signal_age} {}

  std::size_t pick(std::span<const std::uint32_t> in_flight, RandomStream&) override {
    const std::size_t count = in_flight.size();
    const std::size_t first = next_ < count ? next_ : 0;
    const std::size_t after = lowest(in_flight, first, count, first);
    const std::size_t best = lowest(in_flight, 0, first, after);
    next_ = best + 1;
    return best;
  }
  bool looks_further() const override { return stale_; }
  std::size_t pick(const BalancingView& view, RandomStream& random) override {
    return pick(stale_ ? board_.in_flight(view) : view.in_flight, random);
  }

 private:
  // The first in [begin, end) that has the fewest, if those are fewer than `best` has; else `best`.
  static std::size_t lowest(std::span<const std::uint32_t> in_flight, std::size_t begin, std::size_t end, std::size_t best) {
    constexpr std::size_t block = 64;
    while (begin < end && in_flight[best] > 0) {
      const std::size_t stop = std::min(end, begin + block);
      std::uint32_t fewest = in_flight[best];
      for (std::size_t i = begin; i < stop; ++i) fewest = std::min(fewest, in_flight[i]);
      if (fewest < in_flight[best]) {
        best = begin;
        while (in_flight[best] != fewest) ++best;
      }
      begin = stop;
    }
    return best;
  }

  std::size_t next_ = 0;
  bool stale_;
  BulletinBoard board_;
};

const bool offered = offer<Balancer, LeastConnections>("least-connections", "the replica with the fewest requests in flight");

}  // namespace
}  // namespace headroom
