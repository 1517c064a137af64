// Where an EventList keeps the events that are not due soon: a ladder of buckets, each split only when its time has come.
//
// Rung 0 cuts the whole future into buckets of equal width; a bucket that is reached and still holds many events becomes a rung
// of narrower buckets; a bucket that holds few is sorted and handed out. So an event is moved a few times, whatever the number of
// pending events, where a heap compares it log(n) times in memory that is not in any cache.
// Buckets are lists of chunks of adjacent keys from one pool: adding an event writes to one of a few hundred open chunks.
// Source: the ladder queue, Tang, Goh and Thng, ACM TOMACS 15(3), 2005; the chunks are ours.
#pragma once

#include <cstdint>
#include <vector>

namespace headroom {

class EventLadder {
 public:
  // As EventList packs them: time in the upper 56 bits, then the sequence.
  using Key = unsigned __int128;
  static constexpr std::size_t most_in_front = 64;

  static std::uint64_t upper(Key key) { return static_cast<std::uint64_t>(key >> 64); }

  // The key must not be before the bound that take_front returned last, unless it comes from that front.
  void add(Key key) {
    const std::uint64_t time = time_of(key);
    for (std::size_t i = depth_; i-- > 0;) {
      Rung& rung = rungs_[i];
      if (time < rung.end) return append(rung.buckets[rung.place_of(time)], key);
    }
    append(top_, key);
  }
  // Moves the earliest events to `front`, latest first, and returns how many. Not empty. All that stay have an upper half of at
  // least `bound`; when nothing stays it is the largest number. `front` grows beyond most_in_front only for events of one
  // instant.
  std::size_t take_front(std::vector<Key>& front, std::uint64_t& bound);
  // Once nothing is pending anywhere: the next events may lie before the present rungs.
  void start_over() { depth_ = 0; }

 private:
  struct Bucket {
    std::uint32_t first = 0, last = 0;  // chunks; meaningless while it is empty
    std::uint32_t count = 0;
  };
  struct Rung {
    std::uint64_t start = 0, end = 0;  // ns
    unsigned shift = 0;                // buckets are 2^shift ns wide
    std::size_t current = 0;           // the bucket that was handed out last; those before it are empty for good
    std::vector<Bucket> buckets;
    std::size_t used = 0;  // buckets beyond are room from earlier

    // What was handed out and comes back may be earlier than its bucket.
    std::size_t place_of(std::uint64_t time) const {
      const std::size_t place = time < start ? 0 : static_cast<std::size_t>((time - start) >> shift);
      return place < current ? current : place;
    }
    std::uint64_t end_of(std::size_t bucket) const;
  };

  static constexpr std::size_t chunk_size = 32;  // keys: 512 bytes
  static constexpr std::size_t per_bucket = 12;  // aimed at in the last rung; measured with the hold model
  static constexpr std::size_t most_buckets = 512;

  static constexpr std::uint64_t latest_time = (std::uint64_t{1} << 56) - 1;
  static std::uint64_t time_of(Key key) { return static_cast<std::uint64_t>(key >> 72); }
  void append(Bucket& bucket, Key key) {
    const std::size_t place = bucket.count % chunk_size;
    if (place == 0) add_chunk(bucket);
    keys_[bucket.last * chunk_size + place] = key;
    ++bucket.count;
  }
  void add_chunk(Bucket& bucket);
  template <class Visit>
  void drain(Bucket& bucket, const Visit& visit);
  Bucket* next_bucket();
  void start_rung(Bucket& from, std::uint64_t end);
  std::size_t sort_out(Bucket& bucket, std::vector<Key>& front);

  std::vector<Rung> rungs_;  // the first depth_ are in use, the last of them is the nearest in time
  std::size_t depth_ = 0;
  Bucket top_;  // beyond all rungs

  std::vector<Key> keys_;                 // chunks
  std::vector<std::uint32_t> following_;  // chunk after it in its bucket, or in the list of free ones
  std::uint32_t free_ = no_chunk;
  static constexpr std::uint32_t no_chunk = ~std::uint32_t{0};
};

}  // namespace headroom
