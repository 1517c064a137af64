// Round robin: the next replica in turn.
//
//   pick = (previous pick + 1) mod n
//
// Source:  nginx ngx_http_upstream_round_robin, equal weights.
// Differs: nginx keeps peers that left in place; here those behind a replica that leaves move up, so the turn may skip one once.
#include "sim/core/fields.hpp"
#include "sim/core/registry.hpp"
#include "sim/seams/balancer.hpp"

namespace headroom {
namespace {

class RoundRobin final : public Balancer {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  RoundRobin(const Options&, const Context&) {}

  std::size_t pick(std::span<const std::uint32_t> in_flight, RandomStream&) override {
    if (next_ >= in_flight.size()) next_ = 0;
    return next_++;
  }

 private:
  std::size_t next_ = 0;
};

const bool offered = offer<Balancer, RoundRobin>("round-robin", "the next replica in turn");

}  // namespace
}  // namespace headroom
