// Hit ratios of caches under the independent reference model: requests for item i come with probability p_i, independently.
//
// Objects have unit size unless their class says otherwise. Exact values for small caches; for any size the
// characteristic-time approximation (Che, Tung, Wang, IEEE JSAC 20(7), 2002; Fricker, Robert, Roberts, ITC 2012) and TTL caches.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace headroom {

// Items of equal popularity, so that 10^8 items are a few thousand classes. Probabilities times items add up to 1.
struct PopularityClass {
  double probability = 0.0;  // of one item
  double items = 1.0;        // how many
  double size = 1.0;         // of one, in the unit of the capacity
};
std::vector<PopularityClass> popularity_classes(std::span<const double> probabilities);
// Zipf over ranks 1 … items with exponent >= 0: the most popular 4,096 one by one, the rest in blocks whose ranks differ by at
// most 0.5 %, with the mean popularity of the block.
std::vector<PopularityClass> zipf_classes(std::uint64_t items, double exponent);

enum class CacheOrder { lru, fifo };  // fifo: also random replacement, which has the same hit ratio under this model

struct CacheEstimate {
  double hit_ratio = 0.0;
  double characteristic_time = 0.0;  // in requests; infinite if everything fits
};
// `capacity` >= 0, in items or in the unit of their sizes.
CacheEstimate che_hit_ratio(std::span<const PopularityClass> classes, double capacity, CacheOrder order = CacheOrder::lru);

// Cache without limit whose entries live `time_to_live` seconds, counted from the miss that filled them (fixed) or again from
// every hit (renewed), under Poisson requests of total_rate per second.
struct TtlEstimate {
  double hit_ratio = 0.0;
  double mean_objects = 0.0;
  double origin_rate = 0.0;  // misses per second
};
TtlEstimate fixed_ttl_cache(std::span<const PopularityClass> classes, double total_rate, double time_to_live);
TtlEstimate renewed_ttl_cache(std::span<const PopularityClass> classes, double total_rate, double time_to_live);

// A cache of limited capacity whose entries also end `life` requests after the miss that filled them (time to live × rate of
// requests; infinite: never): each item is there as often as the stricter of the two limits alone allows. An upper bound; equal
// to one of the two where only one binds. The second gives, class by class, how often an item of it is there.
CacheEstimate che_hit_ratio_with_ttl(std::span<const PopularityClass> classes, double capacity, double life,
                                     CacheOrder order = CacheOrder::lru);
std::vector<double> che_presence(std::span<const PopularityClass> classes, double capacity, double life,
                                 CacheOrder order = CacheOrder::lru);

// Exact: LRU from the stationary law of move-to-front (2^n states, at most 22 items); FIFO and random from the product form.
double exact_lru_hit_ratio(std::span<const double> probabilities, int capacity);
double exact_fifo_hit_ratio(std::span<const double> probabilities, int capacity);
// The best that a fixed content can do: the `capacity` most popular items.
double perfect_lfu_hit_ratio(std::span<const double> probabilities, int capacity);

}  // namespace headroom
