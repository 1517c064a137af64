// Balancer: which of the registered replicas gets the next request.
//
// Called once per request, so it sees dense arrays and must not allocate but when replicas come or go. It may keep state (a
// cursor).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "sim/core/random.hpp"
#include "sim/core/time.hpp"

namespace headroom {

// What a balancer sees that looks further than at what is in flight. Both spans are by replica and equally long, never empty.
struct BalancingView {
  std::span<const std::uint32_t> in_flight;
  std::span<const std::uint32_t> replicas;  // numbers that stay with a replica while its place changes; of one that is gone: any
  SimTime now{};
  std::uint64_t key = 0;  // whom the request is for: user, account or tenant
  // For one that looks at zones, else empty and none: of each replica's node, and of the node that the request comes from.
  static constexpr std::uint32_t no_zone = ~std::uint32_t{0};  // needs no node; comes from outside
  std::span<const std::uint32_t> zones{};
  std::uint32_t zone = no_zone;
};

class Balancer {
 public:
  static constexpr std::string_view seam = "balancing";
  static constexpr std::string_view discriminator = "policy";
  struct Context {};

  virtual ~Balancer() = default;
  // `in_flight[i]`: requests sent to replica i and not answered yet (in service and in its backlog), as the balancer counts them.
  // Returns an index into the span; the span is never empty. Replicas keep their order; new ones are appended, and when one
  // leaves those behind it move up.
  virtual std::size_t pick(std::span<const std::uint32_t> in_flight, RandomStream& random) = 0;

  // One that looks further is asked with a view, and told of the answers. The answer does not change.
  virtual bool looks_further() const { return false; }
  virtual std::size_t pick(const BalancingView& view, RandomStream& random) { return pick(view.in_flight, random); }
  // Of those that look further. The answer does not change.
  virtual bool looks_at_zones() const { return false; }
  // By the replica's number: how long ago it was sent what it has answered now.
  virtual void answered(std::uint32_t, Duration, SimTime) {}
};

}  // namespace headroom
