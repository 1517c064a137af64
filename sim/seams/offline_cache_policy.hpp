// OfflineCachePolicy: a cache policy that is told the future, as a bound for those that are not. Only the replay of a recorded
// trace can tell it; scenarios cannot name one.
#pragma once

#include "sim/seams/cache_policy.hpp"

namespace headroom {

class OfflineCachePolicy : public CachePolicy {
 public:
  static constexpr std::string_view seam = "offline-caching";
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  // Request number `request` is coming (they count up), and its object's next one is number `next`, or never. Before every
  // hit() and insert().
  virtual void foresee(std::int64_t request, std::int64_t next) = 0;
};

}  // namespace headroom
