// When one of several things with periods of their own is due: at the very start, and at the multiples of its period.
#pragma once

#include "sim/core/time.hpp"

namespace headroom {

class Rhythm {
 public:
  explicit Rhythm(Duration period) : period_{period}, next_{start_of_time + period} {}

  Duration period() const { return period_; }
  bool is_due(SimTime now) {
    if (now < next_) return now == start_of_time;
    next_ += (now - next_) / period_ * period_ + period_;
    return true;
  }

 private:
  Duration period_;
  SimTime next_;
};

}  // namespace headroom
