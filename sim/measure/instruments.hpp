// What the machine writes while it runs: four kinds of instruments, cheap enough for every request.
//
// Owners keep a pointer to each instrument (its address is stable); the Recorder reads them at its ticks.
#pragma once

#include <cstdint>

#include "sim/core/time.hpp"
#include "sim/measure/histogram.hpp"

namespace headroom {

// A number of things that happened (or an amount that was spent); only grows.
struct Counter {
  double total = 0.0;
  void add(double amount = 1.0) { total += amount; }
};

// A level over time: its mean over any window is exact, and so is its largest value.
class Gauge {
 public:
  void set(SimTime now, double level) {
    integral_ += level_ * static_cast<double>((now - changed_).count());
    changed_ = now;
    level_ = level;
    if (level > largest_) largest_ = level;
  }
  void add(SimTime now, double change) { set(now, level_ + change); }
  double level() const { return level_; }
  // Level × seconds since the start of the run, up to now.
  double integral_seconds(SimTime now) const {
    return (integral_ + level_ * static_cast<double>((now - changed_).count())) / 1e9;
  }
  // Largest level since the last call; starts again at the present level.
  double take_largest() {
    const double largest = largest_;
    largest_ = level_;
    return largest;
  }

 private:
  double level_ = 0.0;
  double integral_ = 0.0;  // level × ns up to changed_
  double largest_ = 0.0;
  SimTime changed_{};
};

// A share: part of a whole, each a growing amount (hits of look-ups, failures of requests) …
struct Share {
  double part = 0.0;
  double whole = 0.0;
};
// … or each a level over time (cores in use of cores there): the share over a window is the ratio of the integrals.
struct LevelShare {
  Gauge part;
  Gauge whole;
};

// Durations; what is recorded goes to a pending histogram that the Recorder empties at its ticks.
struct DurationInstrument {
  Histogram pending;
  void record(Duration span) { pending.record(span); }
};

}  // namespace headroom
