#include "sim/core/event_ladder.hpp"

#include <algorithm>
#include <bit>
#include <functional>
#include <limits>
#include <utility>

namespace headroom {

std::uint64_t EventLadder::Rung::end_of(std::size_t bucket) const {
  const std::uint64_t nominal = start + (std::uint64_t{bucket + 1} << shift);
  return std::min(nominal, end);
}

void EventLadder::add_chunk(Bucket& bucket) {
  std::uint32_t chunk = free_;
  if (chunk == no_chunk) {
    chunk = static_cast<std::uint32_t>(following_.size());
    following_.push_back(no_chunk);
    keys_.resize(keys_.size() + chunk_size);
  } else {
    free_ = following_[chunk];
  }
  following_[chunk] = no_chunk;
  if (bucket.count == 0)
    bucket.first = chunk;
  else
    following_[bucket.last] = chunk;
  bucket.last = chunk;
}

// Empties the bucket first, so that `visit` may add keys anywhere.
template <class Visit>
void EventLadder::drain(Bucket& bucket, const Visit& visit) {
  std::uint32_t chunk = bucket.first;
  std::uint32_t left = std::exchange(bucket.count, 0);
  while (left > 0) {
    const std::uint32_t here = std::min<std::uint32_t>(left, chunk_size);
    // The pool may move while keys are added, so every key is fetched anew.
    for (std::uint32_t i = 0; i < here; ++i) visit(keys_[chunk * chunk_size + i]);
    left -= here;
    const std::uint32_t next = following_[chunk];
    following_[chunk] = free_;
    free_ = chunk;
    chunk = next;
  }
}

// The earliest bucket that holds something, in the nearest rung; rungs that are used up are left. Null: only the top is there.
EventLadder::Bucket* EventLadder::next_bucket() {
  while (depth_ > 0) {
    Rung& rung = rungs_[depth_ - 1];
    while (rung.current < rung.used && rung.buckets[rung.current].count == 0) ++rung.current;
    if (rung.current < rung.used) return &rung.buckets[rung.current];
    --depth_;
  }
  return nullptr;
}

// Spreads a bucket over a rung of its own. `end`: first instant after the bucket, ns; 0: after its last event.
void EventLadder::start_rung(Bucket& from, std::uint64_t end) {
  std::uint64_t earliest = std::numeric_limits<std::uint64_t>::max(), latest = 0;
  std::uint32_t chunk = from.first;
  for (std::uint32_t left = from.count; left > 0; chunk = following_[chunk]) {
    const std::uint32_t here = std::min<std::uint32_t>(left, chunk_size);
    for (std::uint32_t i = 0; i < here; ++i) {
      const std::uint64_t time = time_of(keys_[chunk * chunk_size + i]);
      earliest = std::min(earliest, time);
      latest = std::max(latest, time);
    }
    left -= here;
  }
  const std::size_t wanted = std::clamp<std::size_t>(std::bit_ceil(from.count / per_bucket), 2, most_buckets);
  Bucket source = std::exchange(from, {});  // the rungs may move
  if (depth_ == rungs_.size()) rungs_.emplace_back();
  Rung& rung = rungs_[depth_++];
  rung.start = earliest;
  rung.end = end == 0 ? latest + 1 : end;
  const std::uint64_t span = rung.end - rung.start;
  rung.shift = static_cast<unsigned>(std::bit_width((span - 1) / wanted));
  rung.current = 0;
  rung.used = static_cast<std::size_t>((span - 1) >> rung.shift) + 1;
  if (rung.buckets.size() < rung.used) rung.buckets.resize(std::max(rung.used, most_buckets));
  drain(source, [&](Key key) { append(rung.buckets[rung.place_of(time_of(key))], key); });
}

std::size_t EventLadder::sort_out(Bucket& bucket, std::vector<Key>& front) {
  if (front.size() < bucket.count) front.resize(bucket.count);
  std::size_t size = 0;
  drain(bucket, [&](Key key) { front[size++] = key; });
  std::sort(front.begin(), front.begin() + static_cast<std::ptrdiff_t>(size), std::greater<>{});
  return size;
}

std::size_t EventLadder::take_front(std::vector<Key>& front, std::uint64_t& bound) {
  for (;;) {
    Bucket* bucket = next_bucket();
    if (bucket == nullptr) {
      if (top_.count > most_in_front) {
        start_rung(top_, 0);
        continue;
      }
      bound = std::numeric_limits<std::uint64_t>::max();
      return sort_out(top_, front);
    }
    const Rung& rung = rungs_[depth_ - 1];
    const std::uint64_t end = rung.end_of(rung.current);
    if (bucket->count > most_in_front && rung.shift > 0) {
      start_rung(*bucket, end);
      continue;
    }
    const std::size_t size = sort_out(*bucket, front);
    // A crowd at one instant: what is added to that instant later waits in the bucket, not at the far end of a long array.
    bound = size > most_in_front ? upper(front[0]) : std::min(end, latest_time) << 8;
    return size;
  }
}

}  // namespace headroom
