// Hit ratios of the caches of a blueprint by the characteristic-time approximation (models/queueing/caches.hpp): keys drawn
// independently, every eviction order but FIFO taken as LRU. What is looked up depends on what missed before, so it is estimated
// in rounds.
#pragma once

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "models/queueing/caches.hpp"
#include "scenarios/mean_visits.hpp"
#include "sim/cluster/blueprint.hpp"

namespace headroom {

class HitRatios {
 public:
  explicit HitRatios(const Blueprint& blueprint) : blueprint_{blueprint} {}
  // One round: from the visits of endpoints (per second, by endpoint). Returns by how much a ratio changed at most.
  double estimate(const MeanVisits& visits, const std::vector<double>& rates);
  // 1 before the first round.
  double miss_ratio(const MeanLookups& lookups) const;
  // By (cache, key), of all requests, whatever stands in front of the cache.
  const std::map<std::pair<Index, Index>, double>& all() const { return ratios_; }

 private:
  double of(Index cache, Index key) const;
  double connected_share(Index cache, const std::set<Index>& services, double regions) const;
  double estimate_cache(Index cache, const std::map<Index, double>& rate_by_key, double instances, double connected);
  const std::vector<PopularityClass>& popularity(Index key);

  const Blueprint& blueprint_;
  std::map<std::pair<Index, Index>, double> ratios_;
  std::map<Index, std::vector<PopularityClass>> popularity_;
};

}  // namespace headroom
