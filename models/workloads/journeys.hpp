// Which of a workload's journeys an arrival starts: drawn by weight.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "sim/core/random.hpp"
#include "sim/seams/workload.hpp"

namespace headroom {

class JourneyChoice {
 public:
  JourneyChoice(const std::vector<JourneyShape>& journeys, RandomStream stream) : stream_{stream} {
    double total = 0.0;
    for (const JourneyShape& journey : journeys) cumulative_.push_back(total += journey.weight);
  }
  std::uint32_t next() {
    if (cumulative_.size() < 2) return 0;
    const double mark = stream_.uniform() * cumulative_.back();
    const auto found = std::upper_bound(cumulative_.begin(), cumulative_.end() - 1, mark);
    return static_cast<std::uint32_t>(found - cumulative_.begin());
  }

 private:
  RandomStream stream_;
  std::vector<double> cumulative_;
};

}  // namespace headroom
