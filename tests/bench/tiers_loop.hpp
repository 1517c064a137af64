// Three tiers of replicas behind least-connections balancers, each calling the next with a time-out and retries, by hand: one
// event type per thing that happens, a pool of requests, a ring per replica, and nothing else.
#pragma once

#include <array>

#include "tests/bench/minimal_loops.hpp"

namespace headroom::bench {

struct TiersWork {
  static constexpr unsigned tiers = 3, replicas = 64, slots = 8;
  static constexpr double load = 0.7;
  static constexpr double median = 1.0, sigma = 0.6;  // s, of the lognormal service times
  static constexpr double timeout = 30.0, back_off = 0.1;
  static constexpr unsigned attempts = 3;
  static double mean_service() { return median * std::exp(sigma * sigma / 2.0); }
  // A caller keeps its slot while it waits, so the first tier must have room for all three.
  static double arrival_rate() { return load * replicas * slots / (tiers * mean_service()); }
};

class TiersLoop : TiersWork {
 public:
  explicit TiersLoop(std::uint64_t seed) : random_{seed} {}

  // Returns the mean latency of the requests that ended.
  double run(std::uint64_t requests) {
    events_.push({random_.exponential(1.0 / arrival_rate()), arrival, 0});
    while (ended_ < requests) {
      const SmallEvent event = events_.pop();
      now_ = event.at;
      switch (event.kind & 7U) {
        case arrival:
          events_.push({now_ + random_.exponential(1.0 / arrival_rate()), arrival, 0});
          send(0, none);
          break;
        case computed: on_computed(event.slot); break;
        case timed_out:
          if (pool_[event.slot].stamp == event.kind >> 3U && pool_[event.slot].waits) on_timeout(event.slot);
          break;
        default: send(pool_[event.slot].tier + 1, event.slot);
      }
    }
    return latency_ / static_cast<double>(ended_);
  }

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  enum : std::uint32_t { arrival, computed, timed_out, retry };
  struct Request {
    double begun = 0.0;
    std::uint32_t caller = none, callee = none;
    std::uint32_t stamp = 0;  // of the call it waits for
    std::uint8_t tier = 0, replica = 0, attempt = 0;
    bool waits = false;
  };

  double service_time() {
    if (spare_ready_) {
      spare_ready_ = false;
      return spare_;
    }
    const double radius = sigma * std::sqrt(2.0 * random_.exponential(1.0));
    const double angle = 6.283185307179586 * (static_cast<double>(random_.next() >> 11) * 0x1.0p-53);
    spare_ = median * std::exp(radius * std::sin(angle));
    spare_ready_ = true;
    return median * std::exp(radius * std::cos(angle));
  }
  void send(unsigned tier, std::uint32_t caller) {
    std::uint32_t slot;
    if (free_.empty()) {
      slot = static_cast<std::uint32_t>(pool_.size());
      pool_.push_back({});
    } else {
      slot = free_.back();
      free_.pop_back();
    }
    Request& request = pool_[slot];
    const std::uint32_t stamp = request.stamp;
    request = {};
    request.stamp = stamp;
    request.begun = now_;
    request.caller = caller;
    request.tier = static_cast<std::uint8_t>(tier);
    if (caller != none) {
      Request& waiting = pool_[caller];
      waiting.callee = slot;
      waiting.waits = true;
      ++waiting.attempt;
      events_.push({now_ + timeout, timed_out | (++waiting.stamp << 3U), caller});
    }
    auto& in_flight = in_flight_[tier];
    const unsigned first = next_[tier] < replicas ? next_[tier] : 0;
    unsigned best = first;
    for (unsigned i = first + 1; i < replicas; ++i) {
      if (in_flight[i] < in_flight[best]) best = i;
    }
    for (unsigned i = 0; i < first; ++i) {
      if (in_flight[i] < in_flight[best]) best = i;
    }
    next_[tier] = best + 1;
    ++in_flight[best];
    request.replica = static_cast<std::uint8_t>(best);
    ServerLine& replica = replicas_[tier][best];
    if (replica.busy < slots)
      occupy(slot, replica);
    else
      replica.push(slot);
  }
  void occupy(std::uint32_t slot, ServerLine& replica) {
    ++replica.busy;
    events_.push({now_ + service_time(), computed, slot});
  }
  void on_computed(std::uint32_t slot) {
    if (pool_[slot].tier + 1U < tiers)
      send(pool_[slot].tier + 1U, slot);
    else
      end(slot, true);
  }
  void on_timeout(std::uint32_t slot) {
    Request& request = pool_[slot];
    pool_[request.callee].caller = none;
    request.waits = false;
    if (request.attempt < attempts)
      events_.push({now_ + back_off, retry, slot});
    else
      end(slot, false);
  }
  void end(std::uint32_t slot, bool success) {
    const Request request = pool_[slot];
    ServerLine& replica = replicas_[request.tier][request.replica];
    --replica.busy;
    --in_flight_[request.tier][request.replica];
    ++pool_[slot].stamp;
    pool_[slot].waits = false;
    free_.push_back(slot);
    if (replica.size > 0) occupy(replica.pop(), replica);
    if (request.tier == 0) {
      ++ended_;
      latency_ += now_ - request.begun;
    } else if (request.caller != none) {
      Request& caller = pool_[request.caller];
      caller.waits = false;
      ++caller.stamp;
      if (success)
        end(request.caller, true);
      else if (caller.attempt < attempts)
        events_.push({now_ + back_off, retry, request.caller});
      else
        end(request.caller, false);
    }
  }

  FastRandom random_;
  ChunkLadder events_;
  double now_ = 0.0, latency_ = 0.0, spare_ = 0.0;
  bool spare_ready_ = false;
  std::uint64_t ended_ = 0;
  std::vector<Request> pool_;
  std::vector<std::uint32_t> free_;
  std::array<std::array<std::uint32_t, replicas>, tiers> in_flight_{};
  std::array<unsigned, tiers> next_{};
  std::array<std::array<ServerLine, replicas>, tiers> replicas_;
};

}  // namespace headroom::bench
