// FlightTable: which keys of caches are being loaded, by whom, and who waits for it. No allocation once as many keys have been
// loaded at a time as are loaded at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/cluster/task.hpp"
#include "sim/core/random.hpp"

namespace headroom {

class FlightTable {
 public:
  struct Flight {
    std::uint64_t key = 0;
    Index loader = no_index;
    TaskList waiters;
  };

  FlightTable() : flights_(16) {}

  // nullptr if the key is not being loaded; valid until the next begin or end.
  Flight* find(std::uint64_t key) {
    Flight& flight = flights_[place_of(key)];
    return flight.loader == no_index ? nullptr : &flight;
  }
  // Of a key that is not being loaded.
  void begin(std::uint64_t key, Index loader) {
    if (2 * (in_use_ + 1) > flights_.size()) grow();
    ++in_use_;
    flights_[place_of(key)] = {key, loader, {}};
  }
  // Of a key that is being loaded. Those behind the hole move up (Knuth, The Art of Computer Programming 3, 6.4, algorithm R).
  void end(std::uint64_t key) {
    const std::size_t mask = flights_.size() - 1;
    std::size_t hole = place_of(key);
    for (std::size_t place = (hole + 1) & mask; flights_[place].loader != no_index; place = (place + 1) & mask) {
      if (((place - home_of(flights_[place].key)) & mask) < ((place - hole) & mask)) continue;
      flights_[hole] = flights_[place];
      hole = place;
    }
    flights_[hole] = {};
    --in_use_;
  }
  template <class Visit>
  void for_each(const Visit& visit) const {
    for (const Flight& flight : flights_) {
      if (flight.loader != no_index) visit(flight);
    }
  }

 private:
  std::size_t home_of(std::uint64_t key) const { return mix(key, 0) & (flights_.size() - 1); }
  std::size_t place_of(std::uint64_t key) const {
    std::size_t place = home_of(key);
    while (flights_[place].loader != no_index && flights_[place].key != key) place = (place + 1) & (flights_.size() - 1);
    return place;
  }
  void grow() {
    std::vector<Flight> old(2 * flights_.size());
    old.swap(flights_);
    for (const Flight& flight : old) {
      if (flight.loader != no_index) flights_[place_of(flight.key)] = flight;
    }
  }

  std::vector<Flight> flights_;  // linear probing; a power of two, at most half full
  std::size_t in_use_ = 0;
};

}  // namespace headroom
