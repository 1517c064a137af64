// What balancers that look further keep between requests: who was there, and what was in flight when they last asked.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sim/seams/balancer.hpp"

namespace headroom {

class KnownReplicas {
 public:
  // Whether others are there than at the last call, or in another order.
  bool change_to(std::span<const std::uint32_t> replicas) {
    if (std::ranges::equal(replicas, replicas_)) return false;
    replicas_.assign(replicas.begin(), replicas.end());
    return true;
  }
  // What they are called where names are hashed: their numbers, in decimal.
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const std::uint32_t replica : replicas_) names.push_back(std::to_string(replica));
    return names;
  }

 private:
  std::vector<std::uint32_t> replicas_;
};

// What was in flight when it was last asked for: asked for again once it is `age` old or others are there. Between, all see the
// same (Mitzenmacher's bulletin board), the requests that were sent meanwhile not counted.
class BulletinBoard {
 public:
  explicit BulletinBoard(Duration age) : age_{age} {}

  std::span<const std::uint32_t> in_flight(const BalancingView& view) {
    if (known_.change_to(view.replicas) || view.now >= outdated_at_) {
      board_.assign(view.in_flight.begin(), view.in_flight.end());
      outdated_at_ = view.now + age_;
    }
    return board_;
  }

 private:
  Duration age_;
  SimTime outdated_at_{};
  KnownReplicas known_;
  std::vector<std::uint32_t> board_;
};

}  // namespace headroom
