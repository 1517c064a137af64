// The same works as the engine's, written by hand for nothing else: what a careful programmer's loop reaches on this machine.
//
// Generic loops in the sense of a simulator's kernel: packed 16-byte events in one pending set, a pool of requests with a free
// list, stations with a ring as queue. Random numbers from xoshiro256++ (Blackman and Vigna), exponentials by inverse logarithm.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

namespace headroom::bench {

class FastRandom {
 public:
  explicit FastRandom(std::uint64_t seed) {
    for (std::uint64_t& word : state_) {
      seed += 0x9e3779b97f4a7c15ULL;
      std::uint64_t z = seed;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
      word = z ^ (z >> 31);
    }
  }
  std::uint64_t next() {
    const auto rotate = [](std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); };
    const std::uint64_t result = rotate(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = rotate(state_[3], 45);
    return result;
  }
  double exponential(double mean) { return -mean * std::log((static_cast<double>(next() >> 11) + 0.5) * 0x1.0p-53); }

 private:
  std::uint64_t state_[4];
};

struct SmallEvent {
  double at;
  std::uint32_t kind, slot;
};

// A sorted array scanned from the imminent end: the best pending set below some dozens of events.
class SortedArray {
 public:
  void push(SmallEvent event) {
    events_.push_back(event);
    std::size_t i = events_.size() - 1;
    for (; i > 0 && events_[i - 1].at < event.at; --i) events_[i] = events_[i - 1];
    events_[i] = event;
  }
  SmallEvent pop() {
    const SmallEvent event = events_.back();
    events_.pop_back();
    return event;
  }

 private:
  std::vector<SmallEvent> events_;  // latest first
};

// A 4-ary heap: what most would write for larger pending sets.
class Heap4 {
 public:
  void push(SmallEvent event) {
    std::size_t i = events_.size();
    events_.push_back(event);
    while (i > 0) {
      const std::size_t parent = (i - 1) / 4;
      if (events_[parent].at <= event.at) break;
      events_[i] = events_[parent];
      i = parent;
    }
    events_[i] = event;
  }
  SmallEvent pop() {
    const SmallEvent top = events_.front();
    const SmallEvent last = events_.back();
    events_.pop_back();
    const std::size_t size = events_.size();
    if (size == 0) return top;
    std::size_t i = 0;
    for (;;) {
      const std::size_t first = 4 * i + 1;
      if (first >= size) break;
      std::size_t least = first;
      for (std::size_t child = first + 1; child < std::min(first + 4, size); ++child) {
        if (events_[child].at < events_[least].at) least = child;
      }
      if (last.at <= events_[least].at) break;
      events_[i] = events_[least];
      i = least;
    }
    events_[i] = last;
    return top;
  }

 private:
  std::vector<SmallEvent> events_;
};

// A ladder of chunked buckets after Tang, Goh and Thng (TOMACS 2005), for any number of pending events: times only, no order
// among equal ones.
class ChunkLadder {
 public:
  void push(SmallEvent event) {
    ++size_;
    if (event.at < bound_) return insert(event);
    for (std::size_t i = depth_; i-- > 0;) {
      Rung& rung = rungs_[i];
      if (event.at < rung.end) return append(rung.buckets[rung.place_of(event.at)], event);
    }
    append(top_, event);
  }
  SmallEvent pop() {
    const SmallEvent event = front_.back();
    front_.pop_back();
    if (--size_ > 0 && front_.empty()) refill();
    return event;
  }

 private:
  static constexpr std::size_t chunk_size = 32, per_bucket = 12, most_buckets = 512, most_in_front = 64;
  struct Bucket {
    std::uint32_t first = 0, last = 0, count = 0;
  };
  struct Rung {
    double start = 0.0, end = 0.0, width = 1.0, per_width = 1.0;
    std::size_t current = 0, used = 0;
    std::vector<Bucket> buckets = std::vector<Bucket>(most_buckets);
    std::size_t place_of(double at) const {
      const auto place = static_cast<std::ptrdiff_t>((at - start) * per_width);
      return std::clamp(place, static_cast<std::ptrdiff_t>(current), static_cast<std::ptrdiff_t>(used) - 1);
    }
  };

  void insert(SmallEvent event) {
    front_.push_back(event);
    std::size_t i = front_.size() - 1;
    for (; i > 0 && front_[i - 1].at < event.at; --i) front_[i] = front_[i - 1];
    front_[i] = event;
    if (front_.size() < most_in_front) return;
    const std::ptrdiff_t half = most_in_front / 2;
    bound_ = front_[half - 1].at;
    const std::vector<SmallEvent> later(front_.begin(), front_.begin() + half);
    front_.erase(front_.begin(), front_.begin() + half);
    size_ -= static_cast<std::size_t>(half);
    for (const SmallEvent& one : later) push(one);
  }
  void append(Bucket& bucket, SmallEvent event) {
    const std::size_t place = bucket.count++ % chunk_size;
    if (place == 0) {
      std::uint32_t chunk = free_;
      if (chunk == 0) {
        chunk = static_cast<std::uint32_t>(following_.size());
        following_.push_back(0);
        events_.resize(events_.size() + chunk_size);
      } else {
        free_ = following_[chunk];
      }
      if (bucket.count == 1)
        bucket.first = chunk;
      else
        following_[bucket.last] = chunk;
      bucket.last = chunk;
    }
    events_[bucket.last * chunk_size + place] = event;
  }
  template <class Visit>
  void drain(Bucket& bucket, const Visit& visit) {
    std::uint32_t chunk = bucket.first;
    for (std::uint32_t left = std::exchange(bucket.count, 0); left > 0;) {
      const std::uint32_t here = std::min<std::uint32_t>(left, chunk_size);
      for (std::uint32_t i = 0; i < here; ++i) visit(events_[chunk * chunk_size + i]);
      left -= here;
      const std::uint32_t next = following_[chunk];
      following_[chunk] = free_;
      free_ = chunk;
      chunk = next;
    }
  }
  void split(Bucket& from, double start, double end) {
    Bucket source = std::exchange(from, {});
    if (depth_ == rungs_.size()) rungs_.emplace_back();
    Rung& rung = rungs_[depth_++];
    rung.used = std::clamp<std::size_t>(source.count / per_bucket, 2, most_buckets);
    rung.start = start;
    rung.end = end;
    rung.width = (end - start) / static_cast<double>(rung.used);
    rung.per_width = 1.0 / rung.width;
    rung.current = 0;
    drain(source, [&](SmallEvent event) { append(rung.buckets[rung.place_of(event.at)], event); });
  }
  void hand_out(Bucket& bucket, double bound) {
    bound_ = bound;
    drain(bucket, [&](SmallEvent event) { front_.push_back(event); });
    std::sort(front_.begin(), front_.end(), [](const SmallEvent& a, const SmallEvent& b) { return a.at > b.at; });
  }
  void refill() {
    for (;;) {
      while (depth_ > 0) {
        Rung& rung = rungs_[depth_ - 1];
        while (rung.current < rung.used && rung.buckets[rung.current].count == 0) ++rung.current;
        if (rung.current < rung.used) break;
        --depth_;
      }
      if (depth_ == 0) {
        double earliest = 1e300, latest = 0.0;
        std::vector<SmallEvent> all;
        drain(top_, [&](SmallEvent event) {
          earliest = std::min(earliest, event.at);
          latest = std::max(latest, event.at);
          all.push_back(event);
        });
        for (const SmallEvent& event : all) append(top_, event);
        if (top_.count <= most_in_front || !(earliest < latest)) return hand_out(top_, 1e300);
        split(top_, earliest, std::nextafter(latest, 1e300));
        continue;
      }
      Rung& rung = rungs_[depth_ - 1];
      Bucket& bucket = rung.buckets[rung.current];
      const double end =
          rung.current + 1 == rung.used ? rung.end : rung.start + rung.width * static_cast<double>(rung.current + 1);
      if (bucket.count <= most_in_front) return hand_out(bucket, end);
      split(bucket, rung.start + rung.width * static_cast<double>(rung.current), end);
    }
  }

  std::vector<SmallEvent> front_;  // latest first
  double bound_ = 1e300;
  std::size_t size_ = 0;
  std::vector<Rung> rungs_ = [] {
    std::vector<Rung> rungs;
    rungs.reserve(16);  // a bucket of one is handed to split(), which must not move it
    return rungs;
  }();
  std::size_t depth_ = 0;
  Bucket top_;
  std::vector<SmallEvent> events_ = std::vector<SmallEvent>(chunk_size);  // chunk 0 stands for none
  std::vector<std::uint32_t> following_ = {0};
  std::uint32_t free_ = 0;
};

// Hold model: pop the earliest of `pending`, put it back Exp(1) later. Returns the last time, so that nothing is optimised away.
template <class PendingSet>
double hold(std::size_t pending, std::uint64_t operations, std::uint64_t seed) {
  FastRandom random{seed};
  PendingSet set;
  for (std::size_t i = 0; i < pending; ++i) set.push({random.exponential(1.0), 0, static_cast<std::uint32_t>(i)});
  double now = 0.0;
  for (std::uint64_t i = 0; i < operations; ++i) {
    SmallEvent event = set.pop();
    now = event.at;
    event.at += random.exponential(1.0);
    set.push(event);
  }
  return now;
}

// Busy servers and a first-come-first-served ring of who waits for one.
struct ServerLine {
  std::vector<std::uint32_t> ring = std::vector<std::uint32_t>(64);
  std::size_t head = 0, size = 0;
  unsigned busy = 0;
  void push(std::uint32_t slot) {
    if (size == ring.size()) {
      std::rotate(ring.begin(), ring.begin() + static_cast<std::ptrdiff_t>(head), ring.end());
      head = 0;
      ring.resize(2 * ring.size());
    }
    ring[(head + size++) & (ring.size() - 1)] = slot;
  }
  std::uint32_t pop() {
    const std::uint32_t slot = ring[head];
    head = (head + 1) & (ring.size() - 1);
    --size;
    return slot;
  }
};

// Requests through stations in series, each with `servers` exponential servers of mean 1 and one first-come-first-served queue.
// Returns the mean wait per request over all stations.
inline double tandem(unsigned stations, unsigned servers, double arrival_rate, std::uint64_t requests, std::uint64_t seed) {
  struct Request {
    double waiting_since;
    std::uint32_t station;
  };
  FastRandom random{seed};
  SortedArray pending;
  std::vector<Request> pool;
  std::vector<std::uint32_t> free;
  std::vector<ServerLine> station(stations);
  double waited = 0.0;
  std::uint64_t begun = 0, done = 0;
  constexpr std::uint32_t arrival = 0, departure = 1;
  pending.push({random.exponential(1.0 / arrival_rate), arrival, 0});

  const auto enter = [&](std::uint32_t slot, std::uint32_t index, double now) {
    pool[slot] = {now, index};
    if (station[index].busy < servers) {
      ++station[index].busy;
      pending.push({now + random.exponential(1.0), departure, slot});
    } else {
      station[index].push(slot);
    }
  };
  while (done < requests) {
    const SmallEvent event = pending.pop();
    const double now = event.at;
    if (event.kind == arrival) {
      if (++begun < requests) pending.push({now + random.exponential(1.0 / arrival_rate), arrival, 0});
      std::uint32_t slot;
      if (free.empty()) {
        slot = static_cast<std::uint32_t>(pool.size());
        pool.push_back({});
      } else {
        slot = free.back();
        free.pop_back();
      }
      enter(slot, 0, now);
      continue;
    }
    const std::uint32_t index = pool[event.slot].station;
    if (station[index].size > 0) {
      const std::uint32_t next = station[index].pop();
      waited += now - pool[next].waiting_since;
      pending.push({now + random.exponential(1.0), departure, next});
    } else {
      --station[index].busy;
    }
    if (index + 1 < stations) {
      enter(event.slot, index + 1, now);
    } else {
      free.push_back(event.slot);
      ++done;
    }
  }
  return waited / static_cast<double>(requests);
}

}  // namespace headroom::bench
