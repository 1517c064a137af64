// What a cache remembers of objects that have left it: keys in order of leaving, each with the bytes it stands for. Shared by the
// policies of this folder; no policy.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "sim/core/random.hpp"

namespace headroom {

// Keys in order of arrival with the bytes they stand for, each at most once: a ring of entries, and a hash table (open
// addressing, linear probing) from key to its place in the ring. Both double when more than half full; no allocation at a steady
// size.
class GhostQueue {
 public:
  void push(std::uint64_t key, std::int64_t bytes) {
    if (find(key) != absent) return;
    if (end_ - begin_ == ring_.size()) make_room();
    entry(end_) = {key, bytes, true};
    link(key, end_++);
    bytes_ += bytes;
    ++present_;
  }
  // Forgets the key; false if it is not here.
  bool take(std::uint64_t key) {
    const std::size_t place = find(key);
    if (place == absent) return false;
    forget(place);
    return true;
  }
  void shrink_to(std::int64_t bytes) {
    while (bytes_ > bytes) {
      const Entry& oldest = entry(begin_);
      if (oldest.present) forget(find(oldest.key));
      ++begin_;
    }
  }
  bool contains(std::uint64_t key) const { return find(key) != absent; }
  bool empty() const { return present_ == 0; }
  std::int64_t bytes() const { return bytes_; }
  // There is one.
  void drop_oldest() {
    while (!entry(begin_).present) ++begin_;
    forget(find(entry(begin_++).key));
  }
  void clear() {
    std::ranges::fill(table_, Place{});
    begin_ = end_ = 0;
    bytes_ = 0;
    present_ = 0;
  }

 private:
  struct Entry {
    std::uint64_t key = 0;
    std::int64_t bytes = 0;
    bool present = false;
  };
  // With the key, so that the ring is not looked at.
  struct Place {
    std::uint64_t key = 0;
    std::uint64_t number = 0;  // 1 + number of the entry; 0: free
  };
  static constexpr std::size_t absent = static_cast<std::size_t>(-1);

  const Entry& entry(std::uint64_t number) const { return ring_[number & (ring_.size() - 1)]; }
  Entry& entry(std::uint64_t number) { return ring_[number & (ring_.size() - 1)]; }
  std::size_t home(std::uint64_t key) const { return mix(key) & (table_.size() - 1); }
  std::size_t after(std::size_t place) const { return (place + 1) & (table_.size() - 1); }

  std::size_t find(std::uint64_t key) const {
    for (std::size_t place = home(key); table_[place].number != 0; place = after(place)) {
      if (table_[place].key == key) return place;
    }
    return absent;
  }
  void link(std::uint64_t key, std::uint64_t number) {
    std::size_t place = home(key);
    while (table_[place].number != 0) place = after(place);
    table_[place] = {key, number + 1};
  }
  // Closes the gap: entries behind it that may stand nearer to their home move up.
  void forget(std::size_t gap) {
    Entry& gone = entry(table_[gap].number - 1);
    gone.present = false;
    bytes_ -= gone.bytes;
    --present_;
    for (std::size_t place = after(gap); table_[place].number != 0; place = after(place)) {
      const std::size_t from_home = (place - home(table_[place].key)) & (table_.size() - 1);
      if (from_home < ((place - gap) & (table_.size() - 1))) continue;
      table_[gap] = table_[place];
      gap = place;
    }
    table_[gap] = {};
  }
  // Entries that were taken out of the middle leave holes: closed when they are half of the ring, else the ring doubles.
  void make_room() {
    if (present_ > ring_.size() / 2) double_ring();
    std::uint64_t kept = begin_;
    for (std::uint64_t number = begin_; number != end_; ++number) {
      if (entry(number).present) entry(kept++) = entry(number);
    }
    end_ = kept;
    std::ranges::fill(table_, Place{});
    for (std::uint64_t number = begin_; number != end_; ++number) link(entry(number).key, number);
  }
  void double_ring() {
    std::vector<Entry> larger(ring_.size() * 2);
    for (std::uint64_t number = begin_; number != end_; ++number) larger[number & (larger.size() - 1)] = entry(number);
    ring_ = std::move(larger);
    table_.resize(ring_.size() * 2);
  }

  std::vector<Entry> ring_ = std::vector<Entry>(1024);
  std::vector<Place> table_ = std::vector<Place>(2048);
  std::uint64_t begin_ = 0, end_ = 0;  // numbers of entries, never reused
  std::int64_t bytes_ = 0;
  std::size_t present_ = 0;
};

}  // namespace headroom
