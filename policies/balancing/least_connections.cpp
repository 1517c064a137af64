// Least connections: the replica with the fewest requests in flight; of equal ones the next in turn after the previous pick.
//
//   pick = argmin over i = p + 1, p + 2, …, p (mod n) of in_flight[i], the first that attains it; p the previous pick
//
// O(n) per request.
//
// Source:  nginx ngx_http_upstream_least_conn: fewest connections, ties by round robin among the tied.
// Differs: nginx runs its weighted round robin among the tied peers only; with equal weights that is a turn of its own per tie,
//          here one turn over all replicas. Both spread ties evenly; neither prefers the first.
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/balancer.hpp"

namespace headroom {
namespace {

class LeastConnections final : public Balancer {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  LeastConnections(const Options&, const Context&) {}

  std::size_t pick(std::span<const std::uint32_t> in_flight, RandomStream&) override {
    const std::size_t count = in_flight.size();
    const std::size_t first = next_ < count ? next_ : 0;
    std::size_t best = first;
    for (std::size_t i = first + 1; i < count; ++i) {
      if (in_flight[i] < in_flight[best]) best = i;
    }
    for (std::size_t i = 0; i < first; ++i) {
      if (in_flight[i] < in_flight[best]) best = i;
    }
    next_ = best + 1;
    return best;
  }

 private:
  std::size_t next_ = 0;
};

const bool offered = offer<Balancer, LeastConnections>("least-connections", "the replica with the fewest requests in flight");

}  // namespace
}  // namespace headroom
