// TokenBucket: how much may be asked for, in bursts and over time. Of a provider of language models, and of rate limits.
#pragma once

#include <algorithm>

#include "sim/core/time.hpp"
#include "sim/core/units.hpp"

namespace headroom {

// A token bucket with continuous refill: it holds rate × burst at most, and begins full. It may be overdrawn: what was taken too
// much is a debt, and whoever takes then waits until it is paid, so that those who take are served in turn.
class TokenBucket {
 public:
  TokenBucket() = default;  // no limit
  TokenBucket(PerSecond rate, Duration burst) : TokenBucket{rate, rate.value * to_seconds(burst)} {}
  // tokens: that it holds.
  TokenBucket(PerSecond rate, double tokens) : rate_{rate.value}, size_{tokens}, level_{tokens} {}

  bool has(SimTime now, double amount) {
    refill(now);
    return rate_ <= 0.0 || level_ + rounding >= amount;
  }
  // How long a taker would have to wait.
  Duration wait_for(SimTime now, double amount) {
    if (has(now, amount)) return Duration{};
    return to_duration((amount - level_) / rate_);
  }
  // Returns how long the taker has to wait.
  Duration take(SimTime now, double amount) {
    if (rate_ <= 0.0) return Duration{};
    refill(now);
    level_ -= amount;
    return level_ + rounding >= 0.0 ? Duration{} : to_duration(-level_ / rate_);
  }
  bool is_full(SimTime now) {
    refill(now);
    return rate_ <= 0.0 || level_ >= size_;
  }

 private:
  // Of requests or tokens, which are whole.
  static constexpr double rounding = 1e-6;
  void refill(SimTime now) {
    level_ = std::min(size_, level_ + rate_ * to_seconds(now - filled_));
    filled_ = now;
  }

  double rate_ = 0.0;  // per second; 0: no limit
  double size_ = 0.0;
  double level_ = 0.0;
  SimTime filled_ = start_of_time;
};

}  // namespace headroom
