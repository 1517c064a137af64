// The state of CoDel (RFC 8289, section 5), moved forward by each request whose turn has come.
#pragma once

#include <cmath>
#include <cstdint>
#include <utility>

#include "sim/core/time.hpp"

namespace headroom {

class CodelLaw {
 public:
  CodelLaw(Duration target, Duration interval) : target_{target}, interval_{interval} {}

  // Whether it is dropped. `behind`: requests that still wait. After a drop the next call is for the one that takes its turn, at
  // the same instant.
  bool drops(SimTime now, Duration waited, std::uint32_t behind) {
    const bool late = is_late(now, waited, behind);
    switch (std::exchange(after_, Drop::none)) {
      case Drop::first: return false;  // on entering the state one is dropped, and the next is served whatever it waited
      case Drop::further:
        if (late)
          drop_next_ = control_law(drop_next_);
        else
          dropping_ = false;
        break;
      case Drop::none:
        if (!dropping_) return late && enter(now);
        dropping_ = late;
    }
    if (!dropping_ || now < drop_next_) return false;
    ++count_;
    after_ = Drop::further;
    return true;
  }

  // When the next one is dropped, while any are.
  bool dropping() const { return dropping_; }
  SimTime drop_next() const { return drop_next_; }
  std::uint32_t count() const { return count_; }

 private:
  enum class Drop : std::uint8_t { none, first, further };

  // Above the target for an interval. One request in line is as the RFC's one packet: no queue that could stand.
  bool is_late(SimTime now, Duration waited, std::uint32_t behind) {
    if (waited < target_ || behind <= 1) {
      above_ = false;
      return false;
    }
    if (!std::exchange(above_, true)) {
      first_above_ = now + interval_;
      return false;
    }
    return now >= first_above_;
  }

  // If it was left not long ago, the rate of drops that held the queue then is where it begins again.
  bool enter(SimTime now) {
    dropping_ = true;
    const std::uint32_t dropped_last_time = count_ - last_count_;
    count_ = dropped_last_time > 1 && now - drop_next_ < 16 * interval_ ? dropped_last_time : 1;
    drop_next_ = control_law(now);
    last_count_ = count_;
    after_ = Drop::first;
    return true;
  }

  SimTime control_law(SimTime from) const {
    return from + Duration{std::llround(static_cast<double>(interval_.count()) / std::sqrt(count_))};
  }

  Duration target_, interval_;
  bool above_ = false, dropping_ = false;
  SimTime first_above_{}, drop_next_{};
  std::uint32_t count_ = 0, last_count_ = 0;
  Drop after_ = Drop::none;
};

}  // namespace headroom
