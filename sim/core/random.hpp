// Random numbers that belong to a name, not to an order of calls.
//
// Counter-based (Philox 2x64-10, Salmon et al., SC'11, from Random123). Two ways to draw:
//  - RandomStream: a sequence of numbers under a name ("workloads/users/eu/interarrival"). Adding a stream moves no other.
//  - Draws: the numbers of one subject (a request, a key) under a name. The same request meets the same numbers whatever
//    was simulated before it, so two variants of a scenario meet the same demands (common random numbers).
// Keys come from (seed, replication, name) through a fixed 64-bit hash, never std::hash.
#pragma once

#include <Random123/philox.h>

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace headroom {

// Fixed hashes; part of the result contract: changing one changes every result. hash_text is FNV-1a (64 bit; Fowler, Noll, Vo)
// from a seeded start, passed through `mix` because FNV's high bits are weak for short texts.
std::uint64_t hash_text(std::string_view text, std::uint64_t seed = 0);
constexpr std::uint64_t mix(std::uint64_t x) {  // splitmix64 finaliser
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}
constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) { return mix(a ^ (mix(b) + 0x2545f4914f6cdd1dULL)); }

// 52 random bits in the open interval (0, 1). With 53 the largest would round to 1.
constexpr double to_unit(std::uint64_t bits) { return (static_cast<double>(bits >> 12) + 0.5) * 0x1.0p-52; }

// Two independent 64-bit numbers for (key, counter): Random123's Philox2x64-10 with counter {low, high}.
inline std::array<std::uint64_t, 2> philox(std::uint64_t key, std::uint64_t counter_high, std::uint64_t counter_low) {
  const r123::Philox2x64_R<10>::ctr_type block = r123::Philox2x64_R<10>{}({{counter_low, counter_high}}, {{key}});
  return {block[0], block[1]};
}

// A sequence under a name. Refills a block at a time; copying a stream copies its position.
class RandomStream {
 public:
  explicit RandomStream(std::uint64_t key = 0) : key_{key} {}

  std::uint64_t next() {
    if (used_ == block_size) refill();
    return block_[used_++];
  }
  double uniform() { return to_unit(next()); }
  // Uniform over 0 … n-1 without modulo bias beyond 2^-64 (Lemire's multiply-shift).
  std::uint64_t below(std::uint64_t n) {
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(next()) * n) >> 64);
  }
  std::uint64_t key() const { return key_; }

 private:
  static constexpr std::size_t block_size = 32;
  void refill();

  std::uint64_t key_;
  std::uint64_t counter_ = 0;
  std::size_t used_ = block_size;
  std::array<std::uint64_t, block_size> block_{};
};

// The numbers of one subject under one name; cheap to make, used up at once.
class Draws {
 public:
  Draws(std::uint64_t key, std::uint64_t subject) : key_{key}, subject_{subject} {}

  std::uint64_t next() {
    if (used_ == 2) {
      pair_ = philox(key_, subject_, counter_++);
      used_ = 0;
    }
    return pair_[used_++];
  }
  double uniform() { return to_unit(next()); }
  std::uint64_t below(std::uint64_t n) {
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(next()) * n) >> 64);
  }

 private:
  std::uint64_t key_;
  std::uint64_t subject_;
  std::uint64_t counter_ = 0;
  std::array<std::uint64_t, 2> pair_{};
  unsigned used_ = 2;
};

// Hands out keys and streams for one run. Asking twice for a name is a logic_error: two things would share one stream.
class RandomStreams {
 public:
  RandomStreams(std::uint64_t seed, std::uint64_t replication) : seed_{seed}, replication_{replication} {}

  RandomStream named(std::string_view path) { return RandomStream{key_of(path)}; }
  // For Draws. Throws std::logic_error if the name was taken.
  std::uint64_t key_of(std::string_view path);
  const std::set<std::string, std::less<>>& names() const { return names_; }

 private:
  std::uint64_t seed_;
  std::uint64_t replication_;
  std::set<std::string, std::less<>> names_;
};

}  // namespace headroom
