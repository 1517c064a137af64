// ProbingTable: values found by a 64-bit key, without an allocation as long as there is room.
//
// Open addressing with linear probing; a power of two of places, at most half of them taken. Those behind a hole move up, so that
// nobody is cut off from their home (Knuth, The Art of Computer Programming 3, 6.4, algorithm R). A value says by in_use() that
// it is one: a Value{} is none. Pointers and references to values are good until the next insertion or removal.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "sim/core/random.hpp"

namespace headroom {

// A value that stands elsewhere, in a list of its owner's.
struct TableIndex {
  std::uint32_t index = ~std::uint32_t{0};
  bool in_use() const { return index != ~std::uint32_t{0}; }
};

template <class Value>
class ProbingTable {
 public:
  ProbingTable() : places_(16) {}

  std::size_t size() const { return size_; }
  // Of a key that is looked for soon.
  void prefetch(std::uint64_t key) const { __builtin_prefetch(&places_[home_of(key)]); }
  // nullptr: it is not there.
  Value* find(std::uint64_t key) {
    Place& place = places_[place_of(key)];
    return place.value.in_use() ? &place.value : nullptr;
  }
  const Value* find(std::uint64_t key) const {
    const Place& place = places_[place_of(key)];
    return place.value.in_use() ? &place.value : nullptr;
  }
  // Of a key that is not there.
  Value& insert(std::uint64_t key, Value value) {
    if (is_full()) rebuild(2 * places_.size());
    return put(key, std::move(value));
  }
  // The same where values come to an end by themselves: those are forgotten before it grows, and it grows only if few are.
  template <class IsOver>
  Value& insert(std::uint64_t key, Value value, const IsOver& is_over) {
    if (is_full()) {
      erase_if(is_over);
      if (4 * size_ > places_.size()) rebuild(2 * places_.size());
    }
    return put(key, std::move(value));
  }
  // Whether it was there.
  bool erase(std::uint64_t key) {
    const std::size_t place = place_of(key);
    if (!places_[place].value.in_use()) return false;
    vacate(place);
    return true;
  }
  // Of values for which is_over(value) is true; it is asked once or twice for each.
  template <class IsOver>
  void erase_if(const IsOver& is_over) {
    for (std::size_t place = 0; place < places_.size(); ++place) {
      // Who moves up into the hole is asked in turn. From the front of the table only those come whose answer is known.
      while (places_[place].value.in_use() && is_over(places_[place].value)) vacate(place);
    }
  }
  // visit(key, value), in no order that means anything.
  template <class Visit>
  void for_each(const Visit& visit) {
    for (Place& place : places_) {
      if (place.value.in_use()) visit(std::as_const(place.key), place.value);
    }
  }
  // Room for so many.
  void reserve(std::size_t values) {
    if (2 * values > places_.size()) rebuild(std::bit_ceil(2 * values));
  }

 private:
  struct Place {
    std::uint64_t key = 0;
    Value value{};
  };

  bool is_full() const { return 2 * (size_ + 1) > places_.size(); }
  std::size_t mask() const { return places_.size() - 1; }
  std::size_t home_of(std::uint64_t key) const { return mix(key, 0) & mask(); }
  // Where the key is, or would be.
  std::size_t place_of(std::uint64_t key) const {
    std::size_t place = home_of(key);
    while (places_[place].value.in_use() && places_[place].key != key) place = (place + 1) & mask();
    return place;
  }
  Value& put(std::uint64_t key, Value value) {
    ++size_;
    Place& place = places_[place_of(key)];
    place = {key, std::move(value)};
    return place.value;
  }
  void vacate(std::size_t hole) {
    --size_;
    for (std::size_t place = (hole + 1) & mask(); places_[place].value.in_use(); place = (place + 1) & mask()) {
      const std::size_t home = home_of(places_[place].key);
      if (((place - home) & mask()) < ((place - hole) & mask())) continue;  // its home lies behind the hole
      places_[hole] = std::move(places_[place]);
      hole = place;
    }
    places_[hole] = {};
  }
  void rebuild(std::size_t places) {
    std::vector<Place> old = std::exchange(places_, std::vector<Place>(places));
    for (Place& place : old) {
      if (place.value.in_use()) places_[place_of(place.key)] = std::move(place);
    }
  }

  std::vector<Place> places_;
  std::size_t size_ = 0;
};

}  // namespace headroom
