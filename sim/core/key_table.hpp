// From keys to small numbers, without allocation at a steady size: open addressing with linear probing, at most half full, a
// gap closed when an entry goes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "sim/core/random.hpp"

namespace headroom {

class KeyTable {
 public:
  using Value = std::uint32_t;
  static constexpr Value none = ~Value{0};

  std::size_t size() const { return used_; }
  void prefetch(std::uint64_t key) const { __builtin_prefetch(&places_[home_of(key)]); }
  Value find(std::uint64_t key) const { return places_[place_of(key)].value; }
  // The key is not here.
  void insert(std::uint64_t key, Value value) {
    if (2 * (used_ + 1) > places_.size()) grow();
    places_[place_of(key)] = {key, value};
    ++used_;
  }
  // The key is here.
  void erase(std::uint64_t key) {
    std::size_t hole = place_of(key);
    for (std::size_t place = after(hole); places_[place].value != none; place = after(place)) {
      if (((place - home_of(places_[place].key)) & mask()) < ((place - hole) & mask())) continue;
      places_[hole] = places_[place];
      hole = place;
    }
    places_[hole].value = none;
    --used_;
  }

 private:
  struct Place {
    std::uint64_t key = 0;
    Value value = none;
  };
  std::size_t mask() const { return places_.size() - 1; }
  std::size_t home_of(std::uint64_t key) const { return mix(key) & mask(); }
  std::size_t after(std::size_t place) const { return (place + 1) & mask(); }
  std::size_t place_of(std::uint64_t key) const {
    std::size_t place = home_of(key);
    while (places_[place].value != none && places_[place].key != key) place = after(place);
    return place;
  }
  void grow() {
    const std::vector<Place> old = std::exchange(places_, std::vector<Place>(2 * places_.size()));
    for (const Place& entry : old) {
      if (entry.value != none) places_[place_of(entry.key)] = entry;
    }
  }

  std::vector<Place> places_ = std::vector<Place>(1024);  // a power of two
  std::size_t used_ = 0;
};

}  // namespace headroom
