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
  // For a level whose owner keeps its time integral (level × ns up to now) and its largest value since the last time.
  void bring_to(SimTime now, double level, double integral_nanoseconds, double largest) {
    level_ = level;
    integral_ = integral_nanoseconds;
    changed_ = now;
    if (largest > largest_) largest_ = largest;
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

// How many are there, over time, where every event changes it: a Gauge for whole numbers at half its cost, which its owner brings
// to the Gauge before that is read. With t_i the instants of entering and u_i those of leaving, integral(now) = level × now -
// sum(t_i) + sum(u_i), exact.
class Occupancy {
 public:
  void enter(SimTime now) {
    offset_ -= nanoseconds(now);
    if (++level_ > largest_) largest_ = level_;
  }
  void leave(SimTime now) {
    --level_;
    offset_ += nanoseconds(now);
  }
  void leave_all(SimTime now) {
    offset_ += static_cast<unsigned __int128>(level_) * nanoseconds(now);
    level_ = 0;
  }
  std::int64_t level() const { return level_; }
  // Level × ns since the start of the run, up to now.
  double integral_nanoseconds(SimTime now) const {
    return static_cast<double>(static_cast<unsigned __int128>(level_) * nanoseconds(now) + offset_);
  }
  // Largest level since the last call goes along.
  void bring(Gauge& gauge, SimTime now) {
    gauge.bring_to(now, static_cast<double>(level_), integral_nanoseconds(now), static_cast<double>(largest_));
    largest_ = level_;
  }

 private:
  // Of a run, never negative; unsigned, because that is one instruction less.
  static std::uint64_t nanoseconds(SimTime now) { return static_cast<std::uint64_t>(now.time_since_epoch().count()); }

  std::int64_t level_ = 0;
  std::int64_t largest_ = 0;
  unsigned __int128 offset_ = 0;  // may be below zero in between, and then wraps
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
  void record(Histogram::Entry entry) { pending.record(entry); }
};

}  // namespace headroom
