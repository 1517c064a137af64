// Balancer: which of the registered replicas gets the next request.
//
// Called once per request, so it sees dense arrays and must not allocate. It may keep state (a cursor).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "sim/core/random.hpp"

namespace headroom {

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
};

}  // namespace headroom
