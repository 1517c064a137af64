// Hit ratios of caches under the independent reference model: requests for item i come with probability p_i, independently.
//
// Objects of unit size (a cache of bytes holds capacity / mean size of them). Exact values for small caches; for any size the
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
};
std::vector<PopularityClass> popularity_classes(std::span<const double> probabilities);
// Zipf over ranks 1 … items with exponent >= 0: the most popular 4,096 one by one, the rest in blocks whose ranks differ by at most
// 0.5 %, with the mean popularity of the block.
std::vector<PopularityClass> zipf_classes(std::uint64_t items, double exponent);

enum class CacheOrder { lru, fifo };  // fifo: also random replacement, which has the same hit ratio under this model

struct CacheEstimate {
  double hit_ratio = 0.0;
  double characteristic_time = 0.0;  // in requests; infinite if everything fits
};
// `capacity` in items, >= 0.
CacheEstimate che_hit_ratio(std::span<const PopularityClass> classes, double capacity, CacheOrder order = CacheOrder::lru);

// Cache without limit whose entries live `time_to_live` seconds, counted from the miss that filled them (fixed) or again from every
// hit (renewed), under Poisson requests of total_rate per second.
struct TtlEstimate {
  double hit_ratio = 0.0;
  double mean_objects = 0.0;
  double origin_rate = 0.0;  // misses per second
};
TtlEstimate fixed_ttl_cache(std::span<const PopularityClass> classes, double total_rate, double time_to_live);
TtlEstimate renewed_ttl_cache(std::span<const PopularityClass> classes, double total_rate, double time_to_live);

// LRU of `capacity` items whose entries also end `time_to_live` seconds after the miss that filled them: each item hits as often as the
// stricter of the two limits alone allows. An upper bound of Che's kind; equal to one of the two where only one binds.
CacheEstimate che_hit_ratio_with_ttl(std::span<const PopularityClass> classes, double capacity, double total_rate, double time_to_live);

// Exact: LRU from the stationary law of move-to-front (2^n states, at most 22 items); FIFO and random from the product form.
double exact_lru_hit_ratio(std::span<const double> probabilities, int capacity);
double exact_fifo_hit_ratio(std::span<const double> probabilities, int capacity);
// The best that a fixed content can do: the `capacity` most popular items.
double perfect_lfu_hit_ratio(std::span<const double> probabilities, int capacity);

}  // namespace headroom
