// The same works as the engine's, written by hand for nothing else: what a careful programmer's loop reaches on this machine.
//
// Generic loops in the sense of a simulator's kernel: packed 16-byte events in one pending set, a pool of requests with a free list,
// stations with a ring as queue. Random numbers from xoshiro256++ (Blackman and Vigna), exponentials by inverse logarithm.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
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

// A 4-ary heap, for larger pending sets.
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

// Requests through stations in series, each with `servers` exponential servers of mean 1 and one first-come-first-served queue.
// Returns the mean wait per request over all stations.
inline double tandem(unsigned stations, unsigned servers, double arrival_rate, std::uint64_t requests, std::uint64_t seed) {
  struct Request {
    double waiting_since;
    std::uint32_t station;
  };
  struct Station {
    std::vector<std::uint32_t> ring = std::vector<std::uint32_t>(1024);
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
  FastRandom random{seed};
  SortedArray pending;
  std::vector<Request> pool;
  std::vector<std::uint32_t> free;
  std::vector<Station> station(stations);
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
