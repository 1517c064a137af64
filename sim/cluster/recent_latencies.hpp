// RecentLatencies: a percentile of what the last calls took. It is worked out anew after every twentieth of so many.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "sim/core/time.hpp"

namespace headroom {

class RecentLatencies {
 public:
  // percentile: 0 to 100, exclusively; by nearest rank, as Hyndman and Fan's first definition.
  RecentLatencies(double percentile, int calls)
      : percentile_{percentile}, last_(static_cast<std::size_t>(calls)), in_order_(last_.size()) {}

  void record(Duration took) {
    last_[next_] = took;
    next_ = (next_ + 1) % last_.size();
    seen_ = std::min(seen_ + 1, last_.size());
    ++unread_;
  }
  std::size_t seen() const { return seen_; }
  // At least one has been seen.
  Duration percentile() {
    if (unread_ >= std::max<std::size_t>(1, last_.size() / 20) || !is_known_) work_out();
    return value_;
  }

 private:
  void work_out() {
    const auto end = std::copy(last_.begin(), last_.begin() + static_cast<std::ptrdiff_t>(seen_), in_order_.begin());
    const double rank = std::ceil(percentile_ / 100.0 * static_cast<double>(seen_));
    const auto found = in_order_.begin() + std::max<std::ptrdiff_t>(0, static_cast<std::ptrdiff_t>(rank) - 1);
    std::nth_element(in_order_.begin(), found, end);
    value_ = *found;
    is_known_ = true;
    unread_ = 0;
  }

  double percentile_;
  std::vector<Duration> last_, in_order_;
  std::size_t next_ = 0, seen_ = 0, unread_ = 0;
  Duration value_{};
  bool is_known_ = false;
};

}  // namespace headroom
