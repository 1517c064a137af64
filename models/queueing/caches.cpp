#include "models/queueing/caches.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "models/queueing/root.hpp"

namespace headroom {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Sum over items of value(item).
template <class Value>
double sum_items(std::span<const PopularityClass> classes, Value value) {
  double sum = 0.0;
  for (const PopularityClass& c : classes) sum += c.items * value(c);
  return sum;
}

double lru_presence(double p, double time) { return p > 0.0 ? -std::expm1(-p * time) : 0.0; }
double fifo_presence(double p, double time) {
  if (p <= 0.0) return 0.0;
  return std::isinf(time) ? 1.0 : p * time / (1.0 + p * time);
}

template <class Presence>
TtlEstimate ttl_cache(std::span<const PopularityClass> classes, double total_rate, Presence presence) {
  TtlEstimate result;
  result.hit_ratio = sum_items(classes, [&](const PopularityClass& c) { return c.probability * presence(c.probability); });
  result.mean_objects = sum_items(classes, [&](const PopularityClass& c) { return presence(c.probability); });
  result.origin_rate =
      total_rate * sum_items(classes, [&](const PopularityClass& c) { return c.probability * (1.0 - presence(c.probability)); });
  return result;
}

// How often an item of popularity p is there at a characteristic time, under both limits.
double presence_at(double p, double time, double life, CacheOrder order) {
  const double by_capacity = order == CacheOrder::lru ? lru_presence(p, time) : fifo_presence(p, time);
  return std::min(by_capacity, fifo_presence(p, life));
}

// The time at which as much is there as fits; infinite if everything fits.
double characteristic_time(std::span<const PopularityClass> classes, double capacity, double life, CacheOrder order) {
  if (capacity <= 0.0) return 0.0;
  const auto filled = [&](double time) {
    return sum_items(classes, [&](const PopularityClass& c) { return c.size * presence_at(c.probability, time, life, order); });
  };
  if (capacity >= filled(infinity)) return infinity;
  return crossing_above(0.0, 1.0, [&](double time) { return filled(time) >= capacity; });
}

}  // namespace

std::vector<PopularityClass> popularity_classes(std::span<const double> probabilities) {
  std::vector<PopularityClass> classes;
  for (const double p : probabilities) classes.push_back({p, 1.0});
  return classes;
}

std::vector<PopularityClass> zipf_classes(std::uint64_t items, double exponent) {
  constexpr std::uint64_t one_by_one = 4096;
  std::vector<PopularityClass> classes;
  double total = 0.0;
  // Sum of rank^-exponent over a block: the integral between its half-integers, by Simpson's rule.
  const auto weight = [exponent](double rank) { return std::pow(rank, -exponent); };
  for (std::uint64_t first = 1; first <= items;) {
    const std::uint64_t size = first <= one_by_one ? 1 : std::min<std::uint64_t>(items - first + 1, first / 200);
    const double low = static_cast<double>(first) - 0.5;
    const double high = low + static_cast<double>(size);
    const double mean =
        size == 1 ? weight(static_cast<double>(first)) : (weight(low) + 4.0 * weight((low + high) / 2.0) + weight(high)) / 6.0;
    classes.push_back({mean, static_cast<double>(size)});
    total += mean * static_cast<double>(size);
    first += size;
  }
  for (PopularityClass& c : classes) c.probability /= total;
  return classes;
}

CacheEstimate che_hit_ratio(std::span<const PopularityClass> classes, double capacity, CacheOrder order) {
  return che_hit_ratio_with_ttl(classes, capacity, infinity, order);
}

CacheEstimate che_hit_ratio_with_ttl(std::span<const PopularityClass> classes, double capacity, double life, CacheOrder order) {
  const double time = characteristic_time(classes, capacity, life, order);
  return {
      sum_items(classes, [&](const PopularityClass& c) { return c.probability * presence_at(c.probability, time, life, order); }),
      time};
}

std::vector<double> che_presence(std::span<const PopularityClass> classes, double capacity, double life, CacheOrder order) {
  const double time = characteristic_time(classes, capacity, life, order);
  std::vector<double> presence;
  for (const PopularityClass& c : classes) presence.push_back(presence_at(c.probability, time, life, order));
  return presence;
}

TtlEstimate fixed_ttl_cache(std::span<const PopularityClass> classes, double total_rate, double time_to_live) {
  return ttl_cache(classes, total_rate, [&](double p) { return fifo_presence(p, total_rate * time_to_live); });
}

TtlEstimate renewed_ttl_cache(std::span<const PopularityClass> classes, double total_rate, double time_to_live) {
  return ttl_cache(classes, total_rate, [&](double p) { return lru_presence(p, total_rate * time_to_live); });
}

double exact_lru_hit_ratio(std::span<const double> probabilities, int capacity) {
  const std::size_t n = probabilities.size();
  if (n > 22) throw std::invalid_argument{"the exact LRU hit ratio is computed for at most 22 items"};
  if (capacity >= static_cast<int>(n)) return 1.0;
  // P(the items of the set were the last |set| different ones asked for) = sum over the one that came to the front of it last.
  std::vector<double> law(std::size_t{1} << n, 0.0);
  std::vector<double> mass(law.size(), 0.0);
  law[0] = 1.0;
  double hit_ratio = 0.0;
  for (std::size_t set = 1; set < law.size(); ++set) {
    const auto lowest = static_cast<std::size_t>(std::countr_zero(set));
    mass[set] = mass[set & (set - 1)] + probabilities[lowest];
    const int size = std::popcount(set);
    if (size > capacity) continue;
    for (std::size_t rest = set; rest != 0; rest &= rest - 1) {
      const auto item = static_cast<std::size_t>(std::countr_zero(rest));
      const std::size_t without = set & ~(std::size_t{1} << item);
      law[set] += law[without] * probabilities[item] / (1.0 - mass[without]);
    }
    if (size == capacity) hit_ratio += law[set] * mass[set];
  }
  return hit_ratio;
}

double exact_fifo_hit_ratio(std::span<const double> probabilities, int capacity) {
  if (capacity <= 0) return 0.0;
  if (capacity >= static_cast<int>(probabilities.size())) return 1.0;
  // Sum over sets of `size` items of the product of their probabilities, leaving one item out (or none: no_item).
  const auto products = [&](std::size_t left_out, int size) {
    std::vector<double> sum(static_cast<std::size_t>(size) + 1, 0.0);
    sum[0] = 1.0;
    for (std::size_t i = 0; i < probabilities.size(); ++i) {
      if (i == left_out) continue;
      for (auto k = static_cast<std::size_t>(size); k >= 1; --k) sum[k] += sum[k - 1] * probabilities[i];
    }
    return sum.back();
  };
  const std::size_t no_item = probabilities.size();
  double hit_ratio = 0.0;
  for (std::size_t i = 0; i < probabilities.size(); ++i)
    hit_ratio += probabilities[i] * probabilities[i] * products(i, capacity - 1);
  return hit_ratio / products(no_item, capacity);
}

double perfect_lfu_hit_ratio(std::span<const double> probabilities, int capacity) {
  std::vector<double> sorted(probabilities.begin(), probabilities.end());
  std::sort(sorted.begin(), sorted.end(), std::greater<>{});
  const auto kept = std::min(sorted.size(), static_cast<std::size_t>(std::max(0, capacity)));
  return std::accumulate(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(kept), 0.0);
}

}  // namespace headroom
