// From keys to owners by hashing: jump, the rings of ketama and of Envoy, and Maglev's table. Pure functions over plain values.
//
// Policies for shards and policies for replicas place keys in the same ways, and their sources publish the maps themselves (a
// table of 17 entries, twelve positions of a ring), which cannot be seen through a policy; hence a header beside them.
//
// Source: Lamping and Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm", 2014 (jump);
//         RJ/ketama and dgryski/go-ketama (ketama); Eisenbud et al., NSDI 2016, and Envoy maglev_lb.cc (Maglev);
//         Envoy ring_hash_lb.cc (ring hash).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "policies/sharding/hash_functions.hpp"

namespace headroom::hashing {

// ---- jump --------------------------------------------------------------------------------------------------------------------

// Fewer than one bucket count as one.
inline std::int32_t jump_hash(std::uint64_t key, std::int32_t buckets) {
  std::int64_t bucket = 0;
  for (std::int64_t next = 0; next < std::max(buckets, 1);) {
    bucket = next;
    key = key * 2862933555777941757ULL + 1;
    next = static_cast<std::int64_t>(static_cast<double>(bucket + 1) * (0x1p31 / static_cast<double>((key >> 33) + 1)));
  }
  return static_cast<std::int32_t>(bucket);
}

// ---- rings -------------------------------------------------------------------------------------------------------------------

struct RingPoint {
  std::uint64_t position = 0;
  std::uint32_t owner = 0;
};

inline void sort_ring(std::vector<RingPoint>& ring) { std::ranges::stable_sort(ring, {}, &RingPoint::position); }

// The first point at or after `position`, past the end the first of all. The ring is sorted and not empty.
inline std::size_t next_point(std::span<const RingPoint> ring, std::uint64_t position) {
  const auto next = std::ranges::lower_bound(ring, position, {}, &RingPoint::position);
  return next == ring.end() ? 0 : static_cast<std::size_t>(next - ring.begin());
}

// Four points from each digest of "name-number", 160 for a server of mean weight. Weights are >= 0 and not all zero. The share
// is rounded to single precision on the way, as the C library's promotions do.
inline std::vector<RingPoint> ketama_ring(std::span<const std::string> names, std::span<const double> weights) {
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::vector<RingPoint> ring;
  for (std::uint32_t owner = 0; owner < names.size(); ++owner) {
    const float share = static_cast<float>(weights[owner]) / static_cast<float>(total);
    const auto digests = static_cast<int>(static_cast<float>(double{share} * 40.0 * static_cast<double>(names.size())));
    for (int k = 0; k < digests; ++k) {
      for (const std::uint32_t position : md5(names[owner] + "-" + std::to_string(k))) ring.push_back({position, owner});
    }
  }
  sort_ring(ring);
  return ring;
}

inline std::uint32_t ketama_position(std::string_view key) { return md5(key)[0]; }

// What Algorithm::ConsistentHash::Ketama and go-ketama keep for compatibility: their bisection, in unsigned numbers, takes a key
// at position 0 past the front of the ring and ends at its last point.
inline std::size_t legacy_point(std::span<const RingPoint> ring, std::uint64_t position) {
  return position == 0 ? ring.size() - 1 : next_point(ring, position);
}

enum class TextHash { xxhash64, murmur2 };

inline std::uint64_t hash_of(TextHash hash, std::string_view text) {
  return hash == TextHash::xxhash64 ? xxhash64(text) : murmur2(text);
}

struct RingSize {
  std::uint64_t least = 1024;
  std::uint64_t most = 8'388'608;
};

// How many points each owner has: so many that the lightest has a whole number of them and all together are at least
// `size.least`, unless that is more than `size.most`; the others' fractions are settled by running sums. Owners of weight 0 have
// none; weights are >= 0, not all of them zero.
inline std::vector<int> points_of_owners(std::span<const double> weights, RingSize size) {
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  double lightest = 1.0;
  for (const double weight : weights) {
    if (weight > 0.0) lightest = std::min(lightest, weight / total);
  }
  const double scale = std::min(std::ceil(lightest * static_cast<double>(size.least)) / lightest, static_cast<double>(size.most));
  std::vector<int> points;
  double placed = 0.0, wanted = 0.0;
  for (const double weight : weights) {
    wanted += scale * (weight / total);
    int own = 0;
    for (; placed < wanted; placed += 1.0) ++own;
    points.push_back(own);
  }
  return points;
}

// Points at the hashes of "name_number".
inline std::vector<RingPoint> envoy_ring(std::span<const std::string> names, std::span<const int> points,
                                         TextHash hash = TextHash::xxhash64) {
  std::vector<RingPoint> ring;
  for (std::uint32_t owner = 0; owner < names.size(); ++owner) {
    for (int i = 0; i < points[owner]; ++i) ring.push_back({hash_of(hash, names[owner] + "_" + std::to_string(i)), owner});
  }
  sort_ring(ring);
  return ring;
}

// Where a request goes that has been refused `attempt` times: so many points further on.
inline std::size_t point_of_attempt(std::span<const RingPoint> ring, std::uint64_t position, std::uint32_t attempt) {
  return (next_point(ring, position) + attempt) % ring.size();
}

// ---- Maglev ------------------------------------------------------------------------------------------------------------------

inline constexpr std::uint64_t default_maglev_table = 65'537;

// Of the table: with a composite size a permutation would not visit every slot.
inline bool is_prime(std::uint64_t number) {
  if (number < 2) return false;
  for (std::uint64_t divisor = 2; divisor * divisor <= number; ++divisor) {
    if (number % divisor == 0) return false;
  }
  return true;
}

// Owners in turn take the next free slot of their permutation: `slot_of(owner, step)` for step 0, 1, … size - 1. In pass p (from
// 1) an owner takes one when p × weight has reached its target, which then grows by the largest weight. Owners of weight 0 take
// none. std::invalid_argument: nobody has weight, or the slots of a permutation are used up (not a permutation of the table).
template <class SlotOf>
std::vector<std::uint32_t> fill_maglev_table(std::uint64_t size, std::span<const double> weights, SlotOf&& slot_of) {
  const double heaviest = weights.empty() ? 0.0 : *std::ranges::max_element(weights);
  if (!(heaviest > 0.0)) throw std::invalid_argument{"a table of which nobody has weight"};
  constexpr std::uint32_t nobody = ~std::uint32_t{0};
  std::vector<std::uint32_t> table(size, nobody);
  std::vector<double> targets(weights.size(), 0.0);
  std::vector<std::uint64_t> steps(weights.size(), 0);
  std::uint64_t taken = 0;
  for (std::uint64_t pass = 1; taken < size; ++pass) {
    for (std::uint32_t owner = 0; owner < weights.size() && taken < size; ++owner) {
      if (weights[owner] <= 0.0 || static_cast<double>(pass) * weights[owner] < targets[owner]) continue;
      targets[owner] += heaviest;
      std::uint64_t slot = 0;
      do {
        if (steps[owner] == size) throw std::invalid_argument{"a permutation that does not visit every slot"};
        slot = slot_of(owner, steps[owner]++);
      } while (table.at(slot) != nobody);
      table[slot] = owner;
      ++taken;
    }
  }
  return table;
}

// Envoy's permutations, by hashes of the names. `size` is prime. Weights are scaled to a sum of 1, as there.
inline std::vector<std::uint32_t> maglev_table(std::span<const std::string> names, std::span<const double> weights,
                                               std::uint64_t size) {
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::vector<double> shares;
  std::vector<std::uint64_t> offsets, skips;
  for (std::size_t owner = 0; owner < names.size(); ++owner) {
    shares.push_back(weights[owner] / total);
    offsets.push_back(xxhash64(names[owner]) % size);
    skips.push_back(xxhash64(names[owner], 1) % (size - 1) + 1);
  }
  return fill_maglev_table(
      size, shares, [&](std::uint32_t owner, std::uint64_t step) { return (offsets[owner] + skips[owner] * step) % size; });
}

// Where a request goes that has been refused `attempt` times: the key with most of its bits turned, as in Envoy.
inline std::uint64_t maglev_slot(std::uint64_t key, std::uint64_t size, std::uint32_t attempt = 0) {
  return (attempt == 0 ? key : key ^ (~std::uint64_t{0} - attempt + 1)) % size;
}

}  // namespace headroom::hashing
